import type { Database } from '../src/database.js'
import type { Driver } from '../src/driver.js'

export interface FaultyDriver extends Driver {
  /** Throws what `fault` gives for a statement, before it runs. */
  failOn(fault: ((sql: string) => Error | undefined) | undefined): void
  /** Runs on every connection that is open or will be. */
  onAll(sql: string): void
}

/** An error as `node:sqlite` throws it. */
export const sqliteError = (code: number, message: string): Error =>
  Object.assign(new Error(message), { errcode: code })

/** A driver that fails when told to. */
export const faultyDriver = (driver: Driver): FaultyDriver => {
  let fault: ((sql: string) => Error | undefined) | undefined
  const connections: Database[] = []
  const check = (sql: string) => {
    const error = fault?.(sql)
    if (error) throw error
  }
  return {
    name: driver.name,
    failOn(next) {
      fault = next
    },
    onAll(sql) {
      for (const db of connections) db.exec(sql)
    },
    open(file, options) {
      const db = driver.open(file, options)
      if (!file.endsWith('.lock')) connections.push(db)
      return {
        exec(sql) {
          check(sql)
          return db.exec(sql)
        },
        prepare(sql) {
          const statement = db.prepare(sql)
          return {
            run(...values) {
              check(sql)
              return statement.run(...values)
            },
            get: (...values) => statement.get(...values),
            all: (...values) => statement.all(...values),
          }
        },
        close() {
          connections.splice(connections.indexOf(db), 1)
          return db.close()
        },
      }
    },
  }
}
