import type { ChannelEvent, Ingested } from '@ramal/channel'
import { expectedAt, StoreError, shortIdOf, stamp, streamName } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { contextOf, type EngineContext } from './context.js'
import { type InboxEvent, inboxEvents } from './inbox-events.js'

/** Takes what a channel reports. Resolves when it is durable; rejects when it may not be. */
export type TakeReports = (channel: string, events: readonly ChannelEvent[]) => Promise<readonly Ingested[]>

type Taken = InboxEvent['data']['reports'][number]

type Outcome = 'taken' | 'duplicate' | StoreError

interface Waiting extends Taken {
  /** The same for the same report. */
  readonly key: string
  readonly settle: (outcome: Outcome) => void
}

/** Most reports of one append, and of one event: what is read is read in pages of many events. */
const MOST = 256
const OF_ONE_EVENT = 64

/** Most reports that are remembered: of some minutes, for a busy center, in some ten megabytes. */
const RECENT = 50_000

/** Who types is told to whoever watches, and never stored. */
const isStored = ({ kind }: ChannelEvent): boolean => kind !== 'typing'

/** The last keys, as many as are remembered. */
const recentKeys = () => {
  const keys = new Set<string>()
  return {
    has: (key: string) => keys.has(key),
    add(key: string) {
      keys.add(key)
      if (keys.size > RECENT) keys.delete(keys.values().next().value!)
    },
  }
}

/** A stream that nobody else writes, so that its version is known; a new one begins where it is not. */
const openStream = (engine: Pick<EngineContext, 'store' | 'clock' | 'tenant' | 'newId'>) => {
  const { store, newId } = engine
  const fresh = () => ({ stream: streamName('inbox', shortIdOf(newId())), version: -1 })
  let { stream, version } = fresh()

  const append = async (reports: readonly Taken[]): Promise<void> => {
    const said: InboxEvent[] = []
    for (let from = 0; from < reports.length; from += OF_ONE_EVENT)
      said.push({ type: 'ReportsTaken', data: { reports: reports.slice(from, from + OF_ONE_EVENT) } })
    const events = stamp(inboxEvents, stream, said, contextOf(engine))
    const appended = await store.append([{ stream, expected: expectedAt(version), events }])
    if (E.isRight(appended)) version += events.length
    else
      throw new StoreError('unavailable', `Somebody else writes ${stream}, which is the inbox of this door.`)
  }

  /** Writes all of them; where they are too large for the store, a half after the other. Says what failed. */
  const write = async (
    reports: readonly Waiting[],
    failed: (report: Waiting, error: StoreError) => void,
  ): Promise<void> => {
    try {
      return await append(reports.map(({ channel, report }) => ({ channel, report })))
    } catch (cause) {
      const error =
        cause instanceof StoreError
          ? cause
          : new StoreError('unavailable', 'What came in could not be stored.', { cause })
      if (error.code === 'invalid' && reports.length > 1) {
        const half = Math.ceil(reports.length / 2)
        await write(reports.slice(0, half), failed)
        return write(reports.slice(half), failed)
      }
      // Whether it was written, nobody knows.
      ;({ stream, version } = fresh())
      for (const report of reports) failed(report, error)
    }
  }

  return write
}

/**
 * The inbox of a door: what comes while one append is on its way goes into the next, all together. What was taken lately
 * is recognised and not written again; what comes again much later, or at another door, is recognised by whoever takes
 * it in.
 */
export const openInbox = (
  engine: Pick<EngineContext, 'store' | 'clock' | 'tenant' | 'newId'>,
): { readonly take: TakeReports; readonly idle: () => Promise<void> } => {
  const write = openStream(engine)
  const recent = recentKeys()
  const waiting: Waiting[] = []
  let working: Promise<void> | undefined

  const writeSome = async (): Promise<void> => {
    const some = waiting.splice(0, MOST)
    const fresh = new Map<string, Waiting>()
    for (const one of some) if (!recent.has(one.key) && !fresh.has(one.key)) fresh.set(one.key, one)
    const faults = new Map<string, StoreError>()
    if (fresh.size > 0) await write([...fresh.values()], ({ key }, error) => faults.set(key, error))
    for (const one of some) {
      const { key, settle } = one
      if (fresh.get(key) === one && !faults.has(key)) recent.add(key)
      settle(faults.get(key) ?? (fresh.get(key) === one ? 'taken' : 'duplicate'))
    }
  }

  const work = async (): Promise<void> => {
    // What is decoded in this turn comes along.
    await undefined
    while (waiting.length > 0) await writeSome()
    working = undefined
  }

  const takeAll: TakeReports = (channel, events) =>
    new Promise((resolve, reject) => {
      const taken: Ingested[] = []
      let fault: StoreError | undefined
      for (const event of events)
        waiting.push({
          channel,
          report: event,
          key: `${channel}/${event.dedupeKey}`,
          settle(outcome) {
            if (outcome instanceof StoreError) fault = outcome
            if (taken.push({ event, duplicate: outcome === 'duplicate' }) < events.length) return
            if (fault) reject(fault)
            else resolve(taken)
          },
        })
      working ??= work()
    })

  return {
    async take(channel, events) {
      const stored = events.filter(isStored)
      const taken = stored.length === 0 ? [] : await takeAll(channel, stored)
      if (stored.length === events.length) return taken
      const of = new Map(taken.map((ingested) => [ingested.event, ingested]))
      return events.map((event) => of.get(event) ?? { event, duplicate: false })
    },
    idle: async () => {
      while (working) await working
    },
  }
}
