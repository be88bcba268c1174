import {
  type ChannelAdapter,
  type ChannelEvent,
  formOf,
  isObject,
  itemsOf,
  peerOf,
  wordOf,
} from '@ramal/channel'
import type { Delivery } from '@ramal/conversation'
import { hashOf } from '@ramal/core'
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
import { instantOf } from './parameters.js'
import type { Reporter } from './report.js'

export interface AfricasTalkingOptions extends SmsOptions, SharedSecret {
  readonly username: string
  readonly apiKey: string
  /** Default `https://api.africastalking.com`. */
  readonly origin?: string
}

const deliveries: Readonly<Record<string, Delivery>> = {
  Sent: 'sent',
  Submitted: 'sent',
  Buffered: 'sent',
  Success: 'delivered',
  Rejected: 'failed',
  Failed: 'failed',
  AbsentSubscriber: 'failed',
  Expired: 'failed',
}

/** Codes of the answer to a send. Source: Africa's Talking, "SMS sending". */
const sendFaults: Readonly<Record<string, 'recipient' | 'content' | 'channel' | 'consent' | 'uncertain'>> = {
  401: 'content',
  402: 'channel',
  403: 'recipient',
  404: 'recipient',
  405: 'channel',
  406: 'consent',
  407: 'channel',
  409: 'content',
  500: 'uncertain',
  501: 'uncertain',
  502: 'uncertain',
}

export const decodeAfricasTalking = (
  { parameters, at }: Inbound,
  report: Reporter,
): readonly ChannelEvent[] => {
  const { get, record } = parameters
  if (get('from') !== undefined)
    return report.message({
      id: get('id'),
      from: get('from'),
      to: get('to'),
      at: instantOf(get('date')) ?? at,
      text: get('text'),
      raw: record,
    })
  const [sender, person] = [get('senderId'), get('phoneNumber')]
  if (get('id') === undefined && sender !== undefined && person !== undefined) {
    // It has neither an id nor a time: the hour keeps those of other days apart.
    const hour = new Date(at).toISOString().slice(0, 13)
    const base = { at, endpoint: report.endpointOf(sender), peer: peerOf(person), raw: record }
    const dedupeKey = `africastalking:optout:${hashOf(record)}@${hour}`
    return [{ ...base, kind: 'consent', dedupeKey, purpose: 'all', granted: false, source: 'provider' }]
  }
  if (get('id') === undefined)
    return report.unknown('form', 'It is neither a message nor a status.', at, record)
  const status = get('status')
  return report.status({
    id: get('id'),
    status,
    to: lookup(deliveries, status),
    at,
    their: get('phoneNumber'),
    reason: get('failureReason'),
    class: get('failureReason') === 'UserInBlacklist' ? 'consent' : undefined,
    raw: record,
  })
}

/** SMS by Africa's Talking. @throws TypeError when an option is missing */
export const africasTalkingSms = (options: AfricasTalkingOptions): ChannelAdapter => {
  const { username, apiKey, webhookSecret, origin = 'https://api.africastalking.com' } = options
  if (!username || !apiKey)
    throw new TypeError('africastalking needs username and apiKey: see its dashboard.')
  return smsAdapter(
    {
      name: 'africastalking',
      verify: (request) => verifySecret(request, webhookSecret),
      decode: decodeAfricasTalking,
      request: (message, text) => {
        const form = formOf({ username, to: message.to.value, message: text, from: message.endpoint })
        return {
          method: 'POST',
          url: `${origin}/version1/messaging`,
          ...form,
          headers: { ...form.headers, apiKey, accept: 'application/json' },
        }
      },
      receipt: (answer) => {
        const data = answered(answer).SMSMessageData
        const [first] = isObject(data) ? itemsOf(data.Recipients).filter(isObject) : []
        if (!first) return undefined
        const code = wordOf(first.statusCode) ?? ''
        return /^10[012]$/.test(code)
          ? taken(answer, first.messageId)
          : fault(lookup(sendFaults, code) ?? 'content', wordOf(first.status) ?? 'It was refused.', code)
      },
    },
    { ...options, secrets: [apiKey, webhookSecret] },
  )
}
