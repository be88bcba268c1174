import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Position, type Recorded, START } from '@ramal/core'
import { type DriverName, type SqliteStore, sqliteStore } from '../src/index.js'
import { freshFile, gather } from './support.js'

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
  /** Events that a subscriber, which went on from its checkpoint after each kill, did not get in their turn. */
  readonly skipped: number
  /** What the check of the whole log found. */
  readonly faults: readonly string[]
}

const WRITER = fileURLToPath(new URL('./writer.ts', import.meta.url))

const once = (child: ChildProcess, message: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null) =>
      reject(new Error(`A writer ended with ${code} before "${message}".`))
    child.once('exit', ended)
    child.once('message', () => {
      child.off('exit', ended)
      resolve()
    })
  })

const kill = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    if (child.exitCode !== null) return reject(new Error('A writer ended by itself.'))
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })

/** Follows from where it is, as a projection does that was started again. */
const follower = (store: SqliteStore, seen: Recorded[], checkpoint: { position: Position }) => {
  const stop = new AbortController()
  const following = (async () => {
    for await (const page of store.subscribe({ after: checkpoint.position }, stop.signal)) {
      seen.push(...page.events)
      checkpoint.position = page.position
    }
  })()
  return async () => {
    stop.abort()
    await following
  }
}

/** In each round one process writes to the log and is killed with SIGKILL at a moment drawn by lot. */
export const killRounds = async (
  driver: DriverName,
  rounds: number,
  longest = 60,
  tell: (done: number) => void = () => {},
): Promise<RoundsReport> => {
  const file = freshFile('kill')
  const journals: string[] = []
  const start = async (): Promise<ChildProcess> => {
    const journal = `${file}.journal-${journals.length}`
    journals.push(journal)
    const child = fork(WRITER, [file, driver, journal], { execArgv: ['--no-warnings', '--import', 'tsx'] })
    await once(child, 'ready')
    return child
  }
  const seen: Recorded[] = []
  const checkpoint = { position: START }
  let next = start()
  for (let round = 1; round <= rounds; round++) {
    const child = await next
    child.send('go')
    // Each third is killed also while it opens and recovers what the one before it left.
    if (round % 3 !== 0) await once(child, 'writing')
    // The one that will take its place starts meanwhile; it opens nothing before it is told to.
    next = round < rounds ? start() : next
    const reader = await sqliteStore(file, { driver, readOnly: true, pollInterval: 2 })
    const stop = follower(reader, seen, checkpoint)
    await sleep(Math.random() * longest)
    await kill(child)
    await stop()
    await reader.close()
    tell(round)
  }

  const store = await sqliteStore(file, { driver })
  const log = await gather(store.readAll({ after: START }))
  seen.push(...(await gather(store.readAll({ after: checkpoint.position }))))
  const { faults } = await store.integrity()
  await store.close()
  const counts = new Map<string, number>()
  const commands = new Map<string, number>()
  for (const { meta, data } of log) {
    counts.set(meta.id, (counts.get(meta.id) ?? 0) + 1)
    const { command } = data as { command: string }
    commands.set(command, (commands.get(command) ?? 0) + 1)
  }
  const acknowledged = journals
    .filter((journal) => existsSync(journal))
    .flatMap((journal) => readFileSync(journal, 'utf8').split('\n').filter(Boolean))
  return {
    rounds,
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((id) => !counts.has(id)).length,
    torn: [...commands.values()].filter((n) => n !== 4).length,
    doubled: [...counts.values()].filter((n) => n > 1).length,
    written: log.length,
    skipped: Math.max(
      log.filter((event, i) => seen[i]?.meta.id !== event.meta.id).length,
      Math.abs(seen.length - log.length),
    ),
    faults,
  }
}
