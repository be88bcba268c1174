import { type ChannelAdapter, type ChannelEvent, id, isObject, itemsOf, shape } from '@ramal/channel'
import type { Delivery } from '@ramal/conversation'
import { hashOf } from '@ramal/core'
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
import { digitsOf } from './number.js'
import { instantOf } from './parameters.js'
import type { Reporter, SmsFile } from './report.js'
import { infobipValidity } from './validity.js'

export interface InfobipOptions extends SmsOptions, SharedSecret {
  readonly apiKey: string
  /** Of your account, such as `https://abc123.api.infobip.com`. */
  readonly origin: string
}

const result = shape(
  {},
  {
    messageId: id,
    from: id,
    to: id,
    text: t.string,
    receivedAt: t.string,
    doneAt: t.string,
    callbackData: t.string,
    message: t.UnknownArray,
    status: shape({}, { groupName: t.string, name: t.string, description: t.string }),
    error: shape({}, { id, name: t.string, permanent: t.boolean }),
  },
)
type Result = t.TypeOf<typeof result>
const part = shape({}, { contentType: t.string, value: t.string, url: t.string })

const deliveries: Readonly<Record<string, Delivery>> = {
  PENDING: 'sent',
  ACCEPTED: 'sent',
  DELIVERED: 'delivered',
  UNDELIVERABLE: 'failed',
  EXPIRED: 'failed',
  REJECTED: 'failed',
}

const decodeStep = (r: Result, at: number, report: Reporter, raw: unknown) =>
  report.status({
    id: r.messageId,
    status: r.status?.groupName,
    to: lookup(deliveries, r.status?.groupName),
    at: instantOf(r.doneAt) ?? at,
    our: r.from,
    their: r.to,
    correlation: r.callbackData,
    code: r.error?.id,
    reason: r.error?.name ?? r.status?.description,
    class: r.error?.permanent ? 'recipient' : undefined,
    raw,
  })

const decodeMessage = (r: Result, at: number, report: Reporter, raw: unknown) => {
  const parts = itemsOf(r.message).flatMap((item) => {
    const read = part.decode(item)
    return E.isRight(read) ? [read.right] : []
  })
  const texts = [r.text, ...parts.map((p) => p.value)].filter((text) => text !== undefined)
  const files: readonly SmsFile[] = parts.flatMap((p) =>
    p.url === undefined ? [] : [{ url: p.url, mimeType: p.contentType }],
  )
  return report.message({
    id: r.messageId,
    from: r.from,
    to: r.to,
    at: instantOf(r.receivedAt) ?? at,
    text: texts.length > 0 ? texts.join('\n') : undefined,
    files,
    raw,
  })
}

export const decodeInfobip = ({ json, at }: Inbound, report: Reporter): readonly ChannelEvent[] => {
  const results = isObject(json) ? itemsOf(json.results) : []
  if (results.length === 0) return report.unknown('body', 'It has no results.', at, json ?? null)
  return results.flatMap((item) => {
    const read = result.decode(item)
    if (E.isLeft(read)) return report.unknown('result', 'It is no object.', at, [item, hashOf(json)])
    const { status, text, message } = read.right
    return status && text === undefined && message === undefined
      ? decodeStep(read.right, at, report, item)
      : decodeMessage(read.right, at, report, item)
  })
}

/** SMS by Infobip. @throws TypeError when an option is missing */
export const infobipSms = (options: InfobipOptions): ChannelAdapter => {
  const { apiKey, origin, webhookSecret } = options
  if (!apiKey || !URL.canParse(origin))
    throw new TypeError('infobip needs apiKey and origin: see its portal.')
  return smsAdapter(
    {
      name: 'infobip',
      verify: (request) => verifySecret(request, webhookSecret),
      decode: decodeInfobip,
      request: (message, text) => ({
        method: 'POST',
        url: `${origin}/sms/2/text/advanced`,
        headers: { 'content-type': 'application/json', authorization: `App ${apiKey}` },
        body: JSON.stringify({
          messages: [
            {
              from: digitsOf(message.endpoint),
              destinations: [{ to: digitsOf(message.to.value) }],
              text,
              callbackData: message.message,
              validityPeriod: infobipValidity(message),
            },
          ],
        }),
      }),
      receipt: (answer) => {
        const [first] = itemsOf(answered(answer).messages)
        const read = result.decode(first)
        if (E.isLeft(read)) return undefined
        const { messageId, status } = read.right
        return status?.groupName === 'REJECTED'
          ? fault('content', status.description ?? 'Infobip rejected it.', status.name)
          : taken(answer, messageId)
      },
    },
    { ...options, secrets: [apiKey, webhookSecret] },
  )
}
