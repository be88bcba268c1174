import { bell, checkAppend, type EventStore, follow, type Page, type Position, START } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { oneAhead } from './ahead.js'
import { encodeAppend } from './batch.js'
import { committer } from './committer.js'
import { closedError, openConnections } from './connections.js'
import { hinter, listen, poll } from './hints.js'
import { type PostgresOptions, settingsOf } from './options.js'
import { PAGE, pagesOf } from './pages.js'
import { persist } from './persist.js'
import { appendNextStatement } from './sql/append-next.js'

/** Nothing waits for a hint to reach the disk: every transaction that notifies would sync it once more. */
const HINT = `select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`

/** How many parameters the functions have that append. */
const PARAMETERS = { append: 15, append_one: 7 }

/**
 * Opens the log in a schema of a PostgreSQL database, and makes it when it is not there.
 * @throws StoreError `invalid` for options that are wrong, `refused` for a wrong user, password or database, `schema`
 * for a log of another version, `unsupported` for a server that is too old, `unavailable` when nobody answers
 */
export const postgresStore = async (options: PostgresOptions): Promise<EventStore> => {
  const settings = settingsOf(options)
  const { schema, patience } = settings
  const connections = await openConnections(settings)
  const { closing } = connections
  const pages = pagesOf(connections.read, schema)
  const rings = bell(START)
  const checkOpen = () => {
    if (closing.aborted) throw closedError()
  }
  const patiently = <T>(attempt: () => Promise<T>): Promise<T> =>
    persist(attempt, { patience, signal: closing })

  const tell = settings.notify
    ? hinter((head) => connections.read(HINT, [settings.channel, head]), closing)
    : () => undefined
  const callOf = (name: keyof typeof PARAMETERS) =>
    `select ${schema}.${name}(${Array.from({ length: PARAMETERS[name] }, (_, i) => `$${i + 1}`).join(', ')})`
  const calls = {
    append: callOf('append'),
    append_one: callOf('append_one'),
  }
  const appendNext = appendNextStatement(schema)
  const recordedAt = () => settings.clock?.now() ?? null
  const commits = committer({
    patience,
    async send({ name, parameters }) {
      const { text } = await connections.write(calls[name], [recordedAt(), ...parameters])
      return text ?? ''
    },
    insert: async (row) => (await connections.write(appendNext, [recordedAt(), ...row])).rows === 1,
    onWritten({ position, repeated }) {
      if (repeated) return
      rings.ring(position)
      tell(position)
    },
  })

  let subscriptions = 0
  let watching = false
  const watch = () => {
    if (watching) return
    watching = true
    const lookNow = poll(() => subscriptions > 0, pages.head, rings, settings.poll, closing)
    if (settings.notify) void listen(settings, lookNow, closing)
  }

  return {
    async append(writes, guards = []) {
      checkOpen()
      checkAppend(writes, guards)
      // The time that is recorded is the server's, or that of the call: this one only takes its place.
      const encoded = encodeAppend(writes, guards, 0)
      if (encoded.lookUps.length > 0) return commits.append(encoded)
      return E.right({ position: await patiently(pages.head), versions: new Map(), repeated: false })
    },

    async *read(stream, { from = 0, limit = Number.POSITIVE_INFINITY } = {}) {
      for (let next = from, left = limit; ; ) {
        checkOpen()
        const page = await patiently(() => pages.stream(stream, next, Math.min(PAGE, left)))
        left -= page.events.length
        next += page.events.length
        yield page
        if (page.caughtUp || left <= 0) return
      }
    },

    async *readAll({ after, limit = Number.POSITIVE_INFINITY, ...filter }) {
      const readPage = (from: Position, most = PAGE) => patiently(() => pages.log(from, filter, most))
      const readOn = limit === Number.POSITIVE_INFINITY ? oneAhead(readPage) : readPage
      for (let position = after, left = limit; ; ) {
        checkOpen()
        const page = await readOn(position, Math.min(PAGE, left))
        left -= page.events.length
        position = page.position
        yield page
        if (page.caughtUp || left <= 0) return
      }
    },

    subscribe({ after, ...filter }, signal) {
      checkOpen()
      watch()
      const ended = AbortSignal.any([signal, closing])
      const persistence = { patience: Number.POSITIVE_INFINITY, signal: ended }
      const readPage = (position: Position): Promise<Page> =>
        persist(() => pages.log(position, filter, PAGE), persistence).catch((error) => {
          // Aborted: `follow` ends after this page without giving it on.
          if (ended.aborted) return { events: [], position, caughtUp: true }
          throw error
        })
      return (async function* () {
        subscriptions += 1
        try {
          yield* follow(oneAhead(readPage), rings.wait, after, ended)
        } finally {
          subscriptions -= 1
        }
      })()
    },

    async head() {
      checkOpen()
      return patiently(pages.head)
    },

    async close() {
      if (closing.aborted) return
      connections.startClosing()
      await commits.close()
      await connections.end()
    },
  }
}
