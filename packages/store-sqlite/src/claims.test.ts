import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uuidOf } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { drivers, tamper } from '../test/support.js'
import { type SqliteStore, sqliteStore } from './index.js'

const test = suite('ids that may be only once in an SQLite log')

/** More than wait in memory, so that most are on the disk by then. */
const MANY = 40_000
const AT_ONCE = 1_000

const claiming = (n: number) => ({
  type: 'Said',
  data: { n },
  meta: {
    id: uuidOf(String(n)),
    at: 1,
    tenant: 't',
    correlationId: 'c',
    causationId: 'c',
    schemaVersion: 1,
  },
  once: true as const,
})

const appendAll = async (store: SqliteStore, from: number, to: number): Promise<void> => {
  for (let n = from; n < to; n += AT_ONCE) {
    const events = Array.from({ length: AT_ONCE }, (_, i) => claiming(n + i))
    const appended = await store.append([{ stream: `a-${n}`, expected: 'empty', events }])
    assert.is(appended._tag, 'Right')
  }
}

/** Every so many-th of them is refused, with where it stands. */
const refusesAll = async (store: SqliteStore, count: number): Promise<void> => {
  for (let n = 0; n < count; n += 97) {
    const again = await store.append([{ stream: 'b-1', expected: 'any', events: [claiming(n)] }])
    const stream = `a-${n - (n % AT_ONCE)}`
    assert.equal(again, { _tag: 'Left', left: { _tag: 'Duplicate', id: uuidOf(String(n)), stream } })
  }
}

/** Up to where ids are in their index, all of them. */
const claimedIn = async (file: string): Promise<number> => {
  let claimed = 0
  await tamper(file, drivers[0]!, (db) => {
    claimed = (db.prepare('SELECT position FROM claimed').get() as { position: number }).position
  })
  return claimed
}

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'ramal-claims-'))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('each is refused a second time, whether it waits in memory or is written', () =>
  inFolder(async (folder) => {
    const store = await sqliteStore(join(folder, 'log.db'))
    await appendAll(store, 0, MANY)
    await refusesAll(store, MANY)
    assert.equal((await store.integrity()).faults, [])
    await store.close()
  }))

test('what had not been written when the log was left is known when it is opened again, also in a backup', () =>
  inFolder(async (folder) => {
    const [file, copy] = [join(folder, 'log.db'), join(folder, 'copy.db')]
    const store = await sqliteStore(file)
    await appendAll(store, 0, MANY / 2)
    await store.backup(copy)
    await store.close()
    assert.ok((await claimedIn(file)) < MANY / 2)
    assert.is(await claimedIn(copy), MANY / 2)
    for (const left of [file, copy]) {
      const again = await sqliteStore(left)
      await refusesAll(again, MANY / 2)
      await appendAll(again, MANY / 2, MANY)
      await refusesAll(again, MANY)
      assert.equal((await again.integrity()).faults, [])
      await again.close()
    }
  }))

test('many short lives of a writer leave no more to be read than one long one', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'log.db')
    for (let n = 0; n < MANY + AT_ONCE; n += AT_ONCE) {
      const store = await sqliteStore(file)
      await appendAll(store, n, n + AT_ONCE)
      await store.close()
    }
    const store = await sqliteStore(file)
    await refusesAll(store, MANY)
    assert.equal((await store.integrity()).faults, [])
    await store.close()
    assert.ok((await claimedIn(file)) > 0, 'not all events are read when it is opened')
  }))

test.run()
