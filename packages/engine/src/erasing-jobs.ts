import { type ConversationEvent, conversationEvents, locationOf } from '@ramal/conversation'
import { type Fact, type Instant, idOf, type Recorded } from '@ramal/core'
import type { Job } from './jobs.js'

/** A file with us, and since when. */
interface Kept {
  readonly conversation: string
  readonly attachment: string
  readonly at: Instant
}

export type ErasingJob = Job &
  (
    | {
        readonly kind: 'erase'
        readonly conversation: string
        readonly since: Instant
        readonly files: Set<string>
      }
    | { readonly kind: 'retire' }
  )

export interface ErasingJobs {
  readonly types: readonly string[]
  readonly jobs: ReadonlyMap<string, ErasingJob>
  fold(recorded: Recorded): void
  /** Files that were kept for long enough, as far as they are not to be erased yet. */
  old(now: Instant): readonly Kept[]
}

const RETIRE = 'retire'

/**
 * The files that are to be erased, by conversation, and those whose time comes by itself: a fold of the log.
 * @param keepFor so long files are kept, in ms; without it for ever
 */
export const erasingJobs = (keepFor: number | undefined): ErasingJobs => {
  const jobs = new Map<string, ErasingJob>()
  // The oldest first, since that is the order of the log.
  const kept = new Map<string, Kept>()

  const schedule = (): void => {
    const [oldest] = kept.values()
    if (keepFor === undefined || !oldest) jobs.delete(RETIRE)
    else jobs.set(RETIRE, { kind: 'retire', due: oldest.at + keepFor })
  }

  const keep = (conversation: string, attachment: string, at: Instant): void => {
    const key = `${conversation}/${attachment}`
    if (keepFor === undefined || kept.has(key)) return
    kept.set(key, { conversation, attachment, at })
    if (kept.size === 1) schedule()
  }

  const forget = (conversation: string, attachment: string): void => {
    if (kept.delete(`${conversation}/${attachment}`)) schedule()
  }

  const foldFact = (conversation: string, { type, data, meta: { at } }: Fact<ConversationEvent>): void => {
    switch (type) {
      case 'AttachmentStored':
        return keep(conversation, data.attachment, at)
      case 'SendRequested': {
        const { content } = data
        if (content.kind === 'media' && locationOf(content.reference) !== undefined)
          keep(conversation, content.attachment, at)
        return
      }
      case 'AttachmentErasureRequested': {
        const job = jobs.get(conversation)
        if (job?.kind === 'erase') job.files.add(data.attachment)
        else
          jobs.set(conversation, {
            ...{ kind: 'erase', conversation, since: at, due: 0 },
            files: new Set([data.attachment]),
          })
        return forget(conversation, data.attachment)
      }
      case 'AttachmentErased': {
        const job = jobs.get(conversation)
        if (job?.kind !== 'erase') return
        job.files.delete(data.attachment)
        if (job.files.size === 0) jobs.delete(conversation)
        return
      }
    }
  }

  return {
    types: [
      'AttachmentErasureRequested',
      'AttachmentErased',
      ...(keepFor === undefined ? [] : ['AttachmentStored', 'SendRequested']),
    ],
    jobs,
    fold(recorded) {
      const event = conversationEvents.upcast(recorded)
      if (event) foldFact(idOf(recorded.stream), event as Fact<ConversationEvent>)
    },
    old(now) {
      const old: Kept[] = []
      for (const file of kept.values()) {
        if (file.at + keepFor! > now) break
        old.push(file)
      }
      return old
    },
  }
}
