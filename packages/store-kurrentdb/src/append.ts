import {
  type Appended,
  type Conflict,
  checkAppend,
  type Expected,
  type Guard,
  laterOf,
  meets,
  type Position,
  START,
  StoreError,
  type StreamName,
  type Write,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { claimsOf, findClaimed } from './claims.js'
import type { Connection } from './connection.js'
import { checkEncodes, fromServer, toServer } from './envelope.js'
import { isNotCarriedOut } from './errors.js'
import { type KnownIds, knownIds } from './known-ids.js'
import { lanes } from './lanes.js'
import { head, lastVersion, readEvents } from './read.js'
import { type Check, type Put, type Sent, type State, send } from './send.js'

type Result = E.Either<Conflict, Appended>

/** Each time another writer was faster, or the leader has just changed: about a second of pauses. */
const ATTEMPTS = 100

const isLoose = ({ expected }: Write): boolean => expected === 'any' || expected === 'exists'

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 10))

/** Where the events of a write stand already, all of them and in this order. */
const findStanding = async (
  connection: Connection,
  known: KnownIds,
  { stream, expected, events }: Write,
): Promise<{ readonly version: number; readonly position: Position } | undefined> => {
  const from =
    expected === 'empty'
      ? 0
      : typeof expected === 'object'
        ? expected.at + 1
        : (await known.of(stream)).events.get(events[0]!.meta.id)
  if (from === undefined) return undefined
  const found = (await readEvents(connection, stream, from, events.length)).map(fromServer)
  const last = found.at(-1)
  const same = events.every(({ meta }, i) => found[i]?.meta.id === meta.id && found[i]?.version === from + i)
  return same && last ? { version: last.version, position: last.position } : undefined
}

/** The appends of a store. */
export const appender = (connection: Connection) => {
  const known = knownIds(connection)
  const inLanes = lanes()

  const findRepeated = async (writes: readonly Write[]): Promise<Appended | undefined> => {
    const standing = await Promise.all(writes.map((write) => findStanding(connection, known, write)))
    const versions = new Map<StreamName, number>()
    let position = START
    for (const [i, at] of standing.entries()) {
      if (!at) return undefined
      versions.set(writes[i]!.stream, at.version)
      position = laterOf(position, at.position)
    }
    return { position, versions, repeated: true }
  }

  const findWrong = async (expectations: readonly Guard[]): Promise<Conflict | undefined> => {
    const actual = await Promise.all(expectations.map(({ stream }) => lastVersion(connection, stream)))
    const wrong = expectations.findIndex(({ expected }, i) => !meets(expected, actual[i]!))
    if (wrong < 0) return undefined
    const { stream, expected } = expectations[wrong]!
    const version = actual[wrong]!
    return { _tag: 'WrongVersion', stream, expected, actual: version < 0 ? 'none' : version }
  }

  /** An id that is in its stream already, in a write that expects no version. */
  const findKnown = async (writes: readonly Write[]): Promise<Conflict | undefined> => {
    for (const { stream, events } of writes.filter(isLoose)) {
      const there = (await known.of(stream)).events
      const event = events.find(({ meta }) => there.has(meta.id))
      if (event) return { _tag: 'Duplicate', id: event.meta.id, stream }
    }
    return undefined
  }

  /** Why an append was refused; nothing when by now it would not be. */
  const diagnose = async (
    writes: readonly Write[],
    expectations: readonly Guard[],
  ): Promise<Result | undefined> => {
    // What made the server refuse was there before these reads began, so their order does not matter.
    const [repeated, wrong] = await Promise.all([findRepeated(writes), findWrong(expectations)])
    if (repeated) return E.right(repeated)
    const conflict = wrong ?? (await findClaimed(connection, writes)) ?? (await findKnown(writes))
    return conflict && E.left(conflict)
  }

  /**
   * What the server shall find in the stream of a write; nothing when it is refused or a retry. `any` and
   * `exists` become the version that the stream had when its ids were read, so that nobody can put the same ids
   * there meanwhile. Where that is old, the server refuses, the stream is read on, and it is tried again.
   */
  const stateFor = async (write: Write): Promise<State | undefined> => {
    if (!isLoose(write)) return stateOf(write.expected)
    const { version, events } = known.last(write.stream) ?? (await known.of(write.stream))
    if (write.events.some(({ meta }) => events.has(meta.id))) return undefined
    if (version >= 0) return BigInt(version)
    return write.expected === 'exists' ? undefined : 'no_stream'
  }

  const attempt = async (writes: readonly Write[], checks: readonly Check[]): Promise<Sent | 'conflict'> => {
    const states = await Promise.all(writes.map(stateFor))
    const puts: Put[] = claimsOf(writes).map(({ stream, event }) => ({
      stream,
      state: 'no_stream',
      events: [event],
    }))
    for (const [i, { stream, events }] of writes.entries()) {
      const state = states[i]
      if (state === undefined) return 'conflict'
      puts.push({ stream, state, events: events.map(toServer) })
    }
    return send(connection, puts, checks)
  }

  const appendAll = async (
    writes: readonly Write[],
    expectations: readonly Guard[],
    checks: readonly Check[],
  ): Promise<Result> => {
    for (let tries = 1; tries <= ATTEMPTS; tries++) {
      try {
        const sent = await attempt(writes, checks)
        if (sent !== 'conflict') {
          const versions = new Map(writes.map(({ stream }) => [stream, sent.versions.get(stream)!]))
          for (const { stream, events } of writes)
            known.add(
              stream,
              versions.get(stream)!,
              events.map(({ meta }) => meta.id),
            )
          return E.right({ position: sent.position, versions, repeated: false })
        }
        const reason = await diagnose(writes, expectations)
        if (reason) return reason
      } catch (error) {
        if (!(error instanceof StoreError && isNotCarriedOut(error.cause) && tries < ATTEMPTS)) throw error
      }
      await pause()
    }
    throw new StoreError(
      'unavailable',
      `KurrentDB: an append to ${writes.map((w) => w.stream).join(', ')} was overtaken ${ATTEMPTS} times; try again.`,
    )
  }

  return async (writes: readonly Write[], guards: readonly Guard[] = []): Promise<Result> => {
    checkAppend(writes, guards)
    for (const { stream, events } of writes) for (const event of events) checkEncodes(event, stream)
    const expectations = [...writes, ...guards].map(({ stream, expected }) => ({ stream, expected }))
    const written = writes.filter((write) => write.events.length > 0)
    if (written.length === 0) {
      const wrong = await findWrong(expectations.filter(({ expected }) => expected !== 'any'))
      return wrong
        ? E.left(wrong)
        : E.right({ position: await head(connection), versions: new Map(), repeated: false })
    }
    const checks = [...writes.filter((write) => write.events.length === 0), ...guards].flatMap(
      ({ stream, expected }): Check[] => {
        const state = stateOf(expected)
        return state === undefined ? [] : [{ stream, state }]
      },
    )
    const loose = written.filter(isLoose).map(({ stream }) => stream)
    const work = () => appendAll(written, expectations, checks)
    return loose.length === 0 ? work() : inLanes(loose, work)
  }
}

const stateOf = (expected: Expected): State | undefined =>
  expected === 'any'
    ? undefined
    : expected === 'empty'
      ? 'no_stream'
      : expected === 'exists'
        ? 'stream_exists'
        : BigInt(expected.at)
