import type { Clock, Instant } from '@ramal/core'
import type { Identifier } from '@ramal/customer'
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { CallCommand, LiveCall } from './call-control.js'
import type { Endpoint } from './capabilities.js'
import type { ChannelEvent } from './channel-event.js'
import type { MediaFault, MediaFile, MediaReference } from './media.js'
import type { OutboundIndication, OutboundMessage, SendFault, SendReceipt } from './outbound.js'
import type { RawRequest, Refusal, Reply } from './request.js'
import type { ThreadReader } from './thread.js'

/** What became of an event that was handed in. */
export interface Ingested {
  readonly event: ChannelEvent
  /** The conversation that it went to, if any. */
  readonly conversation?: string
  /** Our id of the message, if it is one. */
  readonly message?: string
  /** It was in the log before. */
  readonly duplicate: boolean
}

/** What the engine offers to adapters that have a protocol of their own. */
export interface ChannelHost {
  readonly clock: Clock
  /** Resolves when all is durable, in the order given. Rejects when nothing may be acknowledged. */
  ingest(events: readonly ChannelEvent[]): Promise<readonly Ingested[]>
  readonly threads: ThreadReader
  /** A file of ours, by the location that its reference names; see `locationOf`. */
  media?(location: string): Promise<Blob | undefined>
  /** The ids of a site (`external_id`) under which somebody has logged in as this person, by a signature of the site. */
  loginsOf?(peer: Identifier): Promise<readonly Identifier[]>
  /** The calls of this channel that the log has as going on: what else the provider has is news, and the reverse. */
  liveCalls(): Promise<readonly LiveCall[]>
}

/**
 * One provider on one channel: a codec and a sender. All but `send`, `indicate`, `control`, `fetchMedia`,
 * `eraseMedia`, `uploadMedia`, `handle` and `start` are pure, so that most of an adapter is tested without a network.
 *
 * The engine calls, for a webhook: `handshake`, `verify`, `decode`; it stores what came and only then answers
 * with `instruct` or `acknowledge`.
 */
export interface ChannelAdapter {
  /** Such as `whatsapp`. */
  readonly channel: string
  /** Unique in an engine; it listens at `/webhooks/<id>`. */
  readonly id: string
  readonly endpoints: readonly Endpoint[]

  /** Answers what carries no event, such as a provider's check of our address; undefined for all else. */
  handshake?(request: RawRequest): Reply | undefined
  /** Over the raw bytes, in constant time, before anything is parsed. `now` for providers that sign a time. */
  verify(request: RawRequest, now: Instant): Either<Refusal, void>
  /**
   * What a verified request reports. Total: it never throws, and it ends in time in proportion to the body.
   * What it does not know is `unrecognised`; one bad item never costs the others. The same bytes give the same
   * keys.
   */
  decode(request: RawRequest, receivedAt: Instant): readonly ChannelEvent[]
  /** What is answered once all is stored. Default: 200 without a body. */
  readonly acknowledge?: Reply
  /** Instead of `acknowledge`, for providers that ask what to do next; pure. */
  instruct?(request: RawRequest): Reply

  /**
   * Hands a message over, once: it does not retry. Never rejects. `content` was made to fit by `degrade`; what
   * still does not fit is a fault `content`.
   */
  send(message: OutboundMessage): TaskEither<SendFault, SendReceipt>
  indicate?(indication: OutboundIndication): TaskEither<SendFault, void>

  /** Does something with a call, once. Never rejects. What cannot be done on this channel is a fault `content`. */
  control?(command: CallCommand): TaskEither<SendFault, void>

  /** Fetches a file that a customer sent, and checks its hash. A job of its own, to be retried. */
  fetchMedia?(reference: MediaReference): TaskEither<MediaFault, MediaFile>
  /** Until when a file that came with a message of `receivedAt` can be fetched. Default: seven days. */
  mediaUntil?(reference: string, receivedAt: Instant): Instant
  /** Erases a file that a customer sent, where the channel or its provider keeps it. What is not there is erased. */
  eraseMedia?(reference: string): TaskEither<MediaFault, void>
  /** Gives a file to the provider; the result is the `reference` to send it under. */
  uploadMedia?(endpoint: string, file: MediaFile): TaskEither<SendFault, string>
  /** It reads files of ours itself, by `ChannelHost.media`: they are not uploaded. */
  readonly readsStored?: boolean
  /** How long the provider keeps what was uploaded, in ms. Default: a day. */
  readonly uploadsLast?: number

  /** For channels with a protocol of their own: asked first for every request below `/webhooks/<id>`. */
  handle?(request: Request, host: ChannelHost): Promise<Response | undefined>
  /** For channels that hold connections. Resolves when `signal` has aborted and all is released. */
  start?(host: ChannelHost, signal: AbortSignal): Promise<void>
}
