import {
  bodyText,
  type ChannelAdapter,
  type ChannelEvent,
  call,
  type Endpoint,
  equalsInConstantTime,
  faultOfStatus,
  fetchGuarded,
  finish,
  type HttpAnswer,
  type HttpOptions,
  type HttpRequest,
  isObject,
  MAX_BODY_BYTES,
  type OutboundMessage,
  type Parameters,
  parametersOf,
  parseJson,
  type RawRequest,
  type Refusal,
  type SendFault,
  type SendReceipt,
  unreadable,
} from '@ramal/channel'
import { type Instant, systemClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { type Reporter, reporter } from './report.js'
import { segmentsOf } from './segments.js'

/** A number or a short code of ours. */
export interface SmsNumber {
  /** As the provider names it, such as `+5511912345678`. */
  readonly id: string
  readonly label?: string
  /** Files can be sent too; mostly in North America. */
  readonly mms?: boolean
}

/** Common to all providers. */
export interface SmsOptions extends HttpOptions {
  /** The adapter's id. Default: `sms-` and the provider's name. */
  readonly id?: string
  readonly numbers: readonly SmsNumber[]
  /**
   * Where files of messages may be fetched from, such as `media.example` or `.example`, for providers that do not
   * keep them themselves. Default: nowhere.
   */
  readonly mediaHosts?: readonly string[]
}

/** For providers that sign nothing: a secret of your making in the address that you give them. */
export interface SharedSecret {
  /**
   * At least 16 characters; taken as `?token=`, as `Authorization: Bearer`, or as the password of Basic. The
   * address is then a secret: keep it out of your proxy's log.
   */
  readonly webhookSecret: string
}

/** What a webhook says, ready to be read. */
export interface Inbound {
  readonly parameters: Parameters
  /** Undefined for what is no JSON. */
  readonly json: unknown
  readonly at: Instant
}

/** One provider's words. All but `send` are pure. */
export interface Provider {
  readonly name: string
  readonly verify: (request: RawRequest) => E.Either<Refusal, void>
  readonly decode: (inbound: Inbound, report: Reporter) => readonly ChannelEvent[]
  readonly acknowledge?: ChannelAdapter['acknowledge']
  /** The call that sends a text, or why there is none. */
  readonly request: (message: OutboundMessage, text: string, files: readonly string[]) => HttpRequest
  /** What an answer means: the id, or what went wrong; undefined for what the status alone says. */
  readonly receipt: (
    answer: HttpAnswer,
    message: OutboundMessage,
  ) => E.Either<SendFault, SendReceipt> | undefined
  readonly fetchMedia?: NonNullable<ChannelAdapter['fetchMedia']>
  readonly eraseMedia?: NonNullable<ChannelAdapter['eraseMedia']>
}

const MAX_TEXT = 1600
const MMS_BYTES = 5_000_000

export const endpointsOf = (numbers: readonly SmsNumber[]): readonly Endpoint[] =>
  numbers.map(({ id, label, mms }) => ({
    id,
    capabilities: {
      maxText: MAX_TEXT,
      ...(mms
        ? { media: { image: { maxBytes: MMS_BYTES }, video: { maxBytes: MMS_BYTES } }, maxCaption: MAX_TEXT }
        : {}),
    },
    ...(label === undefined ? {} : { label }),
  }))

/** Whether a request knows the secret. */
export const verifySecret = (request: RawRequest, secret: string): E.Either<Refusal, void> => {
  if (request.body.length > MAX_BODY_BYTES)
    return E.left({ status: 413, reason: `The body has more than ${MAX_BODY_BYTES} bytes.` })
  const [scheme = '', value = ''] = (request.headers.get('authorization') ?? '').split(' ')
  const basic = /^basic$/i.test(scheme)
    ? Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':')
    : ''
  const query = new URLSearchParams(request.url.split('?').slice(1).join('?')).get('token') ?? ''
  const candidates = [query, basic, /^bearer$/i.test(scheme) ? value : ''].filter((text) => text !== '')
  if (candidates.length === 0) return E.left({ status: 401, reason: 'There is no token.' })
  return candidates.some((text) => equalsInConstantTime(text, secret))
    ? E.right(undefined)
    : E.left({ status: 403, reason: 'The token is not ours.' })
}

const checkOptions = (name: string, options: SmsOptions & Partial<SharedSecret>): void => {
  if (options.numbers.length === 0) throw new TypeError(`${name} needs numbers: one or more of yours.`)
  if (options.webhookSecret !== undefined && options.webhookSecret.length < 16)
    throw new TypeError(`${name} needs a webhookSecret of at least 16 characters.`)
}

const partsOf = ({ content }: OutboundMessage): { text: string; files: readonly string[] } | undefined => {
  if (content.kind === 'text') return { text: content.text, files: [] }
  if (content.kind !== 'media' || !/^https?:/.test(content.reference ?? '')) return undefined
  return { text: content.caption ?? '', files: [content.reference ?? ''] }
}

/** The address without the secret that stands in it: what is decoded is kept, and read by many. */
const withoutSecret = (url: string): string => {
  const at = url.indexOf('?')
  if (at < 0) return url
  const path = url.slice(0, at)
  const rest = new URLSearchParams(url.slice(at + 1))
  rest.delete('token')
  return rest.size === 0 ? path : `${path}?${rest}`
}

/** Decodes whatever body: a form, JSON, or what is neither, which is kept. */
export const decodeWith = (
  { name, decode }: Pick<Provider, 'name' | 'decode'>,
  report: Reporter,
  request: RawRequest,
  at: Instant,
): readonly ChannelEvent[] => {
  const read = parseJson(request.body)
  const json = E.isRight(read) ? read.right : undefined
  const isForm = typeof json !== 'object' || json === null
  const parameters = parametersOf({
    url: withoutSecret(request.url),
    body: isForm ? request.body : new Uint8Array(),
  })
  const events = decode({ json, parameters, at }, report)
  if (events.length > 0) return finish(events, request.body.length)
  const text = bodyText(request.body)
  return [
    unreadable(name, request.body, `This is nothing that ${name} is known to send: ${text.length}.`, at),
  ]
}

const MAX_FILE = 16_000_000

const fetchFrom =
  (allow: readonly string[], options: HttpOptions): NonNullable<ChannelAdapter['fetchMedia']> =>
  ({ reference, mimeType, sha256 }) =>
  () =>
    fetchGuarded(reference, {
      ...options,
      allow,
      maxBytes: MAX_FILE,
      ...(mimeType === undefined ? {} : { mimeType }),
      ...(sha256 === undefined ? {} : { sha256 }),
    })

/** A provider with HTTP webhooks, as an adapter. */
export const smsAdapter = (
  provider: Provider,
  options: SmsOptions & Partial<SharedSecret>,
): ChannelAdapter => {
  checkOptions(provider.name, options)
  const { numbers, id = `sms-${provider.name}`, mediaHosts } = options
  const clock = options.clock ?? systemClock
  const report = reporter(provider.name, numbers)
  return {
    channel: 'sms',
    id,
    endpoints: endpointsOf(numbers),
    verify: provider.verify,
    decode: (request, at) => decodeWith(provider, report, request, at),
    ...(provider.acknowledge ? { acknowledge: provider.acknowledge } : {}),
    ...(mediaHosts ? { fetchMedia: fetchFrom(mediaHosts, options) } : {}),
    ...(provider.fetchMedia ? { fetchMedia: provider.fetchMedia } : {}),
    ...(provider.eraseMedia ? { eraseMedia: provider.eraseMedia } : {}),
    send: (message) => async () => {
      const parts = partsOf(message)
      const number = numbers.find((n) => n.id === message.endpoint)
      if (!number) return fault('channel', `${message.endpoint} is not one of the numbers of this adapter.`)
      if (!parts || (parts.files.length > 0 && !number.mms))
        return fault('content', `A ${message.content.kind} cannot be sent as SMS from ${number.id}.`)
      const answer = await call(provider.request(message, parts.text, parts.files), options)
      if (E.isLeft(answer)) return answer
      const receipt = provider.receipt(answer.right, message)
      if (!receipt) return E.left(faultOfStatus(answer.right, clock.now()))
      return E.isLeft(receipt) ? receipt : E.right({ parts: segmentsOf(parts.text).count, ...receipt.right })
    },
  }
}

export const fault = (kind: SendFault['class'], reason: string, code?: string): E.Either<SendFault, never> =>
  E.left({ class: kind, reason, ...(code === undefined ? {} : { code }) })

/** The object that an answer is, or an empty one. */
export const answered = ({ text }: HttpAnswer): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** Taken, under an id; undefined where there is none, so that the status speaks. */
export const taken = (
  answer: HttpAnswer,
  id: unknown,
  parts?: number,
): E.Either<SendFault, SendReceipt> | undefined =>
  answer.status >= 200 &&
  answer.status < 300 &&
  (typeof id === 'string' || typeof id === 'number') &&
  id !== ''
    ? E.right({ providerId: String(id), ...(parts === undefined ? {} : { parts }) })
    : undefined
