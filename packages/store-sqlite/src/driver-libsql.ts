import { pathToFileURL } from 'node:url'
import type { Database, Opener } from './database.js'

interface Libsql {
  readonly default: new (file: string) => Database
}

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
    return db
  }
}
