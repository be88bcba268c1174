import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewEvent, Page, Recorded } from '@ramal/core'
import type { DriverName } from '../src/driver.js'
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

/** A folder of this test file, gone when its process ends. */
export const folder = mkdtempSync(join(tmpdir(), 'ramal-sqlite-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

let files = 0
export const freshFile = (name = 'log'): string => join(folder, `${name}-${++files}.db`)

let ids = 0
export const event = (
  data: unknown = {},
  extra: { id?: string; type?: string; once?: true } = {},
): NewEvent => {
  const { id = `id-${++ids}`, type = 'Noted', ...rest } = extra
  const meta = { id, at: 1, tenant: 't', correlationId: 'c', causationId: 'c', schemaVersion: 1 }
  return { type, data, meta, ...rest }
}

export const gather = async (pages: AsyncIterable<Page>): Promise<Recorded[]> => {
  const events: Recorded[] = []
  for await (const page of pages) events.push(...page.events)
  return events
}
