import {
  bell,
  type Clock,
  checkAppend,
  type EventStore,
  follow,
  type Page,
  type Position,
  positionOf,
  START,
  StoreError,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type { DriverName } from './driver.js'
import { storeError } from './failure.js'
import type { Integrity } from './integrity.js'
import type { Log, LogFollower } from './log.js'
import type { Compacted } from './open.js'
import { pagesOf } from './pages.js'
import { checkPosition } from './reader.js'
import { takeTurns } from './turns.js'

export interface SqliteStore extends EventStore {
  /** The file, without symbolic links. */
  readonly file: string
  readonly driver: DriverName
  /**
   * Copies the log into a new file while it goes on: every event up to some position not before the call, and
   * nothing after it. The copy is a log like any other and appears under its name when it is whole.
   */
  backup(toFile: string): Promise<void>
  /** Folds the write-ahead log into the file. There is nothing else to gain: a log that only grows has no holes. */
  compact(): Promise<Compacted>
  /** Looks at everything: SQLite's own check, gapless positions and versions, bodies that say what columns say. */
  integrity(): Promise<Integrity>
}

export interface StoreSettings {
  readonly file: string
  readonly clock: Clock
  readonly pageSize: number
  /** ms between two looks for what another process wrote; nothing where only this store writes. */
  readonly pollInterval: number | undefined
}

async function* untilDone<T>(pages: AsyncIterable<T>, done: () => void): AsyncGenerator<T, void, undefined> {
  try {
    yield* pages
  } finally {
    done()
  }
}

/** The store around a log. */
export const storeOn = async (log: Log, settings: StoreSettings): Promise<SqliteStore> => {
  const { file, clock, pageSize, pollInterval } = settings
  const closing = new AbortController()
  const closed = closing.signal
  const pages = pagesOf(log, file)
  const letOthers = takeTurns()
  const rings = bell(positionOf(await log.head()))

  const checkOpen = () => {
    if (closed.aborted) throw new StoreError('closed', `The store on ${file} is closed; open it again.`)
  }

  const call = async <T>(doing: string, work: () => T | Promise<T>): Promise<T> => {
    checkOpen()
    try {
      return await work()
    } catch (cause) {
      throw storeError(cause, file, doing)
    }
  }

  const page = async <T extends { readonly events: readonly unknown[] }>(
    read: () => Promise<T>,
  ): Promise<T> => {
    const found = await call('Reading from', read)
    await letOthers(found.events.length)
    return found
  }

  const poll = async (after: Position, signal: AbortSignal): Promise<void> => {
    for (let head = after; head <= after && !signal.aborted; ) {
      await clock.sleep(pollInterval ?? 0, signal)
      if (!signal.aborted) head = positionOf(await call('Reading from', log.head))
    }
  }

  const end = async () => {
    closing.abort()
    await log.close()
  }
  let ending: Promise<void> | undefined

  return {
    file,
    driver: log.driver,

    async append(writes, guards = []) {
      checkOpen()
      checkAppend(writes, guards)
      const result = await log.append({ writes, guards })
      if (E.isRight(result)) rings.ring(result.right.position)
      return result
    },

    async *read(stream, { from = 0, limit = Number.POSITIVE_INFINITY } = {}) {
      let version = Math.max(0, from)
      let left = limit
      for (;;) {
        const { events, more } = await page(() => pages.stream(stream, version, Math.min(pageSize, left)))
        version += events.length
        left -= events.length
        const position = events.at(-1)?.position ?? positionOf(await call('Reading from', log.head))
        yield { events, position, caughtUp: !more }
        if (!more || left <= 0) return
      }
    },

    async *readAll({ after, limit = Number.POSITIVE_INFINITY, ...filter }) {
      let position = after
      let left = limit
      for (;;) {
        const found = await page(() =>
          pages.log({ after: position, filter, limit: Math.min(pageSize, left) }),
        )
        left -= found.events.length
        position = found.position
        yield found
        if (found.caughtUp || left <= 0) return
      }
    },

    subscribe({ after, ...filter }, signal) {
      checkOpen()
      checkPosition(after)
      const ended = AbortSignal.any([signal, closed])
      let follower: LogFollower | undefined
      const readPage = async (position: Position): Promise<Page> => {
        follower ??= log.follow?.()
        const query = { after: position, filter, limit: pageSize }
        try {
          const found = await page(async () => follower?.page(query) ?? pages.log(query))
          follower?.has(found.position)
          return found
        } catch (error) {
          // The end of the store ends a subscription; it is no failure of it.
          if (ended.aborted) return { events: [], position, caughtUp: true }
          throw error
        }
      }
      const wait = pollInterval === undefined ? rings.wait : poll
      return untilDone(follow(readPage, wait, after, ended), () => follower?.end())
    },

    async head() {
      const head = await call('Reading from', log.head)
      return head === 0 ? START : positionOf(head)
    },

    backup: (toFile) => call('Backing up', () => log.backup(toFile)),
    compact: () => call('Compacting', () => log.compact()),
    integrity: () => call('Checking', () => log.integrity()),

    close() {
      ending ??= end()
      return ending
    },
  }
}
