import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Recorded, START } from '@ramal/core'
import { postgresStore } from '../src/index.js'
import { gather } from './events.js'

export interface RoundsReport {
  readonly rounds: number
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

/** Two processes write; one is killed with SIGKILL in each round, at any moment, and another takes its place. */
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
  const stop = new AbortController()
  const seen: Recorded[] = []
  const subscriber = (async () => {
    for await (const page of store.subscribe({ after: START }, stop.signal)) seen.push(...page.events)
  })()
  try {
    const writers = await Promise.all([start(), start()])
    // A process takes longer to start than to be killed: some are on their way at any time.
    const starting = Array.from({ length: Math.min(3, rounds) }, start)
    for (let round = 0; round < rounds; round++) {
      await sleep(Math.random() * pause)
      await disturb?.(round)
      await kill(writers.shift())
      if (round + starting.length < rounds) starting.push(start())
      writers.push(await starting.shift()!)
    }
    await Promise.all(writers.map(kill))
    // What the last writers sent is carried out though they are gone.
    await sleep(500)
    const log = await gather(store.readAll({ after: START }))
    const deadline = performance.now() + 20_000
    while (seen.length < log.length && performance.now() < deadline) await sleep(20)

    const counts = new Map<string, number>()
    const commands = new Map<string, number>()
    for (const { meta, data } of log) {
      counts.set(meta.id, (counts.get(meta.id) ?? 0) + 1)
      const { command } = data as { command: string }
      commands.set(command, (commands.get(command) ?? 0) + 1)
    }
    const acknowledged = journals
      .filter((journal) => existsSync(journal))
      .flatMap((journal) => readFileSync(journal, 'utf8').split(/\s+/).filter(Boolean))
    return {
      rounds,
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((id) => !counts.has(id)).length,
      torn: [...commands.values()].filter((n) => n % 3 !== 0).length,
      doubled: [...counts.values()].filter((n) => n > 1).length,
      written: log.length,
      skipped: log.filter((event, i) => seen[i]?.meta.id !== event.meta.id).length,
    }
  } finally {
    for (const child of children) child.kill('SIGKILL')
    stop.abort()
    await subscriber
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  }
}
