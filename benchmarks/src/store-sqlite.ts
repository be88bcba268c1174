import { closeSync, fdatasyncSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { START, type StreamName } from '@ramal/core'
import { type SqliteStore, sqliteStore } from '@ramal/store-sqlite'
import { type Bench, type BenchContext, interleave, jsonParseFloor, percentiles } from './harness.js'

const TYPES = ['MessageReceived', 'MessageSent', 'OfferIssued', 'OfferAccepted']

let made = 0
const newEvent = () => {
  const i = made++
  return {
    type: TYPES[i % TYPES.length]!,
    data: {
      messageId: `wamid.${i}`,
      from: `+3516100000${i % 100}`,
      content: { kind: 'text', text: `Is it open today? I would come at ${i % 24} with ${i % 7} friends.` },
    },
    meta: {
      id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      at: 1_700_000_000_000 + i,
      tenant: 'demo',
      correlationId: `c-${i >> 3}`,
      causationId: `m-${i}`,
      schemaVersion: 1,
    },
  }
}

/** Appends one event after the other, ten to a stream, each expected where it belongs. */
const writerOn = (store: SqliteStore, name: string) => {
  let version = -1
  let conversation = 0
  return async () => {
    const stream: StreamName = `conversation-${name}.${conversation}`
    const expected = version < 0 ? ('empty' as const) : { at: version }
    const result = await store.append([{ stream, expected, events: [newEvent()] }])
    if (result._tag === 'Left') throw new Error(`A single writer met ${JSON.stringify(result.left)}.`)
    version = version === 8 ? -1 : version + 1
    if (version < 0) conversation++
  }
}

const scan = async (directory: string, { quick, log, figure }: BenchContext) => {
  const count = quick ? 10_000 : 60_000
  const store = await sqliteStore(join(directory, 'scan.db'))
  log(`writing ${count} events with ${store.driver}`)
  const writers = Array.from({ length: 500 }, (_, i) => writerOn(store, `scan-${i}`))
  for (let n = 0; n < count; n += writers.length) await Promise.all(writers.map((append) => append()))
  const texts: string[] = []
  for await (const { events } of store.readAll({ after: START }))
    for (const event of events) texts.push(JSON.stringify(event))
  if (texts.length !== count) throw new Error(`The log holds ${texts.length} events, not ${count}.`)
  const read = async (types?: readonly string[]) => {
    let seen = 0
    for await (const { events } of store.readAll({ after: START, ...(types ? { types } : {}) }))
      seen += events.length
    if (seen !== (types ? count / TYPES.length : count)) throw new Error(`A scan saw ${seen} of ${count}.`)
    return count
  }
  log('scanning')
  const rates = await interleave(
    {
      scan: { run: () => read() },
      filtered: { run: () => read([TYPES[2]!]) },
      floor: jsonParseFloor(texts),
    },
    // Short rounds and many: some of them fall into a quiet moment of the machine.
    { rounds: quick ? 12 : 30, warmups: 2 },
  )
  const beside = { name: 'JSON.parse of the same events', value: rates.floor.best }
  const unit = 'events/s'
  figure({ figure: 'scan and parse', value: rates.scan.best, unit, beside, goal: { ratio: { min: 0.55 } } })
  figure({ figure: 'scan for one type of four', value: rates.filtered.best, unit, beside })
  await store.close()
}

/** Commits and plain syncs in turn, a few at a time: what disturbs the disk falls on both. */
const latency = async (directory: string, { quick, log, figure }: BenchContext) => {
  const store = await sqliteStore(join(directory, 'latency.db'))
  const append = writerOn(store, 'latency')
  const block = Buffer.alloc(4096, 0x61)
  const file = openSync(join(directory, 'floor'), 'w')
  for (let i = 0; i < 200; i++) writeSync(file, block, 0, block.length, i * block.length)
  fsyncSync(file)
  // The write-ahead log reaches the length that it then keeps.
  for (let i = 0; i < 700; i++) await append()
  log('measuring one writer beside fdatasync')
  const time = async (work: () => unknown, into: number[]) => {
    const start = performance.now()
    await work()
    into.push((performance.now() - start) * 1_000)
  }
  let best: { readonly ours: number; readonly floor: number } | undefined
  for (let round = 0; round < (quick ? 3 : 12); round++) {
    const [ours, floor]: [number[], number[]] = [[], []]
    for (let i = 0; i < 200; i++) {
      await time(append, ours)
      await time(() => {
        writeSync(file, block, 0, block.length, (i % 200) * block.length)
        fdatasyncSync(file)
      }, floor)
    }
    const found = { ours: percentiles(ours).p50, floor: percentiles(floor).p50 }
    if (!best || found.ours / found.floor < best.ours / best.floor) best = found
  }
  closeSync(file)
  await store.close()
  figure({
    figure: 'durable append, 1 writer, p50',
    value: best!.ours,
    unit: 'µs',
    beside: { name: 'write 4 KiB and fdatasync, p50', value: best!.floor },
    goal: { ratio: { max: 2 } },
  })
}

const throughput = async (directory: string, { quick, log, figure }: BenchContext) => {
  const store = await sqliteStore(join(directory, 'throughput.db'))
  const first = made
  const contender = (writers: number, each: number) => {
    const all = Array.from({ length: writers }, (_, i) => writerOn(store, `w${writers}-${i}`))
    return {
      async run() {
        await Promise.all(
          all.map(async (append) => {
            for (let n = 0; n < each; n++) await append()
          }),
        )
        return writers * each
      },
    }
  }
  log('measuring 1, 16 and 256 writers')
  const rates = await interleave(
    {
      one: contender(1, quick ? 120 : 200),
      sixteen: contender(16, quick ? 50 : 100),
      many: contender(256, quick ? 25 : 60),
    },
    { rounds: quick ? 3 : 12 },
  )
  const beside = { name: 'durable append, 1 writer', value: rates.one.best }
  const unit = 'events/s'
  figure({ figure: 'durable append, 1 writer', value: rates.one.best, unit })
  figure({
    figure: 'durable append, 16 writers',
    value: rates.sixteen.best,
    unit,
    beside,
    goal: { ratio: { min: 5 } },
  })
  figure({
    figure: 'durable append, 256 writers',
    value: rates.many.best,
    unit,
    beside,
    goal: { ratio: { min: 15 } },
  })
  const { ok, faults, events } = await store.integrity()
  if (!ok || events !== made - first) throw new Error(`${events} of ${made - first}: ${faults.join(' ')}`)
  await store.close()
}

/** How long everything else in the thread waits while 256 writers append, and what a thread of its own changes. */
const waiting = async (directory: string, { quick, log, figure }: BenchContext) => {
  log('measuring how long others wait, with SQLite in this thread and in its own')
  const measure = async (worker: boolean) => {
    const store = await sqliteStore(join(directory, `waiting-${worker}.db`), { worker })
    const writers = Array.from({ length: 256 }, (_, i) => writerOn(store, `wait-${i}`))
    const run = (each: number) =>
      Promise.all(
        writers.map(async (append) => {
          for (let n = 0; n < each; n++) await append()
        }),
      )
    await run(5)
    const each = quick ? 15 : 150
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const start = performance.now()
    await run(each)
    const rate = (each * writers.length * 1_000) / (performance.now() - start)
    delay.disable()
    await store.close()
    return { rate, p99: delay.percentile(99) / 1e6 }
  }
  const here = await measure(false)
  const there = await measure(true)
  figure({
    figure: 'delay of a timer, p99, 256 writers, worker',
    value: there.p99,
    unit: 'ms',
    beside: { name: 'the same without a worker', value: here.p99 },
  })
  figure({
    figure: 'durable append, 256 writers, worker',
    value: there.rate,
    unit: 'events/s',
    beside: { name: 'the same without a worker', value: here.rate },
  })
}

/** Events whose ids alone tell them from a retry, appended to streams of their own and to one that is as long as the log. */
const keyed = async (directory: string, { quick, log, figure }: BenchContext) => {
  const count = quick ? 10_000 : 100_000
  const store = await sqliteStore(join(directory, 'keyed.db'))
  const append = async (stream: StreamName, events: number) => {
    const event = () => ({ ...newEvent(), once: true as const })
    const result = await store.append([
      { stream, expected: 'any', events: Array.from({ length: events }, event) },
    ])
    if (result._tag === 'Left') throw new Error(`New ids met ${JSON.stringify(result.left)}.`)
  }
  log(`${count} events in one stream, ${count} in many`)
  for (let n = 0; n < count; n += 500) {
    await append('endpoint-long', 250)
    await Promise.all(Array.from({ length: 250 }, (_, i) => append(`endpoint-short.${n + i}`, 1)))
  }
  const some = quick ? 1_000 : 4_000
  let streams = 0
  const round = (stream: () => StreamName) => ({
    async run() {
      await Promise.all(Array.from({ length: some }, () => append(stream(), 1)))
      return some
    },
  })
  const { long, short } = await interleave(
    { long: round(() => 'endpoint-long'), short: round(() => `endpoint-fresh.${streams++}`) },
    { rounds: quick ? 3 : 6, warmups: 1 },
  )
  figure({
    figure: `appends by key to a stream of ${count / 1000},000 events`,
    value: long.best,
    unit: 'appends/s',
    beside: { name: 'the same to streams of their own', value: short.best },
    goal: { ratio: { min: 0.5 } },
  })
  await store.close()
}

export const bench: Bench = {
  name: 'store-sqlite',
  description:
    'The embedded store in the folder for temporary files: reading the whole log, and appends of one event of some ' +
    '450 bytes that resolve when they are on the disk. Ten events a stream, each with its expected version; and by key.',
  async run(context) {
    const directory = mkdtempSync(join(tmpdir(), 'ramal-bench-'))
    try {
      await scan(directory, context)
      await latency(directory, context)
      await throughput(directory, context)
      await waiting(directory, context)
      await keyed(directory, context)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  },
}
