import type { Database, Opener } from './database.js'

interface NodeSqlite {
  readonly DatabaseSync: new (file: string, options: { readOnly: boolean }) => Database
}

// Not a literal, so that compilers and bundlers for Node 20 do not look for it.
const MODULE = 'node:sqlite'

export const openNodeSqlite: Opener = async () => {
  let module: NodeSqlite
  try {
    module = await import(MODULE)
  } catch {
    return undefined
  }
  return (file, { readOnly, timeout }) => {
    const db = new module.DatabaseSync(file, { readOnly })
    db.exec(`PRAGMA busy_timeout = ${timeout}`)
    return db
  }
}
