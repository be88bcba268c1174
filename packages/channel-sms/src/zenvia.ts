import { type ChannelAdapter, type ChannelEvent, id, isObject, itemsOf, shape, wordOf } from '@ramal/channel'
import type { Content, Delivery } from '@ramal/conversation'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
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
import type { Reporter, SmsFile } from './report.js'

export interface ZenviaOptions extends SmsOptions, SharedSecret {
  /** `X-API-TOKEN` of the console. */
  readonly apiToken: string
  /** Default `https://api.zenvia.com`. */
  readonly origin?: string
}

const message = shape(
  {
    message: shape(
      {},
      { id, from: id, to: id, contents: t.UnknownArray, visitor: shape({}, { name: t.string }) },
    ),
  },
  { id, timestamp: t.string },
)
const step = shape(
  {
    messageStatus: shape(
      {},
      { timestamp: t.string, code: t.string, description: t.string, causes: t.UnknownArray },
    ),
  },
  { messageId: id, id, timestamp: t.string, message: shape({}, { externalId: id, from: id, to: id }) },
)
const file = shape({ fileUrl: t.string }, { fileMimeType: t.string })
const place = shape({ latitude: t.number, longitude: t.number }, { name: t.string, address: t.string })
const cause = shape({}, { channelErrorCode: id, reason: t.string, details: t.string })

const deliveries: Readonly<Record<string, Delivery>> = {
  SENT: 'sent',
  DELIVERED: 'delivered',
  READ: 'read',
  REJECTED: 'failed',
  NOT_DELIVERED: 'failed',
}

/** Texts in one, files, and what is neither: a place, or a kind that is not known. */
const contentsOf = (contents: readonly unknown[]) => {
  const texts: string[] = []
  const files: SmsFile[] = []
  const other: Content[] = []
  for (const item of contents) {
    const kind = isObject(item) ? item.type : undefined
    const text = isObject(item) ? item.text : undefined
    const [asFile, asPlace] = [file.decode(item), place.decode(item)]
    if (kind === 'text' && typeof text === 'string') texts.push(text)
    else if (kind === 'file' && E.isRight(asFile))
      files.push({ url: asFile.right.fileUrl, mimeType: asFile.right.fileMimeType })
    else if (kind === 'location' && E.isRight(asPlace) && isPlace(asPlace.right))
      other.push({ kind: 'location', ...asPlace.right })
    else other.push({ kind: 'unrecognised', type: typeof kind === 'string' && kind ? kind : 'content' })
  }
  return { text: texts.length > 0 ? texts.join('\n') : undefined, files, other }
}

const isPlace = ({ latitude, longitude }: { latitude: number; longitude: number }): boolean =>
  Number.isFinite(latitude) && Number.isFinite(longitude)

export const decodeZenvia = ({ json, at }: Inbound, report: Reporter): readonly ChannelEvent[] => {
  const asMessage = message.decode(json)
  if (E.isRight(asMessage)) {
    const { message: body, id: delivery, timestamp } = asMessage.right
    return report.message({
      id: body.id ?? delivery,
      from: body.from,
      to: body.to,
      at: instantOf(timestamp) ?? at,
      ...contentsOf(itemsOf(body.contents)),
      profileName: body.visitor?.name,
      raw: json,
    })
  }
  const asStep = step.decode(json)
  if (E.isLeft(asStep))
    return report.unknown('body', 'It is neither a message nor a status.', at, json ?? null)
  const { messageStatus: status, messageId, message: about } = asStep.right
  const causes = itemsOf(status.causes).map((item) => cause.decode(item))
  const [first] = causes.flatMap((read) => (E.isRight(read) ? [read.right] : []))
  return report.status({
    id: messageId,
    status: status.code,
    to: lookup(deliveries, status.code),
    at: instantOf(status.timestamp) ?? at,
    our: about?.from,
    their: about?.to,
    correlation: about?.externalId,
    code: first?.channelErrorCode,
    reason: first?.details ?? first?.reason,
    raw: json,
  })
}

/**
 * SMS by Zenvia. @throws TypeError when an option is missing
 */
export const zenviaSms = (options: ZenviaOptions): ChannelAdapter => {
  const { apiToken, webhookSecret, origin = 'https://api.zenvia.com' } = options
  if (!apiToken) throw new TypeError('zenvia needs apiToken: see its console.')
  const provider: Provider = {
    name: 'zenvia',
    verify: (request) => verifySecret(request, webhookSecret),
    decode: decodeZenvia,
    request: (outbound, text) => ({
      method: 'POST',
      url: `${origin}/v2/channels/sms/messages`,
      headers: { 'content-type': 'application/json', 'x-api-token': apiToken },
      body: JSON.stringify({
        from: digitsOf(outbound.endpoint),
        to: digitsOf(outbound.to.value),
        externalId: outbound.message,
        contents: [{ type: 'text', text }],
      }),
    }),
    receipt: (answer) => {
      const body = answered(answer)
      if (answer.status !== 400) return taken(answer, body.id)
      return fault('content', wordOf(body.message) ?? 'Zenvia refused it.', wordOf(body.code) ?? '')
    },
  }
  return smsAdapter(provider, { ...options, secrets: [apiToken, webhookSecret] })
}
