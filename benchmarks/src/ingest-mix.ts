import { createHmac } from 'node:crypto'

export const APP_SECRET = 'bench-app-secret'
export const AUTH_TOKEN = 'bench-auth-token'
export const NUMBER = '1055501'
export const PAGE = '208685'
export const SMS_NUMBER = '+15550100'
export const PUBLIC_URL = 'https://bench.example/webhooks/sms-twilio'

/** Customers who have written before: of WhatsApp, Messenger and SMS. */
export const POOL = { whatsapp: 3_000, messenger: 1_000, sms: 1_000 }

/** So many webhooks hold each kind once or several times; then it begins again. */
const CYCLE = 20
/** Of ours in a cycle; each has three statuses. */
const SENT_PER_CYCLE = 3
/** Cycles between one status of a message and the next. */
const APART = 50

const KINDS = [
  ...['sent', 'sms', 'sent', 'text', 'sent', 'messenger', 'delivered', 'stranger', 'sms', 'delivered'],
  ...['text', 'delivered', 'image', 'text', 'read', 'sms', 'read', 'messenger', 'text', 'read'],
] as const

/** In words, for whoever reads the figures. */
export const MIX =
  '45 % WhatsApp statuses (sent, delivered and read of a message, each in a webhook of its own), 20 % WhatsApp texts, ' +
  '5 % WhatsApp images, 5 % first messages of new WhatsApp customers, 10 % Messenger texts, 15 % SMS by Twilio; ' +
  `from ${POOL.whatsapp + POOL.messenger + POOL.sms} customers who have written before, each in a conversation of ` +
  'their own'

/** How many messages of ours the webhooks before `end` report on. */
export const sentBefore = (end: number): number => Math.ceil(end / CYCLE) * SENT_PER_CYCLE

/** Before this the statuses would be about messages of before the beginning. */
export const FIRST = 2 * APART * CYCLE

/** From here on all webhooks are texts of one customer. */
export const ALONE = 100_000_000

/** A message of ours, as the webhooks of its statuses name it. */
export interface Sent {
  readonly message: string
  readonly providerId: string
  readonly to: string
}

/** What the log must say of a webhook once it is acknowledged. */
export type Fact =
  | { readonly type: 'MessageReceived'; readonly providerId: string }
  | { readonly type: 'DeliveryAdvanced'; readonly providerId: string; readonly to: string }

export interface Webhook {
  readonly path: string
  readonly contentType: string
  readonly signature: readonly [header: string, value: string]
  readonly body: string
  readonly fact: Fact
}

const WORDS = [
  'Hello, where is the parcel that I ordered last week? The tracking page has not changed since Monday.',
  'Olá! Meu pedido ainda não chegou, vocês podem verificar? Obrigada 🙏',
  'I would like to change the address of the delivery.',
  'Quanto custa a entrega para Florianópolis? E para São José?',
  'It does not turn on any more; I tried another cable and another socket, and the lamp stays dark.',
  'ok',
] as const

export const phone = (i: number): string => `1555${2_000_000 + i}`
export const person = (i: number): string => `${7_000_000_000_000 + i}`
export const mobile = (i: number): string => `+1556${3_000_000 + i}`

/** A way through a pool that meets everybody before anybody twice; those who come one after the other are far apart. */
const someone = (turn: number, size: number): number => (turn * 7_919) % size

const SINCE = 1_772_442_000

const metaSigned = (path: string, value: unknown, fact: Fact): Webhook => {
  const body = JSON.stringify(value)
  const signature = `sha256=${createHmac('sha256', APP_SECRET).update(body).digest('hex')}`
  return {
    path,
    contentType: 'application/json',
    signature: ['x-hub-signature-256', signature],
    body,
    fact,
  }
}

const whatsappWebhook = (value: object, fact: Fact): Webhook => {
  const metadata = { display_phone_number: '15550100', phone_number_id: NUMBER }
  const change = { value: { messaging_product: 'whatsapp', metadata, ...value }, field: 'messages' }
  const envelope = {
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [change] }],
  }
  return metaSigned('/webhooks/whatsapp', envelope, fact)
}

const whatsappMessage = (n: number, from: string, content: object): Webhook => {
  const id = `wamid.HBgLMTU1NTIwMDAwMDAVAgASGBQzQTdC${n}`
  return whatsappWebhook(
    {
      contacts: [
        { profile: { name: `Customer ${from}` }, wa_id: from, user_id: `US.13491208655302741918${from}` },
      ],
      messages: [{ from, id, timestamp: String(SINCE + (n >> 6)), ...content }],
    },
    { type: 'MessageReceived', providerId: id },
  )
}

export const whatsappText = (n: number, from: string): Webhook =>
  whatsappMessage(n, from, { type: 'text', text: { body: WORDS[n % WORDS.length] } })

const whatsappImage = (n: number, from: string): Webhook =>
  whatsappMessage(n, from, {
    type: 'image',
    image: {
      caption: 'This is how it arrived',
      mime_type: 'image/jpeg',
      sha256: 'SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=',
      id: String(2_423_079_038_317 + n),
    },
  })

const whatsappStatus = (n: number, { message, providerId, to }: Sent, status: string): Webhook =>
  whatsappWebhook(
    {
      statuses: [
        {
          id: providerId,
          status,
          timestamp: String(SINCE + (n >> 6)),
          recipient_id: to,
          pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'service' },
          biz_opaque_callback_data: message,
        },
      ],
    },
    { type: 'DeliveryAdvanced', providerId, to: status },
  )

export const messengerText = (n: number, from: string): Webhook => {
  const mid = `m_vxQFhqRyGWGNBNQ9DyZc8vWrEcFvGsmqjPVSbRLpu9RSNeIiGvLVcpX5jwVOjLCoDlG-1k4SmT${n}`
  const at = (SINCE + (n >> 6)) * 1_000
  const messaging = [
    {
      sender: { id: from },
      recipient: { id: PAGE },
      timestamp: at,
      message: { mid, text: WORDS[n % WORDS.length] },
    },
  ]
  const envelope = { object: 'page', entry: [{ time: at + 120, id: PAGE, messaging }] }
  return metaSigned('/webhooks/messenger', envelope, { type: 'MessageReceived', providerId: mid })
}

export const twilioSms = (n: number, from: string): Webhook => {
  const sid = `SM${n.toString(16).padStart(32, '0')}`
  const form = {
    ToCountry: 'US',
    ToState: 'CA',
    SmsMessageSid: sid,
    NumMedia: '0',
    ToCity: 'SAN FRANCISCO',
    FromZip: '94105',
    SmsSid: sid,
    FromState: 'CA',
    SmsStatus: 'received',
    FromCity: 'SAN FRANCISCO',
    Body: WORDS[n % WORDS.length] ?? '',
    FromCountry: 'US',
    To: SMS_NUMBER,
    ToZip: '94105',
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: 'AC00000000000000000000000000000000',
    From: from,
    ApiVersion: '2010-04-01',
  }
  const signed = Object.entries(form).sort(([a], [b]) => (a < b ? -1 : 1))
  const text = PUBLIC_URL + signed.map(([name, value]) => name + value).join('')
  return {
    path: '/webhooks/sms-twilio',
    contentType: 'application/x-www-form-urlencoded; charset=UTF-8',
    signature: ['x-twilio-signature', createHmac('sha1', AUTH_TOKEN).update(text).digest('base64')],
    body: new URLSearchParams(form).toString(),
    fact: { type: 'MessageReceived', providerId: sid },
  }
}

/** The n-th webhook: the same for the same number, wherever it is made. `sent` are the messages of ours in order. */
export const webhookAt = (n: number, sent: readonly Sent[]): Webhook => {
  if (n >= ALONE) return whatsappText(n, phone(0))
  const place = n % CYCLE
  const cycle = Math.floor(n / CYCLE)
  const kind = KINDS[place]!
  const nth = KINDS.slice(0, place).filter((k) => k === kind).length
  const turn = cycle * KINDS.filter((k) => k === kind).length + nth
  const reported = (ago: number) => sent[(cycle - ago * APART) * SENT_PER_CYCLE + nth]!
  switch (kind) {
    case 'sent':
      return whatsappStatus(n, reported(0), kind)
    case 'delivered':
      return whatsappStatus(n, reported(1), kind)
    case 'read':
      return whatsappStatus(n, reported(2), kind)
    case 'text':
      return whatsappText(n, phone(someone(turn, POOL.whatsapp)))
    case 'image':
      return whatsappImage(n, phone(someone(turn, POOL.whatsapp)))
    case 'stranger':
      return whatsappText(n, phone(POOL.whatsapp + n))
    case 'messenger':
      return messengerText(n, person(someone(turn, POOL.messenger)))
    case 'sms':
      return twilioSms(n, mobile(someone(turn, POOL.sms)))
  }
}
