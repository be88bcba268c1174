import type { ChannelEvent, Ingested } from '@ramal/channel'
import {
  type EventId,
  type EventStore,
  expectedAt,
  type NewEvent,
  StoreError,
  shortIdOf,
  streamName,
  uuidOf,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type { EngineContext } from './context.js'
import { inboxEvents } from './inbox-events.js'

/** Takes what a channel reports. Resolves when it is durable; rejects when it may not be. */
export type TakeReports = (channel: string, events: readonly ChannelEvent[]) => Promise<readonly Ingested[]>

type Outcome = 'taken' | 'duplicate' | StoreError

interface Waiting {
  /** None for what is told and not stored. */
  readonly written: NewEvent | undefined
  readonly settle: (outcome: Outcome) => void
}

/** Most reports of one append. */
const MOST = 256

/** Streams of one writer have one version at a time; a new one begins where it is not known. */
const openStream = (store: EventStore, newId: () => string) => {
  const fresh = () => streamName('inbox', shortIdOf(newId()))
  let stream = fresh()
  let version = -1

  const renew = () => {
    stream = fresh()
    version = -1
  }

  /**
   * Writes those that are in no inbox yet, and says what became of each. An append is all or nothing: where one of
   * them is there already, or where they are too much for the store, halves of the rest are tried.
   */
  const write = async (events: readonly NewEvent[], outcomes: Map<EventId, Outcome>): Promise<void> => {
    if (events.length === 0) return
    let rest = events
    try {
      const appended = await store.append([{ stream, expected: expectedAt(version), events }])
      if (E.isRight(appended)) {
        version += events.length
        for (const { meta } of events) outcomes.set(meta.id, 'taken')
        return
      }
      const conflict = appended.left
      if (conflict._tag === 'Duplicate') {
        outcomes.set(conflict.id, 'duplicate')
        rest = events.filter(({ meta }) => meta.id !== conflict.id)
      } else renew()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (error.code !== 'invalid' || events.length === 1) {
        // Whether it was written, nobody knows: delivered again it is recognised.
        renew()
        for (const { meta } of events) outcomes.set(meta.id, error)
        return
      }
    }
    const half = Math.ceil(rest.length / 2)
    await write(rest.slice(0, half), outcomes)
    await write(rest.slice(half), outcomes)
  }

  return write
}

/**
 * The inbox of a door: what comes while one append is on its way goes into the next, all together. Reports are
 * recognised by their keys, in this inbox and in all others.
 */
export const openInbox = (
  engine: Pick<EngineContext, 'store' | 'tenant' | 'newId'>,
): { readonly take: TakeReports; readonly idle: () => Promise<void> } => {
  const write = openStream(engine.store, engine.newId)
  const waiting: Waiting[] = []
  let working: Promise<void> | undefined

  const writeSome = async (): Promise<void> => {
    const some = waiting.splice(0, MOST)
    const fresh = new Map<EventId, NewEvent>()
    for (const { written } of some)
      if (written && !fresh.has(written.meta.id)) fresh.set(written.meta.id, written)
    const outcomes = new Map<EventId, Outcome>()
    await write([...fresh.values()], outcomes).catch((cause: unknown) => {
      const fault = new StoreError('unavailable', 'What came in could not be stored.', { cause })
      for (const id of fresh.keys()) if (!outcomes.has(id)) outcomes.set(id, fault)
    })
    for (const { written, settle } of some) {
      if (!written) {
        settle('taken')
        continue
      }
      const { id } = written.meta
      settle(outcomes.get(id)!)
      // The same once more in this batch.
      if (outcomes.get(id) === 'taken') outcomes.set(id, 'duplicate')
    }
  }

  const work = async (): Promise<void> => {
    // What is decoded in this turn comes along.
    await undefined
    while (waiting.length > 0) await writeSome()
    working = undefined
  }

  const eventOf = (channel: string, report: ChannelEvent): NewEvent => {
    // What it follows from is in it: its metadata need not say that again.
    const id = uuidOf(`inbox/${channel}/${report.dedupeKey}`)
    const meta = { id, at: report.at, tenant: engine.tenant, correlationId: id, causationId: id }
    const encoded = inboxEvents.encode({ type: 'ReportTaken', data: { channel, report } }, meta)
    if (E.isLeft(encoded))
      throw new StoreError('invalid', `A report cannot be stored: ${encoded.left.message}.`)
    const { type, data, meta: stamped } = encoded.right
    return { type, data, meta: stamped, once: true }
  }

  return {
    take: (channel, events) =>
      new Promise((resolve, reject) => {
        const taken: Ingested[] = []
        let fault: StoreError | undefined
        const settle = (event: ChannelEvent, outcome: Outcome): void => {
          if (outcome instanceof StoreError) fault = outcome
          if (taken.push({ event, duplicate: outcome === 'duplicate' }) < events.length) return
          if (fault) reject(fault)
          else resolve(taken)
        }
        const all = events.map((event) => (event.kind === 'typing' ? undefined : eventOf(channel, event)))
        for (const [i, written] of all.entries())
          waiting.push({ written, settle: (outcome) => settle(events[i]!, outcome) })
        if (events.length === 0) resolve(taken)
        else working ??= work()
      }),
    idle: async () => {
      while (working) await working
    },
  }
}
