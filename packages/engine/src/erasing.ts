import { type Attachment, conversationDecider, locationOf } from '@ramal/conversation'
import { load, StoreError, streamName } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { contextOf, type EngineContext } from './context.js'
import { eraseFiles } from './erase.js'
import { type ErasingJob, erasingJobs } from './erasing-jobs.js'
import { type FileUses, fileUses } from './file-uses.js'
import { type RunningJobs, runJobs } from './jobs.js'
import type { MediaOptions } from './media.js'

/** How long an erasure is left to engines that have its channel, by those that do not, in ms. */
const ELSEWHERE = 60_000

/** So long after it was tried the log has told what became of it, in ms. */
const AGAIN = 1_000

/** Most conversations at a time. */
const MOST = 1_000

type Erasing = Extract<ErasingJob, { kind: 'erase' }>

interface Doomed {
  readonly job: Erasing
  readonly channel: string
  readonly endpoint: string
  readonly files: readonly (readonly [string, Attachment])[]
}

/**
 * Takes away the bytes of files that are to be erased, and of those that were kept for long enough. That they are to
 * be erased is in the log before, and that they are gone after: whatever is done twice, by several engines or after a
 * crash, comes to the same.
 */
export const startErasing = (
  engine: EngineContext,
  { store: files, keepFor }: MediaOptions,
  signal: AbortSignal,
): RunningJobs => {
  const { store, clock, adapters, run, onTrouble } = engine
  const { types, jobs, fold, old } = erasingJobs(keepFor)

  const read = async (job: Erasing): Promise<Doomed> => {
    const { state } = await load(store, conversationDecider, streamName('conversation', job.conversation))
    const { channel, endpoint, attachments } = state
    return {
      ...{ job, channel, endpoint },
      files: Object.entries(attachments).filter(([, { erasure }]) => erasure?.done === false),
    }
  }

  const eraseOne = async (
    { job: { conversation }, channel, endpoint }: Doomed,
    attachment: string,
    file: Attachment,
    uses: FileUses,
  ): Promise<void> => {
    const { reference, location, sha256 } = file
    const isTheirs = reference !== undefined && locationOf(reference) === undefined
    const gone = isTheirs && (await adapters.byEndpoint(channel, endpoint)?.eraseMedia?.(reference)())
    // What can never be erased there keeps nothing of ours.
    if (gone && E.isLeft(gone) && gone.left.final)
      onTrouble(new Error(`File ${attachment} stays with its channel: ${gone.left.reason}`))
    else if (gone && E.isLeft(gone))
      throw new StoreError('unavailable', `File ${attachment} is still with its channel: ${gone.left.reason}`)
    // Somebody else may have been given the same bytes meanwhile.
    await uses.readOn()
    const shared = location !== undefined && uses.isUsed([location, sha256])
    if (location !== undefined && !shared) await files.delete(location)
    const told = await run(
      conversationDecider,
      streamName('conversation', conversation),
      { type: 'confirmErased', attachment, shared },
      contextOf(engine, { actor: 'media' }),
    )
    if (E.isLeft(told))
      throw new StoreError(
        'unavailable',
        `That file ${attachment} is gone cannot be written: ${told.left._tag}.`,
      )
  }

  const eraseIn = async (one: Doomed, uses: FileUses): Promise<void> => {
    for (const [attachment, file] of one.files) await eraseOne(one, attachment, file, uses)
  }

  /** All that is due at once: whose the bytes are too is read off the whole log. */
  const eraseAll = async (): Promise<void> => {
    const now = clock.now()
    const due = [...jobs.values()].filter((job): job is Erasing => job.kind === 'erase' && job.due <= now)
    const some = due.slice(0, MOST)
    for (const job of some) job.due = now + AGAIN
    const all = await Promise.all(some.map(read))
    const ours = all.filter(
      ({ job, channel, endpoint }) =>
        adapters.byEndpoint(channel, endpoint) !== undefined || now >= job.since + ELSEWHERE,
    )
    const names = ours.flatMap((one) => one.files.flatMap(([, { location, sha256 }]) => [location, sha256]))
    const uses = fileUses(store, new Set(names.filter((name) => name !== undefined)))
    const faults: unknown[] = []
    for (const one of ours) {
      if (signal.aborted) return
      await eraseIn(one, uses).catch((fault) => faults.push(fault))
    }
    if (faults.length > 0) throw faults[0]
  }

  const retire = async (job: ErasingJob): Promise<void> => {
    const now = clock.now()
    job.due = now + AGAIN
    const grounds = { by: { kind: 'system', id: 'retention' } as const, reason: `kept for ${keepFor} ms` }
    const byConversation = new Map<string, string[]>()
    for (const { conversation, attachment } of old(now))
      byConversation.set(conversation, [...(byConversation.get(conversation) ?? []), attachment])
    for (const [conversation, attachments] of byConversation) {
      const result = await eraseFiles(engine, [conversation], { ...grounds, attachments })
      if (E.isLeft(result))
        throw new StoreError(
          'unavailable',
          `Old files of ${conversation} are not erased: ${result.left._tag}.`,
        )
    }
  }

  return runJobs(
    engine,
    {
      types,
      fold,
      jobs,
      concurrency: 1,
      work: (job) => (job.kind === 'erase' ? eraseAll() : retire(job)),
    },
    signal,
  )
}
