import { type ChannelAdapter, type ChannelEvent, isObject, itemsOf, wordOf } from '@ramal/channel'
import type { Delivery } from '@ramal/conversation'
import {
  answered,
  fault,
  type Inbound,
  type SharedSecret,
  type SmsOptions,
  smsAdapter,
  taken,
  verifySecret,
} from './adapter.js'
import { lookup } from './lookup.js'
import { digitsOf } from './number.js'
import { instantOf } from './parameters.js'
import type { Reporter } from './report.js'
import { messageBirdValidity } from './validity.js'

export interface MessageBirdOptions extends SmsOptions, SharedSecret {
  readonly accessKey: string
  /** Default `https://rest.messagebird.com`. */
  readonly origin?: string
}

const deliveries: Readonly<Record<string, Delivery>> = {
  scheduled: 'sent',
  sent: 'sent',
  buffered: 'sent',
  delivered: 'delivered',
  expired: 'failed',
  delivery_failed: 'failed',
}

/** The representation of a message, as answers and some callbacks have it: a step for each addressee. */
const decodeResource = (json: Readonly<Record<string, unknown>>, at: number, report: Reporter) => {
  const recipients = isObject(json.recipients) ? itemsOf(json.recipients.items) : []
  if (json.direction !== 'mt' || recipients.length === 0)
    return report.unknown('body', 'It is no message of ours with addressees.', at, json)
  const text = (value: unknown) =>
    typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
  return recipients.filter(isObject).flatMap((item) =>
    report.status({
      id: text(json.id),
      status: text(item.status),
      to: lookup(deliveries, text(item.status)),
      at: instantOf(text(item.statusDatetime)) ?? at,
      our: text(json.originator),
      their: text(item.recipient),
      correlation: text(json.reference),
      raw: json,
    }),
  )
}

export const decodeMessageBird = (
  { parameters, json, at }: Inbound,
  report: Reporter,
): readonly ChannelEvent[] => {
  if (isObject(json)) return decodeResource(json, at, report)
  const { get, pairs, record } = parameters
  const id = get('message_id', 'mid', 'id')
  const status = get('status')
  if (status !== undefined)
    return report.status({
      id,
      status,
      to: lookup(deliveries, status),
      at: instantOf(get('statusDatetime')) ?? at,
      our: get('originator'),
      their: get('recipient'),
      correlation: get('reference'),
      code: get('statusErrorCode'),
      reason: get('statusReason'),
      raw: record,
    })
  if (get('originator') === undefined) return report.unknown('form', 'It has no originator.', at, record)
  const files = pairs
    .filter(([name, value]) => /^mediaURLs?(\[\d*\])?$/i.test(name) && value !== '')
    .flatMap(([, value]) => value.split(',').map((url) => ({ url })))
  return report.message({
    id,
    from: get('originator'),
    to: get('receiver', 'shortcode', 'recipient'),
    at: instantOf(get('CreatedDatetime', 'createdDatetime', 'receive_datetime', 'date_utc')) ?? at,
    text: get('message', 'body', 'payload') ?? '',
    files,
    raw: record,
  })
}

/** SMS by MessageBird (Bird). @throws TypeError when an option is missing */
export const messageBirdSms = (options: MessageBirdOptions): ChannelAdapter => {
  const { accessKey, webhookSecret, origin = 'https://rest.messagebird.com' } = options
  if (!accessKey) throw new TypeError('messagebird needs accessKey: see its dashboard.')
  return smsAdapter(
    {
      name: 'messagebird',
      verify: (request) => verifySecret(request, webhookSecret),
      decode: decodeMessageBird,
      request: (message, text) => ({
        method: 'POST',
        url: `${origin}/messages`,
        headers: { 'content-type': 'application/json', authorization: `AccessKey ${accessKey}` },
        body: JSON.stringify({
          originator: digitsOf(message.endpoint),
          recipients: [digitsOf(message.to.value)],
          body: text,
          datacoding: 'auto',
          reference: message.message,
          validity: messageBirdValidity(message),
        }),
      }),
      receipt: (answer) => {
        const body = answered(answer)
        const [first] = itemsOf(body.errors).filter(isObject)
        return first && answer.status === 422
          ? fault('content', wordOf(first.description) ?? 'MessageBird refused it.', wordOf(first.code) ?? '')
          : taken(answer, body.id)
      },
    },
    { ...options, secrets: [accessKey, webhookSecret] },
  )
}
