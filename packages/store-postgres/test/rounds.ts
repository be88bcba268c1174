import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Recorded, START } from '@ramal/core'
import pg from 'pg'
import { postgresStore } from '../src/index.js'
import { gather } from './events.js'

export interface RoundsReport {
  readonly rounds: number
  /** Rounds in which a writer was killed that took it that it writes alone, and read nothing before it wrote. */
  readonly alone: number
  readonly acknowledged: number
  /** Events that were acknowledged and are not in the log. */
  readonly lost: number
  /** Appends of which some events are in the log and some are not. */
  readonly torn: number
  /** Events that are in the log twice. */
  readonly doubled: number
  readonly written: number
  /** Events that the subscriber did not get in their turn. */
  readonly skipped: number
}

const WRITER = fileURLToPath(new URL('./writer.ts', import.meta.url))

export interface RoundsOptions {
  readonly url: string
  readonly schema: string
  readonly rounds: number
  /** Longest time between two kills, in ms. */
  readonly pause: number
  /** Called before each kill: what else should go wrong. */
  readonly disturb?: (round: number) => Promise<void>
}

/** How long to wait for the one writer that is left to find that it is alone, in ms. */
const FINDING = 5_000

/**
 * Two processes write for two rounds, one for the two that follow, and so on; one is killed with SIGKILL in each round,
 * at any moment, and another takes its place. One that is alone is killed once it has found that it is.
 */
export const killRounds = async ({
  url,
  schema,
  rounds,
  pause,
  disturb,
}: RoundsOptions): Promise<RoundsReport> => {
  const directory = mkdtempSync(join(tmpdir(), 'ramal-kill-'))
  const journals: string[] = []
  const children: ChildProcess[] = []
  const start = (): Promise<ChildProcess> =>
    new Promise((resolve, reject) => {
      const journal = join(directory, `journal-${journals.length}`)
      journals.push(journal)
      const child = fork(WRITER, [url, schema, journal], { execArgv: ['--import', 'tsx'] })
      children.push(child)
      child.once('message', () => resolve(child))
      child.once('exit', (code) => reject(new Error(`A writer ended with ${code} before it wrote.`)))
    })
  const kill = (child: ChildProcess | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!child || child.exitCode !== null) return reject(new Error('A writer ended by itself.'))
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
    })

  const store = await postgresStore({ url, schema })
  const admin = new pg.Pool({ connectionString: url, max: 1 })
  admin.on('error', () => undefined)
  const writesAlone = async (): Promise<boolean> => {
    const { rowCount } = await admin.query(
      `select from pg_stat_activity where pid <> pg_backend_pid() and query like '%insert into ${schema}.events%'`,
    )
    return rowCount !== 0
  }
  const stop = new AbortController()
  const seen: Recorded[] = []
  const subscriber = (async () => {
    for await (const page of store.subscribe({ after: START }, stop.signal)) seen.push(...page.events)
  })()
  try {
    const writers: ChildProcess[] = []
    // A process takes longer to start than to be killed: some are on their way at any time.
    const starting: Promise<ChildProcess>[] = []
    const prepare = () => {
      const child = start()
      // Told to whoever waits for it; those left at the end are killed.
      child.catch(() => undefined)
      starting.push(child)
    }
    for (let i = 0; i < 3; i++) prepare()
    let alone = 0
    for (let round = 0; round < rounds; round++) {
      const together = round % 4 < 2
      while (writers.length < (together ? 2 : 1)) {
        prepare()
        const writer = await starting.shift()!
        writer.send('write')
        writers.push(writer)
      }
      await sleep(Math.random() * pause)
      await disturb?.(round)
      for (const end = performance.now() + FINDING; !together && performance.now() < end; await sleep(5))
        if (await writesAlone()) {
          await sleep(Math.random() * 10)
          alone++
          break
        }
      await kill(writers.shift())
    }
    await Promise.all(writers.map(kill))
    // What the last writers sent is carried out though they are gone.
    await sleep(500)
    const log = await gather(store.readAll({ after: START }))
    const deadline = performance.now() + 20_000
    while (seen.length < log.length && performance.now() < deadline) await sleep(20)

    const counts = new Map<string, number>()
    /** Of each append, how many of its events are missing. */
    const missing = new Map<string, number>()
    for (const { meta, data } of log) {
      counts.set(meta.id, (counts.get(meta.id) ?? 0) + 1)
      const { command, count } = data as { command: string; count: number }
      missing.set(command, (missing.get(command) ?? count) - 1)
    }
    const acknowledged = journals
      .filter((journal) => existsSync(journal))
      .flatMap((journal) => readFileSync(journal, 'utf8').split(/\s+/).filter(Boolean))
    return {
      rounds,
      alone,
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((id) => !counts.has(id)).length,
      torn: [...missing.values()].filter((n) => n !== 0).length,
      doubled: [...counts.values()].filter((n) => n > 1).length,
      written: log.length,
      skipped: log.filter((event, i) => seen[i]?.meta.id !== event.meta.id).length,
    }
  } finally {
    for (const child of children) child.kill('SIGKILL')
    stop.abort()
    await subscriber
    await store.close()
    await admin.end()
    rmSync(directory, { recursive: true, force: true })
  }
}
