import { type LogFilter, type Page, positionOf, type Recorded } from '@ramal/core'
import type { Kinds } from './kinds.js'

export interface TailEvent {
  readonly event: Recorded
  readonly kind: number
  /** Of its JSON, in characters. */
  readonly size: number
}

/**
 * The end of the log in memory: those who follow it closely need not ask the file, nor parse what this process has
 * just written. It begins when somebody follows, and every reader gets the same events: nobody can change them.
 */
export interface Tail {
  /** Somebody follows. */
  readonly begun: boolean
  /** The next events of the log, once they are durable. */
  add(written: readonly TailEvent[]): void
  /** The next wanted events up to `head`; nothing where that begins further back than is kept. */
  after(start: number, head: number, filter: LogFilter, limit: number): Page | undefined
}

/** So many are kept, and at most twice as many. */
const EVENTS = 2_000
const CHARACTERS = 4_000_000

export const openTail = (kinds: Kinds): Tail => {
  let begun = false
  let kept: TailEvent[] = []
  /** Of the first event that is kept, or will be. */
  let first = 0
  /** What came before the last half, and the size of that half. */
  let older = 0
  let size = 0

  const forget = () => {
    kept = kept.slice(older)
    first += older
    older = kept.length
    size = 0
  }

  return {
    get begun() {
      return begun
    },
    add(written) {
      for (const one of written) {
        kept.push(one)
        size += one.size
        if (kept.length - older >= EVENTS || size >= CHARACTERS) forget()
      }
    },
    after(start, head, filter, limit) {
      if (!begun) {
        begun = true
        first = head + 1
      }
      if (start < first - 1 || start > head) return undefined
      const wanted = kinds.wanted(filter)
      const events: Recorded[] = []
      let at = start
      while (at < head && events.length < limit) {
        const { event, kind } = kept[++at - first]!
        if (wanted === undefined || wanted.includes(kind)) events.push(event)
      }
      return { events, position: positionOf(at), caughtUp: at === head }
    },
  }
}
