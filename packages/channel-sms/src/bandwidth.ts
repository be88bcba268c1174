import {
  basicAuth,
  type ChannelAdapter,
  type ChannelEvent,
  fetchGuarded,
  id,
  itemsOf,
  shape,
  wordOf,
} from '@ramal/channel'
import type { Delivery } from '@ramal/conversation'
import { hashOf, systemClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
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
import { bandwidthExpiration } from './validity.js'

export interface BandwidthOptions extends SmsOptions, SharedSecret {
  readonly accountId: string
  readonly user: string
  readonly password: string
  readonly applicationId: string
  /** Default `https://messaging.bandwidth.com`. */
  readonly origin?: string
}

const callback = shape(
  { type: t.string },
  {
    time: t.string,
    to: id,
    description: t.string,
    errorCode: id,
    message: shape(
      {},
      { id, from: id, to: t.UnknownArray, owner: id, text: t.string, tag: t.string, media: t.UnknownArray },
    ),
  },
)

const deliveries: Readonly<Record<string, Delivery>> = {
  'message-sending': 'sent',
  'message-delivered': 'delivered',
  'message-read': 'read',
  'message-failed': 'failed',
}

const decodeOne = (item: unknown, at: number, report: Reporter): readonly ChannelEvent[] => {
  const read = callback.decode(item)
  if (E.isLeft(read)) return report.unknown('callback', 'It has no type.', at, item ?? null)
  const { type, time, to, description, errorCode, message } = read.right
  const when = instantOf(time) ?? at
  if (type === 'message-received')
    return report.message({
      id: message?.id,
      from: message?.from,
      to: message?.owner ?? to,
      at: when,
      text: message?.text ?? '',
      files: itemsOf(message?.media).flatMap((url) => (typeof url === 'string' ? [{ url }] : [])),
      raw: item,
    })
  return report.status({
    id: message?.id,
    status: type,
    to: lookup(deliveries, type),
    at: when,
    our: message?.owner,
    their: to,
    correlation: message?.tag,
    code: errorCode,
    reason: description,
    raw: item,
  })
}

/** Bandwidth posts a list, of one. */
export const decodeBandwidth = ({ json, at }: Inbound, report: Reporter): readonly ChannelEvent[] => {
  const items = itemsOf(json)
  return items.length === 0
    ? report.unknown(
        'body',
        'It is no list of callbacks.',
        at,
        json === undefined ? null : [hashOf(json), json],
      )
    : items.flatMap((item) => decodeOne(item, at, report))
}

/** SMS and MMS by Bandwidth. @throws TypeError when an option is missing */
export const bandwidthSms = (options: BandwidthOptions): ChannelAdapter => {
  const { accountId, user, password, applicationId, webhookSecret } = options
  const { clock = systemClock } = options
  const origin = options.origin ?? 'https://messaging.bandwidth.com'
  if (!accountId || !user || !password || !applicationId)
    throw new TypeError('bandwidth needs accountId, user, password and applicationId: see its dashboard.')
  const authorization = basicAuth(user, password)
  const secrets = [password, authorization, webhookSecret]
  return smsAdapter(
    {
      name: 'bandwidth',
      verify: (request) => verifySecret(request, webhookSecret),
      decode: decodeBandwidth,
      request: (message, text, files) => ({
        method: 'POST',
        url: `${origin}/api/v2/users/${encodeURIComponent(accountId)}/messages`,
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({
          applicationId,
          from: message.endpoint,
          to: [message.to.value],
          text,
          tag: message.message,
          ...(files.length > 0
            ? { media: files }
            : { expiration: bandwidthExpiration(message, clock.now()) }),
        }),
      }),
      receipt: (answer) => {
        const body = answered(answer)
        return answer.status === 400
          ? fault('content', wordOf(body.description) ?? 'Bandwidth refused it.', wordOf(body.type) ?? '')
          : taken(answer, body.id, Number(body.segmentCount) || undefined)
      },
      fetchMedia:
        ({ reference }) =>
        () =>
          fetchGuarded(reference, {
            ...options,
            secrets,
            allow: [new URL(origin).origin],
            maxBytes: 16_000_000,
            headers: { authorization },
          }),
    },
    { ...options, secrets },
  )
}
