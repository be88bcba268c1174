import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { START, systemClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { faultyDriver, sqliteError } from '../test/faulty-driver.js'
import { drivers, event, failure, folder, freshFile, gather, tamper, write } from '../test/support.js'
import { chooseDriver, type Driver } from './driver.js'
import { sqliteStore } from './index.js'
import { storeOn } from './store.js'
import { openWriteLog } from './write-log.js'

const test = suite('sqlite faults')

const storeWith = (driver: Driver, file: string) =>
  storeOn(openWriteLog(driver, file, { clock: systemClock }), {
    file,
    clock: systemClock,
    pageSize: 100,
    pollInterval: undefined,
  })

/** Runs a program of `test/` in a process of its own. */
const child = (program: string, args: readonly string[], options: { uid?: number; shell?: string } = {}) => {
  const path = fileURLToPath(new URL(`../test/${program}`, import.meta.url))
  const command = [process.execPath, '--no-warnings', '--import', 'tsx', path, ...args]
  const settings = {
    encoding: 'utf8',
    timeout: 30_000,
    ...(options.uid ? { uid: options.uid } : {}),
  } as const
  return options.shell
    ? spawnSync('sh', ['-c', `${options.shell}; exec "$@"`, 'sh', ...command], settings)
    : spawnSync(command[0]!, command.slice(1), settings)
}

for (const driver of drivers) {
  test(`${driver}: what cannot be a log is refused with the reason, and left as it is`, async () => {
    const refusal = async (file: string) => {
      const error = await failure(() => sqliteStore(file, { driver }))
      return `${error.code}: ${error.message}`
    }
    const text = freshFile()
    writeFileSync(text, 'This is a text and no database. '.repeat(200))
    const before = readFileSync(text)
    assert.match(await refusal(text), /^schema: .*no SQLite database/)
    assert.equal(readFileSync(text), before)

    const other = freshFile()
    await tamper(other, driver, (db) => db.exec('CREATE TABLE customers (name TEXT)'))
    assert.match(await refusal(other), /^schema: .*not a log of Ramal/)

    const newer = freshFile()
    await (await sqliteStore(newer, { driver })).close()
    await tamper(newer, driver, (db) => db.exec('PRAGMA user_version = 3'))
    assert.match(await refusal(newer), /^schema: .*version 3 .*reads 2; install/)

    assert.match(
      await refusal(join(folder(), 'nowhere', 'log.db')),
      /^invalid: The folder .*nowhere is not there/,
    )
    assert.match(await refusal(folder()), /^invalid: .* is a folder/)
    assert.match(await refusal(''), /^invalid: "" is no path/)
    assert.match(await refusal(':memory:'), /^invalid: /)
    assert.match(await refusal(join(folder(), `${'x'.repeat(250)}.db`)), /^invalid: .* has 253 bytes/)
    assert.match(await refusal(join(folder(), `${'é'.repeat(124)}.db`)), /^invalid: .* has 251 bytes/)
  })

  test(`${driver}: a refused file can be opened once it is right: no lock is left`, async () => {
    const file = freshFile()
    await (await sqliteStore(file, { driver })).close()
    await tamper(file, driver, (db) => db.exec('PRAGMA user_version = 3'))
    await failure(() => sqliteStore(file, { driver }))
    await tamper(file, driver, (db) => db.exec('PRAGMA user_version = 2'))
    const store = await sqliteStore(file, { driver })
    await store.append(write('a-1', 'empty', event()))
    await store.close()
    await store.close()
  })

  test(`${driver}: a log that was cut to nothing is refused; a new file, empty or not there, is not`, async () => {
    const file = freshFile()
    writeFileSync(file, '')
    for (let i = 0; i < 2; i++) await (await sqliteStore(file, { driver })).close()
    truncateSync(file)
    const error = await failure(() => sqliteStore(file, { driver }))
    assert.is(error.code, 'corrupt')
    assert.match(error.message, /0 bytes and was a log/)
    rmSync(file)
    await (await sqliteStore(file, { driver })).close()
  })

  test(`${driver}: a file that was cut is refused, wherever it was cut`, async () => {
    const whole = freshFile()
    const store = await sqliteStore(whole, { driver })
    await store.append(write('a-1', 'empty', ...Array.from({ length: 300 }, (_, i) => event({ i }))))
    await store.close()
    const { size } = statSync(whole)
    for (const length of [100, 1_000, 4_096, size >> 1, size - 4_096, size - 1]) {
      const cut = freshFile()
      copyFileSync(whole, cut)
      truncateSync(cut, length)
      const error = await failure(() => sqliteStore(cut, { driver }))
      assert.ok(['corrupt', 'schema'].includes(error.code), `${length}: ${error.code} ${error.message}`)
      assert.ok(error.message.includes(cut), error.message)
    }
  })

  test(
    `${driver}: a file or folder without the right to write is refused, and can be read`,
    async () => {
      const own = join(folder(), `own-${driver.length}`)
      mkdirSync(own)
      const file = join(own, 'log.db')
      const store = await sqliteStore(file, { driver })
      await store.append(write('a-1', 'empty', event()))
      await store.close()
      // Root may write everything: a process of another user tries.
      const uid = process.getuid?.() === 0 ? 65_534 : undefined
      if (uid) for (const path of [folder(), own]) chmodSync(path, 0o755)
      if (uid) chownSync(file, 0, 0)
      chmodSync(file, 0o444)
      chmodSync(`${file}.lock`, 0o444)
      const result = child('open.ts', [file, driver], uid ? { uid } : {})
      assert.match(result.stdout, /^refused: (Opening|Locking) .*right/, `${result.stdout}${result.stderr}`)
      const read = child('open.ts', [file, driver, 'read'], uid ? { uid } : {})
      assert.match(read.stdout, /^1 events/, `${read.stdout}${read.stderr}`)
    },
    { timeout: 60_000 },
  )

  test(`${driver}: a failed commit rejects all that share it, changes nothing, and the next one works`, async () => {
    const faulty = faultyDriver(await chooseDriver(driver))
    const file = freshFile()
    const store = await storeWith(faulty, file)
    await store.append(write('a-1', 'empty', event()))
    const faults: readonly [RegExp, number, string][] = [
      [/^COMMIT/, 10, 'unavailable'],
      [/^COMMIT/, 13, 'full'],
      [/^BEGIN/, 5, 'locked'],
      [/INTO event/, 13, 'full'],
      [/INTO stream/, 10, 'unavailable'],
      [/INTO kind/, 11, 'corrupt'],
    ]
    let round = 0
    for (const [pattern, code, expected] of faults) {
      const fresh = `b-${++round}` as const
      const batch = () => [
        store.append(write('a-1', { at: round - 1 }, event())),
        store.append(write(fresh, 'empty', event({}, { type: `T${round}` }))),
        store.append(write('a-1', { at: round - 1 }, event())),
      ]
      faulty.failOn((sql) => (pattern.test(sql) ? sqliteError(code, 'as planned') : undefined))
      const failed = await Promise.all(batch().map((append) => failure(() => append)))
      assert.equal(
        failed.map((e) => e.code),
        [expected, expected, expected],
      )
      assert.ok(failed[0]!.message.includes(file) && failed[0]!.message.includes('as planned'))
      faulty.failOn(undefined)
      assert.is((await gather(store.readAll({ after: START }))).length, 2 * round - 1)
      const retried = await Promise.all(batch())
      assert.equal(
        retried.map((r) => E.isRight(r)),
        [true, true, false],
      )
    }
    assert.equal((await store.integrity()).faults, [])
    await store.close()
  })

  test(`${driver}: a full disk rejects as full, writes nothing by halves, and heals when there is room`, async () => {
    const faulty = faultyDriver(await chooseDriver(driver))
    const store = await storeWith(faulty, freshFile())
    await store.append(write('a-0', 'empty', event()))
    faulty.onAll('PRAGMA max_page_count = 24')
    let written = 1
    let full: string | undefined
    for (let i = 1; i < 100 && !full; i++)
      try {
        await store.append(write(`a-${i}`, 'empty', event({ text: 'x'.repeat(3_000) }), event()))
        written += 2
      } catch (error) {
        full = String(error)
      }
    assert.match(full ?? '', /disk is full; make room/)
    assert.is((await gather(store.readAll({ after: START }))).length, written)
    faulty.onAll('PRAGMA max_page_count = 100000')
    await store.append(write('late-1', 'empty', event({ text: 'x'.repeat(3_000) })))
    assert.equal((await store.integrity()).faults, [])
    await store.close()
  })

  if (process.platform === 'win32')
    test.skip(`${driver}: a limit on the size of files: no such thing here`, () => {})
  else
    test(
      `${driver}: a real limit on the size of files stops appends, loses none, and heals`,
      async () => {
        const file = freshFile()
        // 2,000 blocks of 512 or 1,024 bytes, as the shell has it.
        const result = child('fill.ts', [file, driver], { shell: 'ulimit -f 2000' })
        const [, acknowledged, code] = /^(\d+) acknowledged, then (\w+)/m.exec(result.stdout) ?? []
        assert.ok(Number(acknowledged) > 10, `${result.stdout}${result.stderr}`)
        assert.ok(['full', 'unavailable'].includes(code ?? ''), result.stdout)
        const store = await sqliteStore(file, { driver })
        assert.is((await gather(store.readAll({ after: START }))).length, Number(acknowledged))
        assert.equal((await store.integrity()).faults, [])
        await store.append(write('late-1', 'empty', event()))
        await store.close()
      },
      { timeout: 40_000 },
    )

  test(`${driver}: another program that writes to the file is waited for, and then named`, async () => {
    const file = freshFile()
    const store = await sqliteStore(file, { driver, busyTimeout: 30 })
    const other = (await chooseDriver(driver)).open(file, { readOnly: false, timeout: 0 })
    other.exec('BEGIN IMMEDIATE')
    const error = await failure(() => store.append(write('a-1', 'empty', event())))
    assert.is(error.code, 'locked')
    assert.match(error.message, /another process is writing/)
    other.exec('ROLLBACK')
    await store.append(write('a-1', 'empty', event()))
    other.close()
    await store.close()
  })
}

test.run()
