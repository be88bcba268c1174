import type { JSONEventData } from '@kurrent/kurrentdb-client'
import { type Position, StoreError } from '@ramal/core'
import type { Connection } from './connection.js'
import { isConflict } from './errors.js'
import { knownPosition, positionFrom } from './position.js'
import { readEvents } from './read.js'

/** What the server is to find: the revision of the last event, or one of its words. */
export type State = bigint | 'no_stream' | 'stream_exists'

export interface Put {
  readonly stream: string
  readonly state: State
  readonly events: readonly JSONEventData[]
}

export interface Check {
  readonly stream: string
  readonly state: State
}

export interface Sent {
  /** Of the last event of the last put. */
  readonly position: Position
  /** The revision of the last event of each stream. */
  readonly versions: ReadonlyMap<string, number>
}

/**
 * The second protocol takes two names that differ only in case for one stream, and would write the events of
 * both into the first.
 */
const checkNames = (names: readonly string[]): void => {
  const seen = new Map<string, string>()
  for (const name of names) {
    const twin = seen.get(name.toLowerCase())
    if (twin !== undefined)
      throw new StoreError(
        'unsupported',
        `KurrentDB cannot tell ${twin} from ${name} in one append; append to them one after the other.`,
      )
    seen.set(name.toLowerCase(), name)
  }
}

/** `position` of the second protocol is that of its last record, commit and prepare alike. */
const answer = (position: bigint, responses: readonly { streamName: string; revision: bigint }[]): Sent => ({
  position: positionFrom({ commit: position, prepare: position }),
  versions: new Map(responses.map((r) => [r.streamName, Number(r.revision)])),
})

const appendOne = async (connection: Connection, { stream, state, events }: Put): Promise<Sent> => {
  const { call, client } = connection
  const result = await call(
    `appending to ${stream}`,
    () => client.appendToStream(stream, [...events], { streamState: state }),
    isConflict,
  )
  const version = Number(result.nextExpectedRevision)
  const position =
    knownPosition(result.position) ??
    knownPosition((await readEvents(connection, stream, version, 1))[0]?.position)
  if (position === undefined)
    throw new StoreError(
      'unsupported',
      'Positions of events need EventStoreDB 22.6 or newer; this server sends none.',
    )
  return { position, versions: new Map([[stream, version]]) }
}

/**
 * Writes all or nothing, by the oldest call that can do it: one stream by the first protocol (any server), several
 * by `multiStreamAppend` (25.1), with checks on others by `appendRecords` (26.1).
 */
export const send = async (
  connection: Connection,
  puts: readonly Put[],
  checks: readonly Check[],
): Promise<Sent | 'conflict'> => {
  const { call, client } = connection
  const names = [...puts, ...checks].map((one) => one.stream)
  try {
    if (puts.length === 1 && checks.length === 0) return await appendOne(connection, puts[0]!)
    checkNames(names)
    const what = `appending to ${puts.map((put) => put.stream).join(', ')}`.slice(0, 200)
    if (checks.length === 0) {
      const requests = puts.map(({ stream, state, events }) => ({
        streamName: stream,
        expectedState: state,
        events: [...events],
      }))
      const { position, responses } = await call(what, () => client.multiStreamAppend(requests), isConflict)
      return answer(position, responses)
    }
    const records = puts.flatMap(({ stream, events }) =>
      events.map((record) => ({ streamName: stream, record })),
    )
    const states = [...puts, ...checks].map(({ stream, state }) => ({
      type: 'stream_state' as const,
      streamName: stream,
      expectedState: state,
    }))
    const { position, responses } = await call(what, () => client.appendRecords(records, states), isConflict)
    return answer(position ?? 0n, responses ?? [])
  } catch (error) {
    if (isConflict(error)) return 'conflict'
    throw error
  }
}
