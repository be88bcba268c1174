import { setMaxListeners } from 'node:events'
import type { ChannelEvent } from '@ramal/channel'
import {
  bell,
  comparePositions,
  expectedAt,
  type Fact,
  type Instant,
  laterOf,
  type Position,
  type Recorded,
  START,
  StoreError,
  type StreamName,
  stamp,
  systemClock,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { contextOf, type EngineContext, type IntakeProgress } from './context.js'
import { INTAKE, type InboxEvent, type IntakeEvent, inboxEvents, intakeEvents } from './inbox-events.js'
import { reach } from './reach.js'
import { waiters } from './waiters.js'

export interface Intake extends IntakeProgress {
  /** From now on it reads, until the engine stops. Resolves then; rejects with what ended it otherwise. */
  begin(): Promise<void>
}

export interface IntakeOptions {
  /** Of this engine. */
  readonly name: string
  /** How long another engine may leave reports unread before this one reads them, in ms. */
  readonly patience: number
  /** Takes one report in. Rejects when it is to be tried again. */
  readonly take: (channel: string, report: ChannelEvent) => Promise<void>
}

/** After a fault of ours, such as a store that is not reachable, in ms. */
const PAUSE = 1_000

interface Mark {
  readonly by: string | undefined
  /** Up to here everything was taken in. */
  readonly position: Position
  /** Of the stream that says so. */
  readonly version: number
}

const NONE: Mark = { by: undefined, position: START, version: -1 }

/** Most reports, but for those of one event, that are taken in together and then marked as read. */
const TOGETHER = 500

const reportsOf = (recorded: Recorded): InboxEvent['data']['reports'] =>
  (inboxEvents.upcast(recorded) as Fact<InboxEvent> | undefined)?.data.reports ?? []

/** The first of these events, with about as many reports as are taken in together. */
const firstOf = (events: readonly Recorded[]): readonly Recorded[] => {
  let reports = 0
  const end = events.findIndex((event) => {
    reports += reportsOf(event).length
    return reports >= TOGETHER
  })
  return end < 0 ? events : events.slice(0, end + 1)
}

/**
 * Reads the inboxes of all doors, in the order of the log, and takes in what is in them. Of several engines on one log
 * one reads; the others stand by, and one of them goes on when what there is stays unread. Each may have taken in a
 * report that the other has taken as well: it is recognised.
 */
export const openIntake = (
  engine: Pick<EngineContext, 'store' | 'clock' | 'tenant' | 'newId' | 'onTrouble'>,
  { name, patience, take }: IntakeOptions,
  signal: AbortSignal,
): Intake => {
  const { store, clock, onTrouble } = engine
  const ended = new AbortController()
  // Everything that is to be sent waits for it.
  setMaxListeners(0, ended.signal)
  const rings = bell(START)
  const marked = waiters()
  let position: Position = START
  let mark = NONE

  const eventAt = async (stream: StreamName, version: number): Promise<Recorded | undefined> => {
    for await (const { events } of store.read(stream, { from: version, limit: 1 })) return events[0]
    return undefined
  }

  /** The last event of a stream, in a few reads: there is one mark for each page that was ever read. */
  const lastOf = async (stream: StreamName): Promise<Recorded | undefined> => {
    let last = await eventAt(stream, 0)
    let none = 1
    for (let found = last; found; none *= 2) {
      last = found
      found = await eventAt(stream, none)
    }
    while (last && none - last.version > 1) {
      const middle = Math.floor((last.version + none) / 2)
      const found = await eventAt(stream, middle)
      if (found) last = found
      else none = middle
    }
    return last
  }

  const noteMark = async (recorded: Recorded): Promise<void> => {
    const fact = intakeEvents.upcast(recorded) as Fact<IntakeEvent> | undefined
    if (!fact || recorded.version <= mark.version) return
    const { by, stream, version } = fact.data
    const last = await eventAt(stream as StreamName, version)
    if (!last)
      throw new StoreError(
        'corrupt',
        `${INTAKE} says that ${stream} was read to ${version}, which is not there.`,
      )
    if (recorded.version > mark.version)
      mark = { by, position: laterOf(mark.position, last.position), version: recorded.version }
    marked.tell()
  }

  /** @returns whether it was written; it is not when another engine has written first */
  const setMark = async ({ stream, version, position: at }: Recorded): Promise<boolean> => {
    const next = mark.version + 1
    const data = { by: name, stream, version }
    const context = contextOf(engine, { actor: 'intake' })
    const events = stamp(intakeEvents, INTAKE, [{ type: 'InboxRead', data }], context)
    const appended = await store.append([{ stream: INTAKE, expected: expectedAt(next - 1), events }])
    if (E.isLeft(appended)) return false
    if (mark.version < next) mark = { by: name, position: at, version: next }
    return true
  }

  const takeAll = async (events: readonly Recorded[]): Promise<void> => {
    const taken = await Promise.allSettled(
      events.flatMap(reportsOf).map(({ channel, report }) => take(channel, report as ChannelEvent)),
    )
    for (const one of taken) if (one.status === 'rejected') throw one.reason
  }

  /** Resolves when there is a later mark. */
  const past = async (version: number): Promise<void> => {
    while (mark.version <= version && !signal.aborted) await marked.next()
  }

  /** The same, but no later than at some moment. */
  const pastOr = async (version: number, until: Instant): Promise<void> => {
    const waking = new AbortController()
    await Promise.race([past(version), clock.sleep(until - clock.now(), waking.signal)])
    waking.abort()
  }

  /** Until all of these are taken in: by this engine, or by another whose mark says so. */
  const work = async (events: readonly Recorded[]): Promise<void> => {
    let since = clock.now()
    while (!signal.aborted) {
      const left = firstOf(events.filter((event) => comparePositions(event.position, mark.position) > 0))
      const last = left.at(-1)
      if (!last) return
      const { by, version } = mark
      try {
        if (by === undefined || by === name || clock.now() - since >= patience) {
          await takeAll(left)
          if (!(await setMark(last))) await past(version)
        } else await pastOr(version, since + patience)
      } catch (error) {
        if (signal.aborted) return
        onTrouble(error)
        await systemClock.sleep(PAUSE, signal)
      }
      if (mark.version > version) since = clock.now()
    }
  }

  const readMarks = async (after: Position): Promise<void> => {
    for await (const { events } of store.subscribe({ after, categories: ['intake'] }, signal)) {
      const last = events.at(-1)
      if (last) await noteMark(last)
    }
  }

  const readInboxes = async (): Promise<void> => {
    for await (const page of store.subscribe({ after: mark.position, categories: ['inbox'] }, signal)) {
      await work(page.events)
      if (signal.aborted) return
      position = page.position
      rings.ring(position)
    }
  }

  const run = async (): Promise<void> => {
    const before = await lastOf(INTAKE)
    if (before) await noteMark(before)
    await Promise.all([readMarks(before?.position ?? START), readInboxes()])
  }

  signal.addEventListener('abort', marked.tell, { once: true })
  return {
    begin: () => run().finally(() => ended.abort()),
    reached: (wanted) => reach(wanted, () => position, rings, ended.signal, 'What reads the inboxes'),
  }
}
