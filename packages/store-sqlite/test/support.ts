import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Expected, type NewEvent, type Page, type Recorded, StoreError, type Write } from '@ramal/core'
import * as assert from 'uvu/assert'
import type { Database } from '../src/database.js'
import { chooseDriver, type DriverName } from '../src/driver.js'
import { openLibsql } from '../src/driver-libsql.js'
import { openNodeSqlite } from '../src/driver-node.js'

/** The drivers to test: those this Node has, or the one that RAMAL_SQLITE_DRIVER names. */
export const drivers: readonly DriverName[] = await (async () => {
  const wanted = process.env.RAMAL_SQLITE_DRIVER
  const there: DriverName[] = []
  if (await openNodeSqlite()) there.push('node:sqlite')
  if (await openLibsql()) there.push('libsql')
  const chosen = there.filter((name) => !wanted || wanted === name)
  if (chosen.length === 0) throw new Error(`There is no SQLite driver ${wanted ?? ''} to test.`)
  return chosen
})()

let made: string | undefined
/** The folder of this process, gone when it ends; made when first asked for, since a killed process removes none. */
export const folder = (): string => {
  if (!made) {
    const path = mkdtempSync(join(tmpdir(), 'ramal-sqlite-'))
    process.on('exit', () => rmSync(path, { recursive: true, force: true }))
    made = path
  }
  return made
}

let files = 0
export const freshFile = (name = 'log'): string => join(folder(), `${name}-${++files}.db`)

let ids = 0
export const event = (
  data: unknown = {},
  extra: { id?: string; type?: string; once?: true } = {},
): NewEvent => {
  const { id = `id-${++ids}`, type = 'Noted', ...rest } = extra
  const meta = { id, at: 1, tenant: 't', correlationId: 'c', causationId: 'c', schemaVersion: 1 }
  return { type, data, meta, ...rest }
}

export const write = (stream: Write['stream'], expected: Expected, ...events: NewEvent[]): Write[] => [
  { stream, expected, events },
]

export const gather = async (pages: AsyncIterable<Page>): Promise<Recorded[]> => {
  const events: Recorded[] = []
  for await (const page of pages) events.push(...page.events)
  return events
}

/** Changes a file behind the back of any store. */
export const tamper = async (file: string, driver: DriverName, change: (db: Database) => void) => {
  const db = (await chooseDriver(driver)).open(file, { readOnly: false, timeout: 1_000 })
  try {
    change(db)
  } finally {
    db.close()
  }
}

/** The StoreError that a call ends with. */
export const failure = async (call: () => Promise<unknown>): Promise<StoreError> => {
  try {
    await call()
  } catch (error) {
    assert.ok(error instanceof StoreError, `no StoreError: ${error}`)
    return error
  }
  throw new Error('It did not fail.')
}
