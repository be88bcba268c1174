import type { ChannelAdapter, MediaFault, MediaFile } from '@ramal/channel'
import {
  type Attachment,
  type ConversationCommand,
  type ConversationRefusal,
  conversationDecider,
} from '@ramal/conversation'
import { type Exhausted, type Instant, load, StoreError, streamName } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { contextOf, type EngineContext } from './context.js'
import { type RunningJobs, runJobs } from './jobs.js'
import { MEDIA_TYPES, type MediaJob, pendingMedia } from './media-jobs.js'
import type { MediaStore } from './media-store.js'

export interface MediaOptions {
  /** Where files are kept: `folderMediaStore`, or one of yours. */
  readonly store: MediaStore
  /** Most files that are fetched at a time; each is in memory while it is. Default 4. */
  readonly concurrency?: number
  /** After so long without an outcome, such as after a crash, a file is fetched again, in ms. Default 3 minutes. */
  readonly doubtAfter?: number
  /** So long after they came, or were sent, files are kept, in ms; then they are erased. Default: for ever. */
  readonly keepFor?: number
}

const WEEK = 7 * 86_400_000
const FIRST_PAUSE = 5_000
const LONGEST_PAUSE = 6 * 3_600_000

/** What is known of a file without its bytes. */
type Wanted = Pick<
  MediaJob,
  'conversation' | 'attachment' | 'channel' | 'endpoint' | 'reference' | 'mimeType' | 'sha256' | 'since'
>

/** When to fetch again after `attempts`; nothing when the file will be gone by then. */
const retryAt = (
  now: Instant,
  attempts: number,
  until: Instant,
  { final, retryAfter = 0 }: MediaFault,
): Instant | undefined => {
  const pause = Math.min(FIRST_PAUSE * 4 ** Math.max(0, attempts - 1), LONGEST_PAUSE)
  const at = now + Math.max(pause, retryAfter)
  return final || at > until ? undefined : at
}

export interface Media extends RunningJobs {
  /** Fetches a file now, whatever became of it before. */
  fetchAgain(conversation: string, attachment: string): Promise<FetchResult>
}

export type FetchResult = E.Either<ConversationRefusal | Exhausted | MediaFault, Attachment>

/**
 * Fetches the files that customers send, each as a job of its own, so that a slow or broken file never keeps a
 * message. Before a file is fetched that is written down: of several engines on one log one fetches it, and when
 * that one crashes another does.
 */
export const startMedia = (
  engine: EngineContext,
  { store: files, concurrency = 4, doubtAfter = 180_000 }: MediaOptions,
  signal: AbortSignal,
): Media => {
  const { adapters, clock, run, store } = engine
  const { jobs, fold } = pendingMedia(
    (channel, endpoint) => adapters.byEndpoint(channel, endpoint)?.fetchMedia !== undefined,
    doubtAfter,
  )

  const tell = (conversation: string, command: ConversationCommand, commandId: string) =>
    run(
      conversationDecider,
      streamName('conversation', conversation),
      command,
      contextOf(engine, { commandId, actor: 'media' }),
    )

  const written = async (wanted: Wanted, command: ConversationCommand, commandId: string) => {
    const result = await tell(wanted.conversation, command, commandId)
    if (E.isRight(result)) return result.right
    throw new StoreError(
      'unavailable',
      `What became of file ${wanted.attachment} cannot be written: ${result.left._tag}.`,
    )
  }

  const fetchNow = async (
    wanted: Wanted,
    { fetchMedia }: ChannelAdapter,
  ): Promise<E.Either<MediaFault, MediaFile>> => {
    const { endpoint, reference, mimeType, sha256 } = wanted
    if (!fetchMedia) return E.left({ final: true, reason: 'this channel gives no files' })
    return fetchMedia({
      endpoint,
      reference,
      ...(mimeType === undefined ? {} : { mimeType }),
      ...(sha256 === undefined ? {} : { sha256 }),
    })()
  }

  /** One attempt, which is written down already, and what became of it. */
  const attempt = async (wanted: Wanted, n: number): Promise<E.Either<MediaFault, void>> => {
    const { attachment, channel, endpoint, reference, since } = wanted
    const adapter = adapters.byEndpoint(channel, endpoint)
    const key = `${wanted.conversation}/${attachment}/${n}`
    const fetched: E.Either<MediaFault, MediaFile> = adapter
      ? await fetchNow(wanted, adapter)
      : E.left({ final: false, reason: `no channel has the endpoint ${channel}/${endpoint}` })
    if (E.isLeft(fetched)) {
      const until = adapter?.mediaUntil?.(reference, since) ?? since + WEEK
      // What nobody waits for any more is tried once, when somebody asks.
      const isJob = jobs.has(`${wanted.conversation}/${attachment}`)
      const again = isJob ? retryAt(clock.now(), n, until, fetched.left) : undefined
      const { reason } = fetched.left
      const outcome = again === undefined ? { final: true } : { final: false, retryAt: again }
      await written(wanted, { type: 'failAttachment', attachment, reason, ...outcome }, `unfetched/${key}`)
      return fetched
    }
    const { bytes, mimeType, sha256 } = fetched.right
    const location = await files.put(bytes, mimeType)
    const stored = { attachment, location, bytes: bytes.length, sha256, mimeType }
    await written(wanted, { type: 'storeAttachment', ...stored }, `fetched/${key}`)
    return E.right(undefined)
  }

  const work = async (job: MediaJob): Promise<void> => {
    const { attachment, attempts } = job
    const claim = { type: 'attemptFetch', attachment, after: attempts } as const
    const claimed = await written(job, claim, `fetch/${job.key}/${attempts}`)
    // Another engine has it; what became of it the log will tell.
    if (claimed.events.length === 0 || claimed.repeated) job.due = clock.now() + doubtAfter
    else await attempt(job, attempts + 1)
  }

  const running = runJobs(engine, { types: MEDIA_TYPES, fold, jobs, concurrency, work }, signal)

  return {
    ...running,
    async fetchAgain(conversation, attachment) {
      const stream = streamName('conversation', conversation)
      const claimed = await tell(conversation, { type: 'attemptFetch', attachment }, engine.newId())
      if (E.isLeft(claimed)) return claimed
      const { channel, endpoint, attachments, lastReceivedAt = 0 } = claimed.right.state
      const { reference, mimeType, sha256, attempts } = attachments[attachment]!
      if (reference === undefined)
        return E.left({ final: true, reason: 'the channel gave no reference to the file' })
      const place = { conversation, attachment, channel, endpoint, since: lastReceivedAt }
      const result = await attempt({ ...place, reference, mimeType, sha256 }, attempts)
      if (E.isLeft(result)) return result
      const { state } = await load(store, conversationDecider, stream)
      return E.right(state.attachments[attachment]!)
    },
  }
}
