import { join } from 'node:path'
import { type EventStore, random, START, StoreError, type Write } from '@ramal/core'
import { spawnTestServer } from '@ramal/kurrentdb-test-server'
import { kurrentdbStore } from '../src/index.js'
import { eventOf, freshFolder, gather } from './support.js'

export interface KillFigures {
  readonly rounds: number
  readonly acknowledged: number
  /** Appends that had to be given again, because the server died before it answered. */
  readonly retried: number
  /** Of those, how many turned out to have been carried out. */
  readonly repeated: number
  /** Acknowledged events that are not in the log. */
  readonly lost: number
  /** Events that are in the log more than once. */
  readonly doubled: number
  /** Events of the log that the subscription did not bring, or not in their place. */
  readonly skipped: number
  /** The longest time from a kill to the next acknowledged append, in ms: start of the server included. */
  readonly longestOutage: number
  readonly ms: number
}

const soon = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Gives an append again until it is answered, as a caller would. */
const insist = async (store: EventStore, writes: readonly Write[]) => {
  const deadline = Date.now() + 60_000
  for (let retries = 0; ; retries++) {
    try {
      const appended = await store.append(writes)
      if (appended._tag === 'Left') throw new Error(`A conflict: ${JSON.stringify(appended.left)}`)
      return { retries, repeated: appended.right.repeated }
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'unavailable') || Date.now() > deadline) throw error
      await soon(20)
    }
  }
}

/**
 * Kills a server with -9 again and again while four writers append and a subscription listens, and compares in
 * the end what was acknowledged, what the log holds, and what the subscription brought.
 */
export const runKillRounds = async (rounds: number, seed: string): Promise<KillFigures> => {
  const began = Date.now()
  const dice = random(seed)
  const file = join(freshFolder(), 'log')
  let server = await spawnTestServer(file)
  const port = Number(new URL(server.connectionString.replace('kurrentdb:', 'http:')).port)
  const store = await kurrentdbStore({
    connectionString: server.connectionString,
    silence: 500,
    deadline: 3_000,
  })
  const stopping = new AbortController()
  const brought: string[] = []
  const following = (async () => {
    for await (const { events } of store.subscribe({ after: START }, stopping.signal))
      brought.push(...events.map((e) => e.meta.id))
  })()
  const acknowledged: string[] = []
  const answered = [0, 0, 0, 0]
  let [retried, repeated, running, longestOutage] = [0, 0, true, 0]
  const write = async (writer: number) => {
    for (let i = 0; running; i++) {
      const events = [eventOf({ writer, i }, i % 3 === 0 ? { once: true } : {}), eventOf({ writer, i })]
      const writes: Write[] = [{ stream: `writer-${writer}`, expected: 'any', events }]
      if (i % 2 === 0)
        writes.push({ stream: `side-${writer}.${i}`, expected: 'empty', events: [eventOf({ i })] })
      const answer = await insist(store, writes)
      if (answer.retries > 0) retried += 1
      if (answer.retries > 0 && answer.repeated) repeated += 1
      answered[writer]! += 1
      acknowledged.push(...writes.flatMap((w) => w.events.map((e) => e.meta.id)))
    }
  }
  const writing = Promise.all(answered.map((_, writer) => write(writer)))
  for (let round = 0; round < rounds; round++) {
    // Each writer gets a word in: whoever must read first is slower, and would else never come to it.
    const before = [...answered]
    while (answered.some((count, writer) => count <= before[writer]!)) await soon(5)
    await soon(dice.below(60))
    await server.kill()
    const killed = Date.now()
    server = await spawnTestServer(file, port)
    for (const known = acknowledged.length; acknowledged.length === known; ) await soon(5)
    longestOutage = Math.max(longestOutage, Date.now() - killed)
  }
  running = false
  await writing
  const log = (await gather(store.readAll({ after: START }))).map((e) => e.meta.id)
  for (const deadline = Date.now() + 10_000; brought.length < log.length && Date.now() < deadline; )
    await soon(10)
  stopping.abort()
  await following
  await store.close()
  await server.kill()
  const there = new Set(log)
  return {
    rounds,
    acknowledged: acknowledged.length,
    retried,
    repeated,
    lost: acknowledged.filter((id) => !there.has(id)).length,
    doubled: log.length - there.size,
    skipped: log.filter((id, i) => brought[i] !== id).length + Math.max(0, brought.length - log.length),
    longestOutage,
    ms: Date.now() - began,
  }
}
