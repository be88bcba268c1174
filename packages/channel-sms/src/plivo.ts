import {
  basicAuth,
  type ChannelAdapter,
  type ChannelEvent,
  type FaultClass,
  itemsOf,
  wordOf,
} from '@ramal/channel'
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

export interface PlivoOptions extends SmsOptions, SharedSecret {
  readonly authId: string
  readonly authToken: string
  /** Where Plivo posts statuses: the public address of this adapter with its token. */
  readonly statusUrl?: string
  /** Default `https://api.plivo.com`. */
  readonly origin?: string
}

const deliveries: Readonly<Record<string, Delivery>> = {
  queued: 'sent',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  rejected: 'failed',
  failed: 'failed',
}

const MAX_FILES = 10

/** Source: Plivo, "Messaging error codes". */
const faults: Readonly<Record<string, FaultClass>> = {
  10: 'content',
  30: 'content',
  50: 'recipient',
  70: 'recipient',
  80: 'wait',
  100: 'content',
  110: 'content',
  // The person has sent STOP to this number.
  200: 'consent',
  900: 'channel',
  910: 'channel',
}

export const decodePlivo = ({ parameters, at }: Inbound, report: Reporter): readonly ChannelEvent[] => {
  const { get, record } = parameters
  const status = get('Status', 'status')
  const id = get('MessageUUID')
  if (status !== undefined && status !== 'received')
    return report.status({
      // Of the parts of a long message each has an id of its own, and the one that was answered is the parent's.
      id: get('ParentMessageUUID') ?? id,
      status: id === get('ParentMessageUUID') || !get('ParentMessageUUID') ? status : `${status}/${id}`,
      to: lookup(deliveries, status),
      at: instantOf(get('DeliveryReportTime')) ?? at,
      our: get('From'),
      their: get('To'),
      correlation: get('message'),
      code: get('ErrorCode'),
      class: lookup(faults, get('ErrorCode')),
      raw: record,
    })
  if (id === undefined && get('Text', 'Body', 'From') === undefined)
    return report.unknown('form', 'It is neither a message nor a status.', at, record)
  const files = Array.from({ length: MAX_FILES }, (_, i) => get(`Media${i}`)).flatMap((url) =>
    url ? [{ url }] : [],
  )
  return report.message({
    id,
    from: get('From'),
    to: get('To'),
    at,
    text: get('Text', 'Body') ?? '',
    files,
    raw: record,
  })
}

/** SMS by Plivo. @throws TypeError when an option is missing */
export const plivoSms = (options: PlivoOptions): ChannelAdapter => {
  const { authId, authToken, statusUrl, webhookSecret, origin = 'https://api.plivo.com' } = options
  if (!authId || !authToken) throw new TypeError('plivo needs authId and authToken: see its console.')
  const authorization = basicAuth(authId, authToken)
  return smsAdapter(
    {
      name: 'plivo',
      verify: (request) => verifySecret(request, webhookSecret),
      decode: decodePlivo,
      request: (message, text) => ({
        method: 'POST',
        url: `${origin}/v1/Account/${encodeURIComponent(authId)}/Message/`,
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({
          src: digitsOf(message.endpoint),
          dst: digitsOf(message.to.value),
          text,
          ...(statusUrl
            ? {
                url: `${statusUrl}${statusUrl.includes('?') ? '&' : '?'}message=${encodeURIComponent(message.message)}`,
              }
            : {}),
        }),
      }),
      receipt: (answer) => {
        const body = answered(answer)
        return answer.status === 400
          ? fault('content', wordOf(body.error) ?? 'Plivo refused it.')
          : taken(answer, itemsOf(body.message_uuid)[0])
      },
    },
    { ...options, secrets: [authToken, authorization, webhookSecret] },
  )
}
