import {
  type LogFilter,
  ordinalOf,
  type Page,
  type Position,
  positionOf,
  type Recorded,
  START,
  StoreError,
  type StreamName,
} from '@ramal/core'
import { typeKey } from './batch.js'
import type { Ask } from './connections.js'

/** Most events and most bytes of a page; the latter bounds memory where events are large. */
export const PAGE = 2_000
const PAGE_BYTES = 8_000_000
/** Most events that one call looks at for wanted ones. */
const SPAN = 50_000
const EVERYTHING = 2 ** 52

interface PageRow {
  readonly events: string | null
  readonly last: string | null
  readonly more: boolean
  readonly head: string | null
}

export interface Pages {
  head(): Promise<Position>
  /** The events of a stream from a version on. */
  stream(name: StreamName, from: number, most: number): Promise<Page>
  /** The wanted events after a position. */
  log(after: Position, filter: LogFilter, most: number): Promise<Page>
}

export const pagesOf = (ask: Ask, schema: string): Pages => {
  const eventsOf = ({ events }: PageRow): readonly Recorded[] => {
    if (events === null) return []
    try {
      return JSON.parse(`[${events}]`)
    } catch (cause) {
      throw new StoreError('corrupt', `Table ${schema}.events holds a body that is not JSON.`, { cause })
    }
  }
  return {
    async head() {
      const row = await ask<{ head: string | null }>(`select max(position) as head from ${schema}.events`)
      return row.head === null ? START : positionOf(Number(row.head))
    },

    async stream(name, from, most) {
      const row = await ask<PageRow>(`select * from ${schema}.read_stream($1, $2, $3, $4)`, [
        name,
        from,
        most,
        PAGE_BYTES,
      ])
      const position = positionOf(Number(row.last ?? row.head ?? 0))
      return { events: eventsOf(row), position, caughtUp: !row.more }
    },

    async log(after, { types, categories }, most) {
      const from = ordinalOf(after)
      const span = types || categories ? SPAN : EVERYTHING
      const row = await ask<PageRow>(`select * from ${schema}.read_log($1, $2, $3, $4, $5, $6)`, [
        from,
        span,
        types?.map(typeKey) ?? null,
        categories ?? null,
        most,
        PAGE_BYTES,
      ])
      const head = Number(row.head ?? 0)
      const reached = row.more ? Number(row.last ?? from) : Math.max(from, Math.min(head, from + span))
      return { events: eventsOf(row), position: positionOf(reached), caughtUp: reached >= head }
    },
  }
}
