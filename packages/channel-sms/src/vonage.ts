import {
  type ChannelAdapter,
  type ChannelEvent,
  formOf,
  isObject,
  type RawRequest,
  type Refusal,
  wordOf,
} from '@ramal/channel'
import type { Delivery } from '@ramal/conversation'
import type * as E from 'fp-ts/lib/Either.js'
import {
  answered,
  fault,
  type Inbound,
  type Provider,
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
import { segmentsOf } from './segments.js'
import { vonageValidity } from './validity.js'
import { decodeVonageMessages } from './vonage-messages.js'
import { type VonageSignature, verifyVonage, vonageFields } from './vonage-signature.js'
import { verifyVonageToken } from './vonage-token.js'

export interface VonageOptions extends SmsOptions, Partial<SharedSecret> {
  readonly apiKey: string
  readonly apiSecret: string
  /**
   * How Vonage signs webhooks, if it does; else `webhookSecret` is needed. Those of the SMS API have a field `sig`,
   * those of the Messages API a token: `jwt`.
   */
  readonly signature?: VonageSignature | { readonly secret: string; readonly method: 'jwt' }
  /** Default `https://rest.nexmo.com`. */
  readonly origin?: string
}

const deliveries: Readonly<Record<string, Delivery>> = {
  accepted: 'sent',
  buffered: 'sent',
  delivered: 'delivered',
  expired: 'failed',
  failed: 'failed',
  rejected: 'failed',
}

/** Codes of delivery receipts. Source: Vonage, "Delivery error codes". */
const receiptFaults: Readonly<Record<string, 'recipient' | 'consent' | 'content' | 'wait' | 'channel'>> = {
  2: 'wait',
  3: 'recipient',
  4: 'consent',
  6: 'content',
  7: 'wait',
  9: 'recipient',
  10: 'content',
  11: 'recipient',
  12: 'recipient',
  14: 'content',
  15: 'recipient',
  39: 'channel',
}

/** Codes of the answer to a send. Source: Vonage, SMS API errors. */
const sendFaults: Readonly<Record<string, 'retry' | 'content' | 'channel' | 'recipient'>> = {
  1: 'retry',
  2: 'content',
  3: 'content',
  4: 'channel',
  5: 'retry',
  6: 'content',
  7: 'recipient',
  8: 'channel',
  9: 'channel',
  11: 'channel',
  12: 'content',
  14: 'channel',
  15: 'channel',
  22: 'channel',
  29: 'recipient',
  33: 'recipient',
}

const partOf = (fields: Readonly<Record<string, string>>) => {
  if (fields.concat !== 'true' && fields['concat-ref'] === undefined) return undefined
  const [part, total] = [Number(fields['concat-part']), Number(fields['concat-total'])]
  if (!(Number.isInteger(part) && Number.isInteger(total) && part >= 1 && part <= total && total <= 255))
    return undefined
  // A reference has 8 bits and comes again: the day keeps those of last week apart.
  const day = (fields['message-timestamp'] ?? '').slice(0, 10)
  const whole = `${fields.msisdn}>${fields.to}:${fields['concat-ref']}/${total}@${day}`
  return total === 1 ? undefined : { whole, part, total }
}

/** Fields of Vonage's SMS API: a message, a part of one, or a receipt. */
export const decodeVonage = (
  fields: Readonly<Record<string, string>>,
  at: number,
  report: Reporter,
): readonly ChannelEvent[] => {
  const { msisdn, to, text, messageId, type } = fields
  if (fields.status !== undefined || fields.scts !== undefined) {
    const code = fields['err-code']
    const failed = code !== undefined && code !== '0'
    return report.status({
      id: messageId,
      status: fields.status,
      to: lookup(deliveries, fields.status),
      at: instantOf(fields['message-timestamp']) ?? at,
      our: to,
      their: msisdn,
      correlation: fields['client-ref'],
      code: failed ? code : undefined,
      class: failed ? lookup(receiptFaults, code) : undefined,
      raw: fields,
    })
  }
  if (messageId === undefined && msisdn === undefined && text === undefined)
    return report.unknown('request', 'It is neither a message nor a receipt.', at, fields)
  const binary = type === 'binary' || (text === undefined && fields.data !== undefined)
  return report.message({
    id: messageId,
    from: msisdn,
    to,
    at: instantOf(fields['message-timestamp']) ?? at,
    text: binary ? undefined : (text ?? ''),
    other: binary ? [{ kind: 'unsupported', reason: 'binary SMS' }] : [],
    part: partOf(fields),
    raw: fields,
  })
}

const receiptOf: Provider['receipt'] = (answer) => {
  const messages = answered(answer).messages
  const parts = Array.isArray(messages) ? messages.filter(isObject) : []
  const bad = parts.find((part) => part.status !== '0')
  if (!bad) return taken(answer, parts[0]?.['message-id'], parts.length)
  const code = wordOf(bad.status) ?? ''
  // Some parts went: sending again would send those twice.
  const kind = parts.length > 1 && bad !== parts[0] ? 'uncertain' : (lookup(sendFaults, code) ?? 'content')
  return fault(kind, wordOf(bad['error-text']) ?? 'Vonage refused it.', code)
}

const verifyAny = (
  request: RawRequest,
  signature: VonageOptions['signature'],
  webhookSecret = '',
): E.Either<Refusal, void> => {
  if (!signature) return verifySecret(request, webhookSecret)
  const { secret, method } = signature
  return method === 'jwt' ? verifyVonageToken(request, secret) : verifyVonage(request, { secret, method })
}

/**
 * SMS by Vonage: sent by its SMS API, taken in from that or from its Messages API, whichever the account is set to.
 * Parts of long messages are reported one by one and joined in the log.
 * @throws TypeError when an option is missing
 */
export const vonageSms = (options: VonageOptions): ChannelAdapter => {
  const { apiKey, apiSecret, signature, webhookSecret, origin = 'https://rest.nexmo.com' } = options
  if (!apiKey || !apiSecret) throw new TypeError('vonage needs apiKey and apiSecret: see its dashboard.')
  if (!signature && !webhookSecret)
    throw new TypeError('vonage needs signature, or a webhookSecret of yours.')
  const provider: Provider = {
    name: 'vonage',
    verify: (request) => verifyAny(request, signature, webhookSecret),
    decode: ({ parameters, json, at }: Inbound, report) =>
      decodeVonageMessages(json, at, report) ??
      decodeVonage(isObject(json) ? vonageFieldsOf(json, parameters.record) : parameters.record, at, report),
    request: (message, text) => ({
      method: 'POST',
      url: `${origin}/sms/json`,
      ...formOf({
        api_key: apiKey,
        api_secret: apiSecret,
        from: digitsOf(message.endpoint),
        to: digitsOf(message.to.value),
        text,
        type: segmentsOf(text).encoding === 'UCS-2' ? 'unicode' : 'text',
        'client-ref': message.message.slice(0, 100),
        ttl: vonageValidity(message)?.toString(),
      }),
    }),
    receipt: receiptOf,
  }
  return smsAdapter(provider, { ...options, secrets: [apiSecret, ...(signature ? [signature.secret] : [])] })
}

const vonageFieldsOf = (json: Readonly<Record<string, unknown>>, query: Readonly<Record<string, string>>) =>
  vonageFields({ url: `?${new URLSearchParams(query)}`, body: Buffer.from(JSON.stringify(json)) })
