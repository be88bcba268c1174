import { type LogFilter, type Page, positionOf, type Recorded } from '@ramal/core'
import type { Kinds } from './kinds.js'

export interface TailEvent {
  readonly event: Recorded
  readonly kind: number
  /** Of its JSON, in characters. */
  readonly size: number
}

/** What one transaction wrote. */
interface Commit {
  /** Position of its first event. */
  readonly first: number
  readonly events: readonly TailEvent[]
  readonly size: number
}

/** One who reads the log to its end and then what comes. */
export interface Follower {
  /** The next wanted events up to `head`; nothing where they must be read from the file. */
  after(start: number, head: number, filter: LogFilter, limit: number): Page | undefined
  /** It has been given everything up to here, from wherever that came. */
  has(position: number): void
  end(): void
}

/**
 * The end of the log in memory: those who follow it closely need not ask the file, nor parse what this process has
 * just written. A commit is kept until all of them have it, and no longer: what dies young costs next to nothing.
 * Every one gets the same events: nobody can change them.
 */
export interface Tail {
  /** Somebody follows. */
  readonly begun: boolean
  /** What a transaction wrote, once it is durable; `head` is the position of the last of them. */
  add(events: readonly TailEvent[], head: number): void
  follow(): Follower
}

/** Most that is kept for those who are slow. */
const CHARACTERS = 4_000_000

export const openTail = (kinds: Kinds): Tail => {
  const followers = new Set<{ at: number }>()
  /** One after the other without a gap. */
  const kept: Commit[] = []
  let size = 0

  /** Up to where all have come who follow closely. Who is further back reads the file, and holds nothing up. */
  const reached = (): number => {
    const close = [...followers].map(({ at }) => at).filter((at) => at >= kept[0]!.first - 1)
    return close.length > 0 ? Math.min(...close) : 0
  }

  const isDone = ({ first, events }: Commit): boolean =>
    size > CHARACTERS || first + events.length - 1 <= reached()

  const forget = (): void => {
    while (kept.length > 0 && isDone(kept[0]!)) size -= kept.shift()!.size
  }

  return {
    get begun() {
      return followers.size > 0
    },
    add(events, head) {
      if (events.length === 0) return
      const commit = { first: head - events.length + 1, events, size: events.reduce((n, e) => n + e.size, 0) }
      kept.push(commit)
      size += commit.size
      forget()
    },
    follow() {
      const follower = { at: 0 }
      followers.add(follower)
      return {
        after(start, head, filter, limit) {
          const first = kept[0]?.first ?? head + 1
          if (start > head || start < first - 1) return undefined
          const wanted = kinds.wanted(filter)
          const found: Recorded[] = []
          let at = start
          for (const { first, events } of kept)
            while (at - first + 1 < events.length && found.length < limit) {
              const { event, kind } = events[++at - first]!
              if (wanted === undefined || wanted.includes(kind)) found.push(event)
            }
          return { events: found, position: positionOf(at), caughtUp: at === head }
        },
        has(at) {
          follower.at = at
          forget()
        },
        end() {
          followers.delete(follower)
          forget()
        },
      }
    },
  }
}
