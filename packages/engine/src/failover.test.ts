import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type EventStore, START } from '@ramal/core'
import { type PostgresServer, postgresBinaries, startPostgres } from '@ramal/postgres-test-server'
import { verifyPasses } from '@ramal/router'
import { applyToRouting, initialState, violations } from '@ramal/routing'
import { postgresStore } from '@ramal/store-postgres'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'

const test = suite('failover')
const ENGINES = 3
const AGENTS = 6
const ROUNDS = Number(process.env.RAMAL_FAILOVER_ROUNDS ?? 4)

/** What an engine tells its parent. */
interface FromEngine {
  readonly ready?: boolean
  readonly active?: boolean
  readonly acknowledged?: number
  readonly failed?: number
}

interface Engine {
  readonly child: ChildProcess
  active: boolean
  ready: boolean
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const until = async (what: string, holds: () => boolean | Promise<boolean>, ms = 60_000): Promise<number> => {
  const begun = performance.now()
  while (!(await holds())) {
    if (performance.now() - begun > ms) throw new Error(`${what}: not within ${ms} ms.`)
    await sleep(25)
  }
  return performance.now() - begun
}

/** Customers who write until they are told that the message has arrived, through whichever engine lives. */
const crowd = (engines: () => readonly Engine[]) => {
  const acknowledged = new Set<number>()
  const waiting = new Map<number, number>()
  let next = 0
  let writing = true
  const send = (n: number) => {
    const alive = engines().filter((e) => e.ready && e.child.connected)
    waiting.set(n, performance.now())
    alive[n % alive.length]?.child.send({ n })
  }
  const timer = setInterval(() => {
    if (writing) send(next++)
    // Not told within two seconds: it is written again.
    for (const [n, at] of waiting) if (performance.now() - at > 2000) send(n)
  }, 40)
  return {
    acknowledged,
    waiting,
    hear(message: FromEngine) {
      if (message.acknowledged !== undefined) {
        acknowledged.add(message.acknowledged)
        waiting.delete(message.acknowledged)
      }
      if (message.failed !== undefined) waiting.set(message.failed, performance.now() - 1500)
    },
    hush: () => {
      writing = false
    },
    end: () => clearInterval(timer),
    sent: () => next,
  }
}

/** Folds the whole log and looks at every prefix. */
const examine = async (store: EventStore) => {
  const state = initialState()
  const received = new Map<number, number>()
  const accepted = new Map<string, number>()
  const terms: string[] = []
  const broken: string[] = []
  let events = 0
  for await (const page of store.readAll({ after: START }))
    for (const event of page.events) {
      events++
      applyToRouting(state, event)
      const data = event.data as {
        readonly providerId?: string
        readonly router?: string
        readonly offer?: string
      }
      if (event.type === 'MessageReceived') {
        const n = Number(data.providerId!.slice(1))
        received.set(n, (received.get(n) ?? 0) + 1)
      }
      if (event.type === 'OfferAccepted') accepted.set(data.offer!, (accepted.get(data.offer!) ?? 0) + 1)
      if (event.type === 'TermStarted') terms.push(data.router!)
      for (const { invariant, what } of violations(state))
        broken.push(`${event.position}: ${invariant}: ${what}`)
    }
  return { received, accepted, terms, broken, events }
}

const countResolved = async (store: EventStore): Promise<number> => {
  const resolved = new Set<string>()
  for await (const { events } of store.readAll({ after: START, types: ['ConversationResolved'] }))
    for (const { stream } of events) resolved.add(stream)
  await sleep(250)
  return resolved.size
}

if (postgresBinaries().length === 0)
  test.skip('engines on one PostgreSQL: there is no PostgreSQL here; install the development dependencies', () => {})
else
  test(
    `of ${ENGINES} engines on one PostgreSQL the active router is killed ${ROUNDS} times: nothing is lost, assigned twice or over capacity`,
    async () => {
      const server: PostgresServer = await startPostgres()
      const engines: Engine[] = []
      const customers = crowd(() => engines)
      let names = 0
      const start = (): Engine => {
        const node = fileURLToPath(new URL('../test/node.ts', import.meta.url))
        const child = fork(node, [server.url(), `engine${names++}`, String(AGENTS)], {
          execArgv: ['--import', 'tsx'],
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        })
        const engine: Engine = { child, active: false, ready: false }
        child.on('message', (message: FromEngine) => {
          if (message.ready) engine.ready = true
          if (message.active !== undefined) engine.active = message.active
          customers.hear(message)
        })
        engines.push(engine)
        return engine
      }
      const alive = () => engines.filter(({ child }) => child.exitCode === null && child.signalCode === null)
      const store = await postgresStore({ url: server.url() })
      try {
        start()
        await until('the first engine starts', () => engines[0]!.ready)
        for (let i = 1; i < ENGINES; i++) start()
        await until('all engines start', () => engines.every(({ ready }) => ready))
        const takeovers: number[] = []
        for (let round = 0; round < ROUNDS; round++) {
          await until('an engine is active', () => alive().some(({ active }) => active))
          await sleep(500)
          const active = alive().find((engine) => engine.active)!
          active.child.kill('SIGKILL')
          engines.splice(engines.indexOf(active), 1)
          takeovers.push(
            await until('another takes over', () => alive().some((e) => e !== active && e.active), 15_000),
          )
          start()
          await until('an engine joins', () => engines.every(({ ready }) => ready))
        }
        customers.hush()
        await until('every message is acknowledged', () => customers.waiting.size === 0)
        await until(
          'every conversation is resolved',
          async () => (await countResolved(store)) === customers.sent(),
        )
        const { received, accepted, terms, broken, events } = await examine(store)
        assert.equal(broken, [])
        for (const n of customers.acknowledged) assert.is(received.get(n), 1, `message ${n}`)
        for (const [offer, times] of accepted) assert.is(times, 1, offer)
        assert.ok(terms.length > ROUNDS, `${terms}`)
        const { differences, passes } = await verifyPasses(store)
        assert.equal(differences, [])
        const longest = Math.max(...takeovers) / 1000
        console.log(
          `${ROUNDS} kills of the active router: ${customers.sent()} messages, ${events} events, ${passes} passes, 0 lost, 0 twice; another was active after at most ${longest.toFixed(1)} s`,
        )
        assert.ok(longest < 10, 'within seconds')
      } finally {
        customers.end()
        for (const { child } of engines) child.kill('SIGKILL')
        await store.close()
        await server.remove()
      }
    },
    { timeout: 180_000 },
  )

test.run()
