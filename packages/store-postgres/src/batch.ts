import {
  type Appended,
  type Conflict,
  type Expected,
  encodeRecorded,
  type Guard,
  type Instant,
  type NewEvent,
  type Position,
  positionOf,
  StoreError,
  type StreamName,
  uuidOf,
  type Write,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type { Value } from './statement.js'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Ids are UUIDs, as the contract says; any other text has one of its own. */
export const idKey = (id: string): string => (UUID.test(id) ? id : uuidOf(`ramal/id/${JSON.stringify(id)}`))

/** A text that a column can hold and a line of a parameter can carry; nearly every type is one, as it is. */
export const typeKey = (type: string): string =>
  type !== '' && type.length <= 200 && type.isWellFormed() && !/\p{Cc}/u.test(type)
    ? type
    : uuidOf(`ramal/type/${JSON.stringify(type)}`)

/** One event, as the function `append` takes it. */
interface Row {
  readonly id: string
  readonly type: string
  readonly once: boolean
  /** The recorded JSON without what only the server knows. */
  readonly body: string
}

interface LookUp {
  readonly stream: StreamName
  readonly expected: Expected
  /** Of a guard: none. */
  readonly events: readonly NewEvent[]
  readonly rows: readonly Row[]
}

/** An append that was checked and encoded. */
export interface Encoded {
  readonly lookUps: readonly LookUp[]
  readonly events: number
  /** About what it takes on the wire, in characters. */
  readonly size: number
}

const FIRST = positionOf(1)

/** The recorded JSON of an event up to its version, position and time. */
const bodyOf = (event: NewEvent, stream: StreamName, now: Instant): string => {
  const json = encodeRecorded(event, stream, 0, FIRST, now)
  return json.slice(0, json.length - `,"version":0,"position":"${FIRST}","recordedAt":${now}}`.length)
}

/** @throws StoreError `invalid` for an event that does not encode */
export const encodeAppend = (writes: readonly Write[], guards: readonly Guard[], now: Instant): Encoded => {
  let size = 0
  let count = 0
  const lookUps: LookUp[] = []
  for (const { stream, expected, events } of writes) {
    const rows = events.map((event): Row => {
      const body = bodyOf(event, stream, now)
      size += body.length
      return { id: idKey(event.meta.id), type: typeKey(event.type), once: event.once === true, body }
    })
    count += rows.length
    size += 200 + 100 * rows.length
    lookUps.push({ stream, expected, events, rows })
  }
  for (const { stream, expected } of guards) lookUps.push({ stream, expected, events: [], rows: [] })
  return { lookUps, events: count, size }
}

/**
 * The number of the wave of each append, from 0. Behind every earlier append of the batch that writes a stream or an
 * id that it touches, and not before one that looks at a stream that it writes: so the batch does the same as its
 * appends would one after the other, and in one wave their order makes no difference.
 */
const wavesOf = (batch: readonly Encoded[]): readonly number[] => {
  const written = new Map<string, number>()
  const seen = new Map<string, number>()
  return batch.map(({ lookUps }) => {
    let wave = 0
    const behind = (key: string) => {
      wave = Math.max(wave, (written.get(key) ?? -1) + 1)
    }
    for (const { stream, rows } of lookUps) {
      behind(stream)
      if (rows.length > 0) wave = Math.max(wave, seen.get(stream) ?? 0)
      for (const { id } of rows) behind(id)
    }
    for (const { stream, rows } of lookUps) {
      seen.set(stream, Math.max(wave, seen.get(stream) ?? 0))
      if (rows.length > 0) written.set(stream, wave)
      for (const { id } of rows) written.set(id, wave)
    }
    return wave
  })
}

const wantOf = (expected: Expected): number =>
  typeof expected === 'object' ? expected.at : expected === 'empty' ? -1 : expected === 'exists' ? -2 : -3

/** A server's process, when the server was started, and the table: by these a client knows the log again. */
export type Origin = readonly [process: number, since: number, log: number]

/** Where an event belongs. */
export interface Place {
  readonly origin: Origin
  readonly position: Position
  readonly version: number
}

/** A function that appends, and its parameters after the first. */
export interface Call {
  readonly name: 'append' | 'append_one'
  readonly parameters: readonly Value[]
}

export interface Batch extends Call {
  /** What it answered, for each append in the order in which they were given. */
  decode(answer: string): Decoded
}

interface Decoded {
  readonly outcomes: readonly E.Either<Conflict, Appended>[]
  readonly origin: Origin | undefined
}

type Answer = [
  verdicts: number[],
  details: number[],
  actuals: number[],
  places: StreamName[],
  origin?: Origin,
]

const parseAnswer = (answer: string): Answer => {
  try {
    return JSON.parse(answer)
  } catch (cause) {
    throw new StoreError('corrupt', 'The function "append" gave an answer that is not JSON.', { cause })
  }
}

/** Makes one call of many appends. Each has one look-up at least. */
export const batchOf = (appends: readonly Encoded[]): Batch => {
  const waves = wavesOf(appends)
  const order = appends.map((_, i) => i).sort((a, b) => waves[a]! - waves[b]! || a - b)
  const ends: [appends: number[], lookUps: number[], events: number[]] = [[], [], []]
  const appendOf: number[] = []
  const lookUps: LookUp[] = []
  const firstLookUp: number[] = []
  const lookUpOf: number[] = []
  const nth: number[] = []
  const behind: number[] = []
  const rows: Row[] = []
  order.forEach((index, i) => {
    firstLookUp[index] = lookUps.length
    let left = appends[index]!.events
    for (const lookUp of appends[index]!.lookUps) {
      lookUps.push(lookUp)
      appendOf.push(i + 1)
      lookUp.rows.forEach((row, n) => {
        rows.push(row)
        lookUpOf.push(lookUps.length)
        nth.push(n)
        behind.push(--left)
      })
    }
    if (waves[index] !== waves[order[i + 1]!]) {
      ends[0].push(i + 1)
      ends[1].push(lookUps.length)
      ends[2].push(rows.length)
    }
  })

  const decode = (answer: string): Decoded => {
    const [verdicts, details, actuals, places, origin] = parseAnswer(answer)
    const placeOf = new Map<number, StreamName>()
    verdicts.forEach((verdict, i) => {
      if (verdict === 3) placeOf.set(i, places[placeOf.size]!)
    })
    const results: E.Either<Conflict, Appended>[] = []
    order.forEach((index, i) => {
      const verdict = verdicts[i]
      const detail = details[i]!
      if (verdict === 2) {
        const { stream, expected } = lookUps[detail - 1]!
        const actual = actuals[detail - 1]!
        results[index] = E.left({
          _tag: 'WrongVersion',
          stream,
          expected,
          actual: actual < 0 ? 'none' : actual,
        })
      } else if (verdict === 3) {
        const lookUp = lookUps[lookUpOf[detail - 1]! - 1]!
        const id = lookUp.events[nth[detail - 1]!]!.meta.id
        results[index] = E.left({ _tag: 'Duplicate', id, stream: placeOf.get(i) })
      } else if (verdict === 0 || verdict === 1) {
        const versions = new Map<StreamName, number>()
        appends[index]!.lookUps.forEach(({ stream, rows }, l) => {
          if (rows.length > 0) versions.set(stream, actuals[firstLookUp[index]! + l]! + rows.length)
        })
        results[index] = E.right({ position: positionOf(detail), versions, repeated: verdict === 1 })
      } else
        throw new StoreError('corrupt', `The function "append" gave the verdict ${verdict}: it is not ours.`)
    })
    return { outcomes: results, origin }
  }

  const wants = lookUps.map(({ expected }) => wantOf(expected))
  const [row] = rows
  if (row && rows.length === 1 && lookUps.length === 1) {
    const parameters = [lookUps[0]!.stream, wants[0]!, row.once, row.id, row.type, row.body]
    return { name: 'append_one', parameters, decode }
  }
  const array = (items: readonly (boolean | number | string)[]) => `{${items.join(',')}}`
  const parameters = [
    ...ends.map(array),
    array(appendOf),
    array(wants),
    array(lookUps.map((l) => l.rows.length)),
    lookUps.map((l) => l.stream).join('\n'),
    array(lookUpOf),
    array(nth),
    array(behind),
    array(rows.map((row) => row.once)),
    array(rows.map((row) => row.id)),
    rows.map((row) => row.type).join('\n'),
    rows.map((row) => row.body).join('\n'),
  ]
  return { name: 'append', parameters, decode }
}

/** What `append-next.ts` takes to write the one event of an append where it belongs, after its first parameter. */
export const rowOf = ({ lookUps }: Encoded, { origin, position, version }: Place): readonly Value[] => {
  const { stream, rows } = lookUps[0]!
  const { once, id, type, body } = rows[0]!
  const content = `${body},"version":${version},"position":"${position}","recordedAt":`
  return [...origin, position, stream, version, type, id, once, content]
}
