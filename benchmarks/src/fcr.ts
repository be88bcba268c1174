import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EventStore, type Recorded, START } from '@ramal/core'
import {
  DAY,
  defaultDefinition,
  type FcrState,
  factReader,
  factTypes,
  fcrProjection,
  type LiveFcr,
  liveFcr,
} from '@ramal/fcr'
import { sqliteStore } from '@ramal/store-sqlite'
import { EVENTS_PER_CONVERSATION, isRepeat, recordedOf, START_OF_LOG, writesOf } from './fcr-log.js'
import { type Bench, type BenchContext, interleave, jsonParseFloor, percentiles } from './harness.js'

const HOUR = 3_600_000
const FOREVER = START_OF_LOG + 10_000 * DAY
const types = factTypes(defaultDefinition)
const categories = ['conversation', 'customer', 'agent']

const repeatsIn = (conversations: number): number =>
  Array.from({ length: conversations }, (_, i) => i).filter(isRepeat).length

/** A wrong answer has no speed. */
const check = (live: LiveFcr, conversations: number): void => {
  const failed = repeatsIn(conversations)
  const success = conversations - 2 * failed
  const { total } = live
  if (total.success !== success || total.failed !== failed)
    throw new Error(`Expected ${success} successes and ${failed} failures, found ${JSON.stringify(total)}.`)
}

const fill = async (store: EventStore, conversations: number, log: BenchContext['log']): Promise<void> => {
  const batch = 100
  for (let from = 0; from < conversations; from += batch) {
    const result = await store.append(writesOf(from, Math.min(from + batch, conversations)))
    if (result._tag === 'Left') throw new Error(`The log could not be written: ${result.left._tag}.`)
    if (from % 20_000 === 0 && from > 0) log(`${from} conversations written`)
  }
}

const recomputation = async ({ quick, log, figure }: BenchContext): Promise<void> => {
  const conversations = Math.floor((quick ? 50_000 : 1_000_000) / EVENTS_PER_CONVERSATION)
  const events = conversations * EVENTS_PER_CONVERSATION
  const folder = await mkdtemp(join(tmpdir(), 'ramal-bench-fcr-'))
  const store = await sqliteStore(join(folder, 'log.db'))
  try {
    await fill(store, conversations, log)
    const texts: string[] = []
    for await (const page of store.readAll({ after: START }))
      for (const event of page.events) texts.push(JSON.stringify(event))
    if (texts.length !== events) throw new Error(`The log has ${texts.length} events, not ${events}.`)
    let live = liveFcr({ definition: defaultDefinition })
    const fromStore = async () => {
      live = liveFcr({ definition: defaultDefinition })
      const read = factReader()
      for await (const page of store.readAll({ after: START, types, categories }))
        for (const event of page.events) read(event, live.record)
      live.refresh(FOREVER)
      return events
    }
    const parsed = texts.map((text) => JSON.parse(text)).filter(({ type }) => types.includes(type))
    const fromMemory = () => {
      live = liveFcr({ definition: defaultDefinition })
      const read = factReader()
      for (const event of parsed) read(event, live.record)
      live.refresh(FOREVER)
      return events
    }
    const after = () => check(live, conversations)
    const rates = await interleave(
      { store: { run: fromStore, after }, memory: { run: fromMemory, after }, parse: jsonParseFloor(texts) },
      { rounds: quick ? 2 : 5 },
    )
    const beside = { name: 'JSON.parse of all', value: rates.parse.best }
    const unit = 'events/s'
    figure({
      figure: 'full recomputation, from SQLite',
      value: rates.store.best,
      unit,
      beside,
      goal: { ratio: { min: 0.5 } },
    })
    figure({ figure: 'full recomputation, events in memory', value: rates.memory.best, unit, beside })
  } finally {
    await store.close()
    await rm(folder, { recursive: true })
  }
}

const held = (): number => {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const checkUndecided = ({ total }: LiveFcr, failed: number, pending: number): void => {
  if (total.failed !== failed || total.pending !== pending || total.success !== 0)
    throw new Error(`Expected ${failed} failed and ${pending} pending, found ${JSON.stringify(total)}.`)
}

const updates = ({ quick, log, figure }: BenchContext): void => {
  const conversations = quick ? 50_000 : 1_000_000
  const count = quick ? 10_000 : 100_000
  // All within six days, so that at their end every window is still open.
  const spacing = (6 * DAY) / conversations
  const projection = fcrProjection({ definition: defaultDefinition })
  const wanted = new Set(types)
  const before = held()
  const state: FcrState = projection.initial()
  for (let number = 0; number < conversations; number++) {
    for (const event of recordedOf(number, wanted, spacing)) projection.apply(state, event)
    if (number % 250_000 === 249_999) log(`${number + 1} conversations known`)
  }
  let now = START_OF_LOG + 6 * DAY + 2 * HOUR
  state.refresh(now)
  const bytes = held() - before
  const failed = repeatsIn(conversations)
  const pending = conversations - 2 * failed
  checkUndecided(state, failed, pending)
  figure({ figure: 'memory of a conversation', value: bytes / conversations, unit: 'bytes' })
  figure({ figure: 'memory of an undecided unit', value: bytes / pending, unit: 'bytes' })

  // An update is one event, of a conversation that is new or of one that is there, and the judgement after it.
  const samples: number[] = []
  const update = (event: Recorded) => {
    const late = { ...event, meta: { ...event.meta, at: ++now }, recordedAt: now }
    const start = process.hrtime.bigint()
    projection.apply(state, late)
    state.refresh(now)
    samples.push(Number(process.hrtime.bigint() - start) / 1000)
  }
  // Numbers that five divides neither repeat nor are repeated.
  const untouched = (i: number) => ((i * 7919) % (conversations / 5)) * 5
  const fresh = Math.floor(count / 5)
  for (let i = 0; i < fresh; i++) {
    for (const event of recordedOf(conversations * 2 + i * 5, wanted, spacing)) update(event)
    const [opened] = recordedOf(untouched(i), wanted, spacing)
    update({
      ...opened!,
      type: 'ConversationReopened',
      data: { by: { kind: 'customer' }, reason: 'wrote again' },
    })
  }
  const touched = new Set(Array.from({ length: fresh }, (_, i) => untouched(i))).size
  checkUndecided(state, failed + touched, pending - touched + fresh)
  const { p50, p99, p999 } = percentiles(samples)
  const at = `at ${conversations.toLocaleString('en-US')} conversations`
  figure({ figure: `live update, p50 ${at}`, value: p50, unit: 'µs' })
  figure({ figure: `live update, p99 ${at}`, value: p99, unit: 'µs', goal: { value: { max: 1000 } } })
  figure({ figure: `live update, p99.9 ${at}`, value: p999, unit: 'µs' })
}

export const bench: Bench = {
  name: 'fcr',
  description:
    'First-contact resolution by the default definition. Recomputed over a log of messaging conversations, fourteen ' +
    'events each, of which it reads four: events a second counts all of the log, beside parsing all of it. Kept ' +
    'live: one event and one judgement, while all windows are open.',
  async run(context) {
    await recomputation(context)
    updates(context)
  },
}
