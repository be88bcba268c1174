import type { ChannelAdapter, ChannelEvent } from '@ramal/channel'
import type { Delivery } from '@ramal/conversation'
import {
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
import type { Reporter } from './report.js'
import { segmentsOf } from './segments.js'
import { gatewayValidity } from './validity.js'

export interface JasminOptions extends SmsOptions, SharedSecret {
  readonly username: string
  readonly password: string
  /** Of the HTTP API, such as `http://127.0.0.1:1401`. */
  readonly origin: string
  /** Where Jasmin posts delivery reports: the public address of this adapter with its token. */
  readonly statusUrl: string
}

/** States of SMPP, as `message_status` has them. */
const deliveries: Readonly<Record<string, Delivery>> = {
  ESME_ROK: 'sent',
  ACCEPTD: 'sent',
  ENROUTE: 'sent',
  DELIVRD: 'delivered',
  EXPIRED: 'failed',
  DELETED: 'failed',
  UNDELIV: 'failed',
  REJECTD: 'failed',
}

/** UCS-2 text comes as its bytes in hexadecimal digits, in `binary`. */
const textOf = ({ get }: Inbound['parameters']): string | undefined => {
  const hex = get('binary')
  if (get('coding') !== '8' || hex === undefined || !/^([0-9a-f]{4})+$/i.test(hex)) return get('content')
  return Buffer.from(hex, 'hex').swap16().toString('utf16le').toWellFormed()
}

export const decodeJasmin = ({ parameters, at }: Inbound, report: Reporter): readonly ChannelEvent[] => {
  const { get, record, pairs } = parameters
  const status = get('message_status')
  if (status !== undefined || get('dlvrd') !== undefined) {
    const word = status?.startsWith('ESME_R') && status !== 'ESME_ROK' ? 'REJECTD' : status
    // A report of level 3 without a state says that a part was delivered, or says nothing.
    const known = word ?? (Number(get('dlvrd')) > 0 ? 'DELIVRD' : undefined)
    return report.status({
      id: get('id'),
      status: known,
      to: lookup(deliveries, known),
      at,
      correlation: get('message'),
      code: get('err'),
      raw: record,
    })
  }
  const from = get('from', 'From')
  if (from === undefined) return report.unknown('form', 'It is neither a message nor a report.', at, record)
  const empty = pairs.some(([name]) => name === 'content') ? '' : undefined
  return report.message({
    id: get('id'),
    from,
    to: get('to', 'To'),
    at,
    text: textOf(parameters) ?? empty,
    raw: record,
  })
}

/** SMS by a Jasmin gateway of yours. @throws TypeError when an option is missing */
export const jasminSms = (options: JasminOptions): ChannelAdapter => {
  const { username, password, origin, statusUrl, webhookSecret } = options
  if (!username || !password || !URL.canParse(origin) || !URL.canParse(statusUrl))
    throw new TypeError('jasmin needs username, password, origin and statusUrl: see its user.')
  return smsAdapter(
    {
      name: 'jasmin',
      verify: (request) => verifySecret(request, webhookSecret),
      decode: decodeJasmin,
      // Without these very characters Jasmin delivers again.
      acknowledge: { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ACK/Jasmin' },
      request: (message, text) => {
        const report = new URL(statusUrl)
        report.searchParams.set('message', message.message)
        const ucs2 = segmentsOf(text).encoding === 'UCS-2'
        const validity = gatewayValidity(message)
        const query = new URLSearchParams({
          username,
          password,
          from: digitsOf(message.endpoint),
          to: digitsOf(message.to.value),
          coding: ucs2 ? '8' : '0',
          ...(ucs2
            ? { 'hex-content': Buffer.from(text, 'utf16le').swap16().toString('hex') }
            : { content: text }),
          ...(validity === undefined ? {} : { 'validity-period': String(validity) }),
          dlr: 'yes',
          'dlr-level': '3',
          'dlr-method': 'POST',
          'dlr-url': report.href,
        })
        return { method: 'GET', url: `${origin}/send?${query}` }
      },
      receipt: (answer) => {
        const id = /^Success "([^"]+)"/.exec(answer.text)?.[1]
        if (id) return taken(answer, id)
        const reason = /^Error "([^"]*)"/.exec(answer.text)?.[1]
        return reason === undefined || answer.status >= 500
          ? undefined
          : fault(/throughput|quota/i.test(reason) ? 'retry' : 'channel', reason)
      },
    },
    { ...options, secrets: [password, webhookSecret] },
  )
}
