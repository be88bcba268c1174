import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { StreamName } from '@ramal/core'
import { type PostgresServer, startPostgres } from '@ramal/postgres-test-server'
import { suite } from '@ramal/testing'
import pg from 'pg'
import * as assert from 'uvu/assert'
import { event, gather } from '../test/events.js'
import { killRounds } from '../test/rounds.js'
import { postgresStore } from './index.js'

const test = suite('many processes on one PostgreSQL')
let server: PostgresServer
test.before(async () => {
  server = await startPostgres({ settings: { fsync: 'off' } })
})
test.after(() => server.remove())

const start = async (script: string, ...args: string[]): Promise<ChildProcess> => {
  const path = fileURLToPath(new URL(`../test/${script}`, import.meta.url))
  const child = fork(path, args, { execArgv: ['--import', 'tsx'] })
  await once(child, 'message')
  return child
}

test(
  'sixteen racers in four processes: one wins, time and again',
  async () => {
    const store = await postgresStore({ url: server.url(), schema: 'races' })
    const racers = await Promise.all([1, 2, 3, 4].map(() => start('racer.ts', server.url(), 'races')))
    try {
      for (let round = 0; round < 30; round++) {
        const stream: StreamName = `race-${round % 3}`
        const answers = racers.map((racer) => once(racer, 'message'))
        for (const racer of racers) racer.send({ stream, version: Math.floor(round / 3) - 1 })
        const wins = (await Promise.all(answers)).map(([n]) => n as number)
        assert.is(
          wins.reduce((sum, n) => sum + n, 0),
          1,
        )
        assert.is((await gather(store.read(stream))).length, Math.floor(round / 3) + 1)
      }
    } finally {
      for (const racer of racers) racer.kill('SIGKILL')
      await store.close()
    }
  },
  { timeout: 40_000 },
)

test(
  'a reader that only remembers the last position misses nothing, while others write and one transaction stays open',
  async () => {
    const schema = 'naive'
    const reader = new pg.Client(server.url())
    const idler = new pg.Client(server.url())
    await Promise.all([reader.connect(), idler.connect()])
    await (await postgresStore({ url: server.url(), schema })).close()
    // It has a transaction id older than all that follow, and a snapshot that it keeps.
    await idler.query('begin isolation level repeatable read')
    await idler.query('create table unrelated (n int)')
    const writers = await Promise.all(
      [1, 2, 3].map(() => start('writer.ts', server.url(), schema, '/dev/null')),
    )
    try {
      for (const writer of writers) writer.send('write')
      const seen: number[] = []
      const end = performance.now() + 4_000
      let polls = 0
      while (performance.now() < end) {
        const { rows } = await reader.query(
          `select position from ${schema}.events where position > $1 order by position limit 50`,
          [seen.at(-1) ?? 0],
        )
        seen.push(...rows.map((row) => Number(row.position)))
        if (rows.length > 0) polls++
        await sleep(Math.random() * 3)
      }
      assert.equal(
        seen,
        seen.map((_, i) => i + 1),
      )
      assert.ok(seen.length > 100 && polls > 20, `${seen.length} events in ${polls} polls prove nothing`)
    } finally {
      for (const writer of writers) writer.kill('SIGKILL')
      await idler.query('rollback')
      await Promise.all([reader.end(), idler.end()])
    }
  },
  { timeout: 30_000 },
)

test(
  'another process is heard of at once, and without NOTIFY within a poll',
  async () => {
    const writer = await postgresStore({ url: server.url(), schema: 'heard' })
    for (const [notify, poll, most] of [
      [true, 60_000, 2_000],
      [false, 50, 2_000],
    ] as const) {
      const reader = await postgresStore({ url: server.url(), schema: 'heard', notify, poll })
      const stop = new AbortController()
      const pages = reader.subscribe({ after: await reader.head() }, stop.signal)[Symbol.asyncIterator]()
      await pages.next()
      const next = pages.next()
      // LISTEN is set up beside the first page.
      await sleep(500)
      const began = performance.now()
      await writer.append([{ stream: 'a-1', expected: 'any', events: [event()] }])
      const { value } = await next
      assert.is(value?.events.length, 1)
      assert.ok(
        performance.now() - began < most,
        `heard after ${performance.now() - began} ms, notify ${notify}`,
      )
      stop.abort()
      await reader.close()
    }
    await writer.close()
  },
  { timeout: 20_000 },
)

test(
  'twenty writers killed with -9: nothing acknowledged is lost, nothing torn, nothing skipped',
  async () => {
    const report = await killRounds({ url: server.url(), schema: 'killed', rounds: 20, pause: 200 })
    console.log(`    ${JSON.stringify(report)}`)
    assert.ok(report.acknowledged > 500, `${report.acknowledged} acknowledged events prove nothing`)
    assert.ok(report.alone > 0, 'no writer wrote alone')
    assert.equal([report.lost, report.torn, report.doubled, report.skipped], [0, 0, 0, 0])
  },
  { timeout: 180_000 },
)

test.run()
