import {
  type LogFilter,
  ordinalOf,
  type Page,
  type Position,
  positionOf,
  type Recorded,
  StoreError,
  type StreamName,
} from '@ramal/core'
import { typeKey } from './batch.js'
import type { Ask } from './connections.js'
import type { Value } from './statement.js'

/** Most events and most bytes of a page; the latter bounds memory where events are large. */
export const PAGE = 2_000
const PAGE_BYTES = 8_000_000
/** Most events that one call looks at for wanted ones. */
const SPAN = 50_000
const EVERYTHING = 2 ** 52

/** What the functions answer, see `sql/read.ts`. */
type Answer = readonly [more: boolean, head: number, events: readonly Recorded[]]

export interface Pages {
  head(): Promise<Position>
  /** The events of a stream from a version on. */
  stream(name: StreamName, from: number, most: number): Promise<Page>
  /** The wanted events after a position. */
  log(after: Position, filter: LogFilter, most: number): Promise<Page>
}

export const pagesOf = (ask: Ask, schema: string): Pages => {
  const read = async (call: string, values: readonly Value[]): Promise<Answer> => {
    const { text } = await ask(`select ${schema}.${call}`, values)
    try {
      return JSON.parse(text ?? '')
    } catch (cause) {
      throw new StoreError('corrupt', `Table ${schema}.events holds a body that is not JSON.`, { cause })
    }
  }
  return {
    async head() {
      const { text } = await ask(`select max(position) from ${schema}.events`)
      return positionOf(Number(text))
    },

    async stream(name, from, most) {
      const [more, head, events] = await read('read_stream($1, $2, $3, $4)', [name, from, most, PAGE_BYTES])
      return { events, position: events.at(-1)?.position ?? positionOf(head), caughtUp: !more }
    },

    async log(after, { types, categories }, most) {
      const from = ordinalOf(after)
      const span = types || categories ? SPAN : EVERYTHING
      const wanted = types?.map(typeKey) ?? null
      const values = [from, span, wanted, categories ?? null, most, PAGE_BYTES]
      const [more, head, events] = await read('read_log($1, $2, $3, $4, $5, $6)', values)
      const last = events.at(-1)?.position ?? after
      const position = more ? last : positionOf(Math.max(from, Math.min(head, from + span)))
      return { events, position, caughtUp: ordinalOf(position) >= head }
    },
  }
}
