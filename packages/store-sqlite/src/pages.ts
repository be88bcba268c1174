import { ordinalOf, type Page, positionOf, type Recorded, StoreError, type StreamName } from '@ramal/core'
import type { Log } from './log.js'
import { checkPosition, type LogQuery, type Rows } from './reader.js'

export interface StreamPage {
  readonly events: readonly Recorded[]
  readonly more: boolean
}

export interface Pages {
  stream(stream: StreamName, from: number, limit: number): Promise<StreamPage>
  log(query: LogQuery): Promise<Page>
}

/** One parse for all. Nothing when a row is damaged, or says more than one event. */
const parseRows = ({ text, count }: Rows): readonly Recorded[] | undefined => {
  try {
    const events: readonly Recorded[] = JSON.parse(text)
    return events.length === count ? events : undefined
  } catch {
    return undefined
  }
}

/** Events from rows; a gap is an error, never a page with less. */
export const pagesOf = (log: Log, file: string): Pages => {
  const missing = (what: string) =>
    new StoreError('corrupt', `${what} of ${file} is missing; run its integrity(), then restore a backup.`)

  const read = async <R extends Rows>(
    rowsOf: (careful: boolean) => R | Promise<R>,
  ): Promise<R & { readonly events: readonly Recorded[] }> => {
    const rows = await rowsOf(false)
    const events = parseRows(rows)
    if (events) return { events, ...rows }
    // Names the damaged row, or finds that it was read while it changed.
    const again = await rowsOf(true)
    return { events: parseRows(again) ?? [], ...again }
  }

  return {
    async stream(stream, from, limit) {
      const { events, more } = await read((careful) => log.streamRows(stream, from, limit, careful))
      const last = events.at(-1)
      if (last && last.version !== from + events.length - 1)
        throw missing(`An event of ${stream} between versions ${from} and ${last.version}`)
      return { events, more }
    },

    async log(query) {
      const start = checkPosition(query.after)
      const { events, more, end, filtered, head } = await read((careful) => log.logRows(query, careful))
      const position = more ? (events.at(-1)?.position ?? query.after) : positionOf(end)
      if (!filtered && ordinalOf(position) - start !== events.length)
        throw missing(`An event between positions ${start} and ${ordinalOf(position)}`)
      return { events, position, caughtUp: ordinalOf(position) >= head }
    },
  }
}
