import {
  type EventStore,
  follow,
  type Position,
  positionOf,
  type Recorded,
  START,
  StoreError,
} from '@ramal/core'
import { storeError } from './failure.js'
import { checkPosition, type Reader } from './reader.js'
import { takeTurns } from './turns.js'

export interface ReadDeps {
  readonly file: string
  readonly reader: Reader
  readonly pageSize: number
  /** Position of the last event as it is now. */
  head(): number
  /** Resolves when the log may have grown past `after`. */
  wait(after: Position, signal: AbortSignal): Promise<void>
  /** Aborts when the store closes. */
  readonly closed: AbortSignal
}

export const closedError = (file: string): StoreError =>
  new StoreError('closed', `The store on ${file} is closed; open it again.`)

/** The reading half of a store. */
export const readsOf = (deps: ReadDeps): Pick<EventStore, 'read' | 'readAll' | 'subscribe' | 'head'> => {
  const { file, reader, pageSize, closed } = deps
  const letOthers = takeTurns()

  const now = <T>(read: () => T): T => {
    if (closed.aborted) throw closedError(file)
    try {
      return read()
    } catch (cause) {
      throw storeError(cause, file, 'Reading from')
    }
  }

  const page = async <T extends { readonly events: readonly Recorded[] }>(read: () => T): Promise<T> => {
    const some = now(read)
    await letOthers(some.events.length)
    return some
  }

  return {
    async *read(stream, { from = 0, limit = Number.POSITIVE_INFINITY } = {}) {
      let version = from
      let left = limit
      for (;;) {
        const { events, more } = await page(() =>
          reader.streamPage(stream, version, Math.min(pageSize, left)),
        )
        version += events.length
        left -= events.length
        const position = events.at(-1)?.position ?? positionOf(now(deps.head))
        yield { events, position, caughtUp: !more }
        if (!more || left <= 0) return
      }
    },

    async *readAll({ after, limit = Number.POSITIVE_INFINITY, ...filter }) {
      let position = after
      let left = limit
      for (;;) {
        const some = await page(() => reader.logPage(position, filter, deps.head(), Math.min(pageSize, left)))
        left -= some.events.length
        position = some.position
        yield some
        if (some.caughtUp || left <= 0) return
      }
    },

    subscribe({ after, ...filter }, signal) {
      if (closed.aborted) throw closedError(file)
      checkPosition(after)
      const readPage = (position: Position) =>
        page(() => reader.logPage(position, filter, deps.head(), pageSize))
      return follow(readPage, deps.wait, after, AbortSignal.any([signal, closed]))
    },

    async head() {
      const head = now(deps.head)
      return head === 0 ? START : positionOf(head)
    },
  }
}
