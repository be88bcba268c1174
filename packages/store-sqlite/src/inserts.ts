import type { Database, Value } from './database.js'

/** Rows on their way into a table. */
export interface Inserts {
  add(...row: readonly Value[]): void
  /** Writes what has not been written yet: before anything is read from the table, and before the commit. */
  flush(): void
  /** After a transaction was undone. */
  forget(): void
}

/** Rows a statement, the most first: a call into SQLite costs as much as a third of an insert. */
const AT_ONCE = [32, 8, 1] as const

export const openInserts = (
  db: Database,
  table: string,
  columns: readonly string[],
  verb: 'INSERT' | 'INSERT OR IGNORE' = 'INSERT',
): Inserts => {
  const row = `(${columns.map(() => '?')})`
  const into = `${verb} INTO ${table} (${columns}) VALUES ${row}`
  const statements = AT_ONCE.map((rows) => ({
    width: rows * columns.length,
    insert: db.prepare(into + `, ${row}`.repeat(rows - 1)),
  }))
  const most = AT_ONCE[0] * columns.length
  let values: Value[] = []
  const take = (): Value[] => {
    const taken = values
    values = []
    return taken
  }
  const write = (): void => {
    const all = take()
    let at = 0
    for (const { width, insert } of statements)
      for (; at + width <= all.length; at += width)
        insert.run(...(width === all.length ? all : all.slice(at, at + width)))
  }
  return {
    add(...next) {
      values.push(...next)
      if (values.length === most) write()
    },
    flush() {
      if (values.length > 0) write()
    },
    forget() {
      take()
    },
  }
}
