import { pathToFileURL } from 'node:url'
import type { Database, Opener, Value } from './database.js'

interface Prepared {
  run(values: readonly Value[]): unknown
  get(values: readonly Value[]): unknown
  all(values: readonly Value[]): unknown[]
}

interface LibsqlDatabase {
  exec(sql: string): unknown
  prepare(sql: string): Prepared
  close(): unknown
}

interface Libsql {
  readonly default: new (file: string) => LibsqlDatabase
}

/** It takes values one by one too, but then flattens them first, at a quarter of the price of an insert. */
const passingLists = (db: LibsqlDatabase): Database => ({
  exec: (sql) => db.exec(sql),
  close: () => db.close(),
  prepare(sql) {
    const prepared = db.prepare(sql)
    return {
      run: (...values) => prepared.run(values),
      get: (...values) => prepared.get(values),
      all: (...values) => prepared.all(values),
    }
  },
})

// Not a literal: the package is optional.
const MODULE = 'libsql'

export const openLibsql: Opener = async () => {
  let module: Libsql
  try {
    module = await import(MODULE)
  } catch {
    return undefined
  }
  return (file, { readOnly, timeout }) => {
    // Its option `readonly` has no effect; the mode of an SQLite URI has.
    const db = new module.default(readOnly ? `${pathToFileURL(file).href}?mode=ro` : file)
    db.exec(`PRAGMA busy_timeout = ${timeout}`)
    return passingLists(db)
  }
}
