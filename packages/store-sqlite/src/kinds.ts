import { categoryOf, type LogFilter, type StreamName } from '@ramal/core'
import type { Database } from './database.js'

/** The small numbers that stand for a category and a type together. */
export interface Kinds {
  /** Of an event about to be written; made where it is new. */
  numberOf(stream: StreamName, type: string): number
  /** Those a filter wants; nothing when it wants all. */
  wanted(filter: LogFilter): readonly number[] | undefined
  /** After a transaction was undone, or when another process may have added some. */
  reload(): void
}

interface Row {
  readonly kind: number
  readonly category: string
  readonly type: string
}

// No category has a dash.
const keyOf = (category: string, type: string) => `${category}-${type}`

export const openKinds = (db: Database): Kinds => {
  const insert = db.prepare('INSERT INTO kind (kind, category, type) VALUES (?, ?, ?)')
  const select = db.prepare('SELECT kind, category, type FROM kind ORDER BY kind')
  let rows: Row[] = []
  const numbers = new Map<string, number>()
  const reload = () => {
    rows = select.all() as Row[]
    numbers.clear()
    for (const { kind, category, type } of rows) numbers.set(keyOf(category, type), kind)
  }
  reload()
  return {
    reload,
    numberOf(stream, type) {
      const category = categoryOf(stream)
      const key = keyOf(category, type)
      const known = numbers.get(key)
      if (known !== undefined) return known
      const kind = rows.length + 1
      insert.run(kind, category, type)
      rows.push({ kind, category, type })
      numbers.set(key, kind)
      return kind
    },
    wanted({ types, categories }) {
      if (!types && !categories) return undefined
      return rows
        .filter((r) => (!types || types.includes(r.type)) && (!categories || categories.includes(r.category)))
        .map((r) => r.kind)
    },
  }
}
