import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Bench,
  type BenchContext,
  type Contender,
  interleave,
  type Percentiles,
  percentiles,
  type Rate,
} from './harness.js'
import { openDesk } from './ingest-desk.js'
import { startDoor } from './ingest-doorkeeper.js'
import { type Loader, startLoader } from './ingest-loader.js'
import {
  ALONE,
  APP_SECRET,
  AUTH_TOKEN,
  FIRST,
  MIX,
  sentBefore,
  type Webhook,
  webhookAt,
} from './ingest-mix.js'
import { bareServer, closeServer, listen } from './ingest-servers.js'

const CONNECTIONS = 256

/** Parsing the same bodies and computing the signature of each, and nothing else. */
const parseAndSign = (webhooks: readonly Webhook[]): Contender => {
  const bodies = webhooks.map(({ body, contentType }) => ({
    bytes: Buffer.from(body),
    json: contentType === 'application/json',
  }))
  return {
    run() {
      for (const { bytes, json } of bodies) {
        const text = bytes.toString()
        if (json) JSON.parse(text)
        else new URLSearchParams(text)
        createHmac(json ? 'sha256' : 'sha1', json ? APP_SECRET : AUTH_TOKEN)
          .update(bytes)
          .digest()
      }
      return bodies.length
    },
  }
}

/** What this process has spent, in µs. */
const spentHere = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** The CPU that a process spends, in µs a webhook; of the best round. */
const metered = (
  contender: Contender,
  spent: () => number | Promise<number> = spentHere,
): Contender & { readonly cpu: () => number } => {
  let best = Number.POSITIVE_INFINITY
  return {
    ...contender,
    cpu: () => best,
    async run() {
      const before = await spent()
      const done = await contender.run()
      best = Math.min(best, ((await spent()) - before) / done)
      return done
    },
  }
}

interface Beside {
  readonly engine: number
  readonly door: number
}

interface Plan {
  readonly perRound: number
  readonly rounds: number
  /** Of the runs at half the load, in seconds: to the engine, and to the door. */
  readonly seconds: Beside
  /** Webhooks a second that these runs do not pass, because each needs its customers and their history. */
  readonly most: Beside
  /** Webhooks of the round that one customer writes alone. */
  readonly alone: number
}

/** Rounds at half the load, of which the best counts: on a shared machine one standstill of it is one percent. */
const OPEN_ROUNDS = 3

/** Rounds in which a process that has just begun becomes as fast as it is. */
const WARMUPS = 3

const QUICK: Plan = {
  perRound: 2_000,
  rounds: 3,
  seconds: { engine: 2, door: 1 },
  most: { engine: 2_500, door: 5_000 },
  alone: 150,
}
const FULL: Plan = {
  perRound: 10_000,
  rounds: 6,
  seconds: { engine: 10, door: 5 },
  most: { engine: 6_000, door: 9_000 },
  alone: 2_000,
}

const measure = async (
  folder: string,
  loader: Loader,
  { quick, log, figure }: BenchContext,
): Promise<void> => {
  const { perRound, rounds, seconds, most, alone } = quick ? QUICK : FULL
  const openRuns = most.engine * seconds.engine + most.door * seconds.door
  const end = FIRST + (rounds + 2) * perRound + openRuns + (rounds + WARMUPS) * perRound
  log('customers write, and are answered: the history that statuses are about')
  const desk = await openDesk(folder, sentBefore(end))
  const server = createServer(desk.listener)
  const bare = bareServer()
  const [port, barePort] = [await listen(server), await listen(bare)]
  let next = FIRST
  const contender = (target: number, fresh: boolean): Contender => ({
    async before() {
      if (!fresh) return
      await loader.prepare(next, perRound, desk.sent)
      next += perRound
    },
    async run() {
      await loader.closed(target, CONNECTIONS)
      return perRound
    },
  })
  const ours = metered(contender(port, true))
  const floor = metered(contender(barePort, false))
  const sample = Array.from({ length: perRound }, (_, i) => webhookAt(FIRST + i, desk.sent))
  log(`${rounds} rounds of ${perRound} webhooks`)
  const rates = await interleave({ ours, floor, parse: parseAndSign(sample) }, { rounds, warmups: 1 })
  const unit = 'webhooks/s'
  const besideBare = (rate: Rate) => ({ name: 'the same to a server that answers 200', value: rate.best })
  figure({
    figure: 'verified, decoded, deduplicated, on disk, whole engine',
    value: rates.ours.best,
    unit,
    beside: besideBare(rates.floor),
  })
  figure({
    figure: 'the same, beside parse and HMAC',
    value: rates.ours.best,
    unit,
    beside: { name: 'JSON.parse and HMAC alone', value: rates.parse.best },
  })
  figure({
    figure: 'CPU of the server',
    value: ours.cpu(),
    unit: 'µs/webhook',
    beside: { name: 'that of a server that answers 200', value: floor.cpu() },
  })

  log('everything of the last round again')
  const before = await desk.events()
  const again = metered(contender(port, false))
  const repeats = await interleave({ again }, { rounds: quick ? 2 : 4, warmups: 0 })
  if ((await desk.events()) !== before) throw new Error('What was delivered again is in the log again.')
  figure({ figure: 'delivered again', value: repeats.again.best, unit, beside: besideBare(rates.floor) })

  /** At half the load that was measured, whether it keeps up or not. @returns how many were sent */
  const atHalf = async (who: keyof Beside, target: number, measured: Rate): Promise<number> => {
    const rate = Math.min(most[who], measured.median / 2)
    const count = Math.floor((rate * seconds[who]) / OPEN_ROUNDS)
    log(
      `${OPEN_ROUNDS} rounds of ${count} webhooks, ${Math.round(rate)} a second, whether it keeps up or not`,
    )
    const found: Percentiles[] = []
    for (let round = 0; round < OPEN_ROUNDS; round++) {
      await loader.prepare(next, count, desk.sent)
      next += count
      found.push(percentiles(await loader.open(target, 2 * CONNECTIONS, rate)))
    }
    const { p50, p99, p999 } = found.reduce((best, one) => (one.p99 < best.p99 ? one : best))
    const what = `answer of the ${who} at half that load`
    figure({ figure: `${what} (${Math.round(rate)}/s), p50`, value: p50, unit: 'ms' })
    figure({ figure: `${what}, p99`, value: p99, unit: 'ms', goal: { value: { max: 50 } } })
    figure({ figure: `${what}, p99.9`, value: p999, unit: 'ms' })
    return OPEN_ROUNDS * count
  }
  await atHalf('engine', port, rates.ours)

  log('one customer writes all, which no customer does')
  let single = ALONE
  const { one } = await interleave(
    {
      one: {
        async before() {
          await loader.prepare(single, alone, desk.sent)
          single += alone
        },
        async run() {
          await loader.closed(port, CONNECTIONS)
          return alone
        },
      },
    },
    { rounds: 2, warmups: 0 },
  )
  figure({
    figure: 'all of one customer, one after the other',
    value: one.best,
    unit,
    beside: besideBare(rates.floor),
  })

  await Promise.all([closeServer(server), closeServer(bare)])
  await desk.close()

  log(
    'the same to a door in a process of its own, as beside engines that route, and to a bare server in that process',
  )
  const door = await startDoor(folder)
  const taken = metered(contender(door.port, true), door.spent)
  const bareAgain = metered(contender(door.barePort, false), door.spent)
  const beside = await interleave({ taken, bareAgain }, { rounds, warmups: WARMUPS })
  figure({
    figure: 'verified, decoded, deduplicated, on disk, a door',
    value: beside.taken.best,
    unit,
    beside: besideBare(beside.bareAgain),
    goal: { ratio: { min: 0.5 } },
  })
  figure({
    figure: 'CPU of the server, a door',
    value: taken.cpu(),
    unit: 'µs/webhook',
    beside: { name: 'that of a server that answers 200', value: bareAgain.cpu() },
  })

  const repeated = metered(contender(door.port, false), door.spent)
  const doorAgain = await interleave({ repeated }, { rounds: quick ? 2 : 4, warmups: 0 })
  figure({
    figure: 'delivered again, a door',
    value: doorAgain.repeated.best,
    unit,
    beside: besideBare(beside.bareAgain),
  })
  const atDoor = await atHalf('door', door.port, beside.taken)
  await door.close()

  log('an engine takes in what the door took')
  const taking = await desk.takeIn()
  figure({
    figure: 'taken in from the inbox and routed by an engine',
    value: (((rounds + WARMUPS) * perRound + atDoor) * 1_000) / taking,
    unit,
    beside: besideBare(beside.bareAgain),
  })

  log('looking for every acknowledged webhook in the log')
  await desk.check(FIRST, next)
  await desk.check(ALONE, single)
  await desk.close()
}

export const bench: Bench = {
  name: 'ingest',
  description:
    'Webhooks over HTTP on loopback, from another process, to a whole engine in one thread on a SQLite file, and to a ' +
    `door, which leaves all that follows to an engine that then reads what it took: ${MIX}. ` +
    `${CONNECTIONS} connections, each with one webhook at a time. Every acknowledged one is then looked for in the log. ` +
    'Latency is counted from when a webhook should have been sent.',
  async run(context) {
    const folder = mkdtempSync(join(tmpdir(), 'ramal-bench-ingest-'))
    const loader = startLoader()
    try {
      await measure(folder, loader, context)
    } finally {
      loader.end()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
