import type { ChannelAdapter, ChannelEvent } from '@ramal/channel'
import type { Delivery } from '@ramal/conversation'
import * as E from 'fp-ts/lib/Either.js'
import {
  fault,
  type Inbound,
  type SharedSecret,
  type SmsOptions,
  smsAdapter,
  verifySecret,
} from './adapter.js'
import { lookup } from './lookup.js'
import { instantOf } from './parameters.js'
import type { Reporter } from './report.js'
import { gatewayValidity } from './validity.js'

export interface KannelOptions extends SmsOptions, SharedSecret {
  readonly username: string
  readonly password: string
  /** Of the smsbox, such as `http://127.0.0.1:13013`. */
  readonly origin: string
  /** Where Kannel calls for statuses: the public address of this adapter with its token. */
  readonly statusUrl: string
}

/** Bits of Kannel's `dlr-mask`, as `%d` gives them. Source: Kannel user guide, "Delivery reports". */
const deliveries: Readonly<Record<string, Delivery>> = {
  1: 'delivered',
  2: 'failed',
  4: 'sent',
  8: 'sent',
  16: 'failed',
}

/** Delivered, failed, buffered, accepted by the SMSC, refused by it. */
const ALL_REPORTS = '31'

/**
 * What a `get-url` and a `dlr-url` of Kannel say; the names are of your choice there, these are taken:
 * `id=%I&from=%p&to=%P&text=%b&ts=%T`.
 */
export const decodeKannel = ({ parameters, at }: Inbound, report: Reporter): readonly ChannelEvent[] => {
  const { get, record, pairs } = parameters
  const status = get('status')
  if (status !== undefined) {
    const correlation = get('message', 'uuid')
    return report.status({
      id: correlation ?? get('id'),
      status,
      to: lookup(deliveries, status),
      at: instantOf(get('ts')) ?? at,
      our: get('from'),
      their: get('to'),
      correlation,
      reason: get('answer'),
      raw: record,
    })
  }
  const from = get('sender', 'from')
  if (from === undefined) return report.unknown('query', 'It is neither a message nor a report.', at, record)
  const text = get('message', 'text')
  const empty = pairs.some(([name]) => name === 'message' || name === 'text') ? '' : undefined
  return report.message({
    id: get('id'),
    from,
    to: get('to', 'receiver'),
    at: instantOf(get('ts')) ?? at,
    text: text ?? empty,
    raw: record,
  })
}

/**
 * SMS by a Kannel gateway of yours. Kannel names no message in its answer, so reports come under our id.
 * @throws TypeError when an option is missing
 */
export const kannelSms = (options: KannelOptions): ChannelAdapter => {
  const { username, password, origin, statusUrl, webhookSecret } = options
  if (!username || !password || !URL.canParse(origin) || !URL.canParse(statusUrl))
    throw new TypeError('kannel needs username, password, origin and statusUrl: see its smsbox group.')
  return smsAdapter(
    {
      name: 'kannel',
      verify: (request) => verifySecret(request, webhookSecret),
      decode: decodeKannel,
      acknowledge: { status: 200, headers: { 'content-type': 'text/plain' }, body: '' },
      request: (message, text) => {
        const report = new URL(statusUrl)
        report.searchParams.set('message', message.message)
        const validity = gatewayValidity(message)
        const query = new URLSearchParams({
          username,
          password,
          from: message.endpoint,
          to: message.to.value,
          text,
          charset: 'UTF-8',
          coding: /^[\x20-\x7e\n]*$/.test(text) ? '0' : '2',
          'dlr-mask': ALL_REPORTS,
          ...(validity === undefined ? {} : { validity: String(validity) }),
          // Kannel fills in %d; encoded, it would not find it.
          'dlr-url': `${report.href}&status=%d`,
        })
        return { method: 'GET', url: `${origin}/cgi-bin/sendsms?${query}` }
      },
      receipt: (answer, message) => {
        if (answer.status === 202) return E.right({ providerId: message.message })
        return answer.status === 403
          ? fault('channel', answer.text.slice(0, 200) || 'Kannel refused it.')
          : undefined
      },
    },
    { ...options, secrets: [password, webhookSecret] },
  )
}
