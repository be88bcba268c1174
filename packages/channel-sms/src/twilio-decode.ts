import { type ChannelEvent, numberOf, type Parameters, peerOf, present, type Referral } from '@ramal/channel'
import type { Content, Delivery } from '@ramal/conversation'
import type { Identifier } from '@ramal/customer'
import type { Inbound } from './adapter.js'
import { lookup } from './lookup.js'
import type { Reporter } from './report.js'
import { twilioFault } from './twilio-errors.js'

/** Before `sent` there is nothing to tell an agent: the message is on its way. */
const deliveries: Readonly<Record<string, Delivery>> = {
  accepted: 'sent',
  scheduled: 'sent',
  queued: 'sent',
  sending: 'sent',
  sent: 'sent',
  delivered: 'delivered',
  partially_delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
}

const MAX_FILES = 10

/** Twilio carries WhatsApp and RCS under the same webhook, with the network before the address. */
const addressOf = (text: string): { readonly network: string; readonly address: string } => {
  const [, network = '', address = text] = /^(whatsapp|rcs|messenger):(.*)$/s.exec(text) ?? []
  return { network, address }
}

const isUserId = (text: string): boolean => /^[A-Z]{2}\.[\w.-]+$/.test(text)

const whatsappPeer = (address: string): Identifier | undefined => {
  if (isUserId(address)) return { kind: 'bsuid', value: address }
  const digits = numberOf(address).replace(/^\+/, '')
  return /^\d{5,15}$/.test(digits) ? { kind: 'wa_id', value: digits } : undefined
}

const peersOf = (parameters: Parameters, from: string): readonly Identifier[] => {
  const { network, address } = addressOf(from)
  if (network !== 'whatsapp') return peerOf(address)
  const user = addressOf(parameters.get('ExternalUserId') ?? '').address
  const peers = [whatsappPeer(address), isUserId(user) ? whatsappPeer(user) : undefined]
  const found = peers.filter((peer) => peer !== undefined)
  return found.filter((peer, i) => found.findIndex((other) => other.value === peer.value) === i)
}

/** Our side keeps its network: the same number may be an SMS number and a WhatsApp sender. */
const ownAddress = (to: string): string => {
  const { network, address } = addressOf(to)
  return network ? `${network}:${numberOf(address)}` : address
}

/** A button or a row of a list that was chosen, or a form that was filled. */
const answerOf = ({ get }: Parameters): Content | undefined => {
  const button = get('ButtonPayload')
  if (button !== undefined) return { kind: 'choice', id: button, title: get('ButtonText', 'Body') ?? button }
  const row = get('ListId')
  if (row !== undefined) return { kind: 'choice', id: row, title: get('ListTitle', 'Body') ?? row }
  const form = get('InteractiveData')
  return form === undefined ? undefined : { kind: 'form', json: form }
}

/** The advertisement through which somebody came to WhatsApp. */
const referralOf = ({ get }: Parameters): Referral | undefined => {
  const [id, click] = [get('ReferralSourceId'), get('ReferralCtwaClid')]
  if (id === undefined && click === undefined) return undefined
  return {
    source: get('ReferralSourceType') ?? 'ad',
    ...present({
      id,
      url: get('ReferralSourceUrl'),
      headline: get('ReferralHeadline'),
      body: get('ReferralBody'),
      click,
    }),
  }
}

const placeOf = ({ get }: Parameters): readonly Content[] => {
  const [latitude, longitude] = [Number(get('Latitude')), Number(get('Longitude'))]
  if (get('Latitude') === undefined || !Number.isFinite(latitude) || !Number.isFinite(longitude)) return []
  const [name, address] = [get('Label'), get('Address')]
  return [
    { kind: 'location', latitude, longitude, ...(name ? { name } : {}), ...(address ? { address } : {}) },
  ]
}

/** Twilio itself has heard it, and lets nothing else through until it hears the opposite. */
const consentOf = (
  { get }: Parameters,
  peer: readonly Identifier[],
  endpoint: string,
  id: string,
  at: number,
): readonly ChannelEvent[] => {
  const type = get('OptOutType')?.toUpperCase()
  if (type !== 'STOP' && type !== 'START') return []
  const words = get('Body')
  const granted = type === 'START'
  const base = { dedupeKey: `twilio:${id}:consent`, at, endpoint, peer }
  return [
    { ...base, kind: 'consent', purpose: 'all', granted, source: 'provider', ...(words ? { words } : {}) },
  ]
}

const decodeMessage = ({ parameters, at }: Inbound, report: Reporter): readonly ChannelEvent[] => {
  const { get, record } = parameters
  const id = get('MessageSid', 'SmsMessageSid', 'SmsSid')
  const [from, to] = [get('From'), get('To')]
  const peer = from === undefined ? [] : peersOf(parameters, from)
  const count = Math.min(Number(get('NumMedia') ?? 0) || 0, MAX_FILES)
  const type = get('MessageType')
  const files = Array.from({ length: count }, (_, i) => ({
    url: get(`MediaUrl${i}`) ?? '',
    mimeType: get(`MediaContentType${i}`),
    media: type === 'sticker' ? ('sticker' as const) : undefined,
  })).filter(({ url }) => url !== '')
  const our = to === undefined ? undefined : ownAddress(to)
  const target = get('OriginalRepliedMessageSid')
  if (type === 'reaction' && id !== undefined && our !== undefined && target !== undefined) {
    const base = { dedupeKey: `twilio:${id}`, at, endpoint: report.endpointOf(our), peer, raw: record }
    return [{ ...base, kind: 'reaction', target, ...present({ emoji: get('Body') }) }]
  }
  const answer = answerOf(parameters)
  const other = [...(answer ? [answer] : []), ...placeOf(parameters)]
  const text = answer ? undefined : (get('Body') ?? '')
  const messages = report.message({
    id,
    from,
    to: our,
    at,
    text,
    files,
    other,
    peer,
    replyTo: target,
    forwarded: get('Forwarded') === 'true' || get('FrequentlyForwarded') === 'true' || undefined,
    referral: referralOf(parameters),
    profileName: get('ProfileName'),
    raw: record,
  })
  if (id === undefined || our === undefined) return messages
  return [...messages, ...consentOf(parameters, peer, report.endpointOf(our), id, at)]
}

const decodeStatus = ({ parameters, at }: Inbound, report: Reporter): readonly ChannelEvent[] => {
  const { get, record } = parameters
  const id = get('MessageSid', 'SmsSid')
  const status = get('MessageStatus', 'SmsStatus')?.toLowerCase()
  const code = get('ErrorCode')
  const [from, to] = [get('From'), get('To')]
  const our = from === undefined ? undefined : ownAddress(from)
  const steps = report.status({
    id,
    status,
    to: lookup(deliveries, status),
    at,
    our,
    peer: to === undefined ? [] : peersOf(parameters, to),
    correlation: get('message'),
    code,
    reason: get('ErrorMessage'),
    class: code === undefined ? undefined : twilioFault(code),
    raw: record,
  })
  if (code !== '21610' || id === undefined || to === undefined) return steps
  const endpoint = our === undefined ? '' : report.endpointOf(our)
  const base = { dedupeKey: `twilio:${id}:consent`, at, endpoint, peer: peersOf(parameters, to) }
  return [...steps, { ...base, kind: 'consent', purpose: 'all', granted: false, source: 'provider' }]
}

/** A form of Twilio: a message that came in, or a step of one of ours. */
export const decodeTwilio = (inbound: Inbound, report: Reporter): readonly ChannelEvent[] => {
  const { get, record } = inbound.parameters
  const status = get('MessageStatus', 'SmsStatus')
  if (status !== undefined && status !== 'received' && status !== 'receiving')
    return decodeStatus(inbound, report)
  if (get('Body', 'NumMedia', 'SmsStatus', 'Latitude') !== undefined || get('From') !== undefined)
    return decodeMessage(inbound, report)
  return report.unknown('form', 'It is neither a message nor a status of one.', inbound.at, record)
}
