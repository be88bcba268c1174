import type { Filter } from '@kurrent/kurrentdb-client'
import { categoryOf, type LogFilter, type Recorded } from '@ramal/core'
import type { Connection } from './connection.js'

/** What of a filter the server does, and what is left to be done here. */
export interface Pushdown {
  readonly onServer: Filter
  wants(event: Recorded): boolean
}

/** Streams that have a category and an id: neither the server's own nor our claims. */
const OUR_STREAMS = '^[^$-][^-]*-.'

/** How many events the server looks at before it reports how far it has come. */
const SEARCH_WINDOW = 128

/**
 * The server filters by type or by stream, never by both: types are the narrower, so they go down and the
 * categories are looked at here. Prefixes may let more through than is wanted, and that is looked at here too.
 */
export const pushDown = ({ library }: Connection, { types, categories }: LogFilter): Pushdown => {
  const { eventTypeFilter, streamNameFilter } = library
  const window = { maxSearchWindow: SEARCH_WINDOW }
  const typeSet = types && new Set(types)
  const categorySet = categories && new Set(categories)
  const nothing = types?.length === 0 || categories?.length === 0
  return {
    onServer: nothing
      ? eventTypeFilter({ regex: '^$', ...window })
      : types
        ? eventTypeFilter({ prefixes: [...types], ...window })
        : categories
          ? streamNameFilter({ prefixes: categories.map((category) => `${category}-`), ...window })
          : streamNameFilter({ regex: OUR_STREAMS, ...window }),
    wants: (event) =>
      (!typeSet || typeSet.has(event.type)) && (!categorySet || categorySet.has(categoryOf(event.stream))),
  }
}
