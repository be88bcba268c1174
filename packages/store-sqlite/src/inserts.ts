import type { Database, Value } from './database.js'

/** Rows on their way into a table. */
export interface Inserts {
  add(...row: readonly Value[]): void
  /** Writes what has not been written yet: before anything is read from the table, and before the commit. */
  flush(): void
  /** After a transaction was undone. */
  forget(): void
}

/** Rows a statement: a call into SQLite costs as much as a third of an insert. */
const AT_ONCE = 8

export const openInserts = (
  db: Database,
  table: string,
  columns: readonly string[],
  verb: 'INSERT' | 'INSERT OR IGNORE' = 'INSERT',
): Inserts => {
  const row = `(${columns.map(() => '?')})`
  const into = `${verb} INTO ${table} (${columns}) VALUES ${row}`
  const one = db.prepare(into)
  const many = db.prepare(into + `, ${row}`.repeat(AT_ONCE - 1))
  let values: Value[] = []
  const take = (): Value[] => {
    const taken = values
    values = []
    return taken
  }
  return {
    add(...next) {
      values.push(...next)
      if (values.length === AT_ONCE * columns.length) many.run(...take())
    },
    flush() {
      if (values.length === 0) return
      const rest = take()
      for (let i = 0; i < rest.length; i += columns.length) one.run(...rest.slice(i, i + columns.length))
    },
    forget() {
      take()
    },
  }
}
