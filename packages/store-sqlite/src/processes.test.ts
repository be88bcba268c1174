import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { killRounds } from '../test/rounds.js'
import { drivers, event, failure, freshFile, write } from '../test/support.js'
import { sqliteStore } from './index.js'

const test = suite('sqlite processes')

const HOLDER = fileURLToPath(new URL('../test/holder.ts', import.meta.url))
const OPEN = fileURLToPath(new URL('../test/open.ts', import.meta.url))

const hold = async (file: string, driver: string): Promise<ChildProcess> => {
  const child = fork(HOLDER, [file, driver], { execArgv: ['--no-warnings', '--import', 'tsx'] })
  await new Promise((resolve) => child.once('message', resolve))
  return child
}

// Fewer where the file runs once more, on a second driver.
const ROUNDS = process.env.RAMAL_SQLITE_DRIVER ? 8 : 20

for (const driver of drivers) {
  test(
    `${driver}: a second writer, in this process or another, is told which file and which process`,
    async () => {
      const file = freshFile()
      const store = await sqliteStore(file, { driver })
      const here = await failure(() => sqliteStore(file, { driver }))
      assert.is(here.code, 'locked')
      assert.match(here.message, /this process already has it open/)
      assert.ok(here.message.includes(store.file))
      await store.append(write('a-1', 'empty', event()))
      const open = (mode: string) =>
        spawnSync(process.execPath, ['--no-warnings', '--import', 'tsx', OPEN, file, driver, mode], {
          encoding: 'utf8',
          timeout: 30_000,
        }).stdout
      assert.match(
        open('write'),
        new RegExp(`^locked: .* process ${process.pid} has it open; close that one`),
      )
      assert.match(open('read'), /^1 events/)
      await store.close()
      assert.match(open('write'), /^1 events/)
    },
    { timeout: 60_000 },
  )

  test(
    `${driver}: the lock of a killed process is gone at once`,
    async () => {
      const file = freshFile()
      for (let i = 0; i < 3; i++) {
        const child = await hold(file, driver)
        const error = await failure(() => sqliteStore(file, { driver }))
        assert.match(error.message, new RegExp(`process ${child.pid} has it open`))
        const gone = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGKILL')
        await gone
        const store = await sqliteStore(file, { driver })
        await store.append(write('a-1', 'any', event()))
        await store.close()
        assert.ok(existsSync(file))
      }
    },
    { timeout: 60_000 },
  )

  test(
    `${driver}: kills at any moment, over and over, lose nothing, tear nothing, double nothing, and skip nothing`,
    async () => {
      const { acknowledged, written, lost, torn, doubled, skipped, faults } = await killRounds(driver, ROUNDS)
      assert.equal(
        { lost, torn, doubled, skipped, faults },
        { lost: 0, torn: 0, doubled: 0, skipped: 0, faults: [] },
      )
      assert.ok(acknowledged > ROUNDS && written >= acknowledged, `${acknowledged} ${written}`)
    },
    { timeout: 120_000 },
  )
}

test.run()
