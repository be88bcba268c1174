import { positionOf } from '@ramal/core'
import { MOST } from '@ramal/router'
import { type Matcher, matcher, type PassInput, route, routeWith, violations } from '@ramal/routing'
import { type Bench, type BenchContext, percentiles } from './harness.js'
import { bitsetScan } from './routing-bitset.js'
import { durable } from './routing-durable.js'
import { type Center, center, type Shape } from './routing-world.js'

const timed = <T>(work: () => T): { readonly result: T; readonly ms: number } => {
  const start = performance.now()
  const result = work()
  return { result, ms: performance.now() - start }
}

let passes = 0
const inputFor = ({ now, events }: Center): PassInput => ({
  pass: `p${++passes}`,
  now: now + 1,
  basis: positionOf(events),
})

interface Cycle {
  /** Decisions a second in the passes of the best round, and with all that happens between them. */
  readonly passes: number
  readonly whole: number
}

/** Rounds of: something happens, a pass decides what follows, and what it decided is folded. */
const run = (m: Matcher, c: Center, rounds: number, steps: number, happen: () => void): Cycle => {
  let best: Cycle = { passes: 0, whole: 0 }
  for (let round = 0; round < rounds; round++) {
    let decided = 0
    let inPasses = 0
    const { ms } = timed(() => {
      for (let step = 0; step < steps; step++) {
        happen()
        const { result, ms: took } = timed(() => routeWith(m, inputFor(c)))
        inPasses += took
        decided += result.decisions.length
        c.fold(result.decisions)
      }
    })
    best = {
      passes: Math.max(best.passes, (decided * 1000) / inPasses),
      whole: Math.max(best.whole, (decided * 1000) / ms),
    }
  }
  return best
}

/** One pass in three ways on one state, which must decide the same. In decisions a second. */
const compare = (m: Matcher, c: Center) => {
  const input = inputFor(c)
  const plain = timed(() => route(c.state, input))
  const scan = bitsetScan(c.state, c.policy)
  const bits = timed(() => scan(input.now))
  const ours = routeWith(m, input)
  const { decisions } = plain.result
  if (JSON.stringify(ours) !== JSON.stringify(plain.result)) throw new Error('The matcher decides otherwise.')
  const pairs = decisions.map(({ stream, event }) =>
    event.type === 'OfferIssued' ? `${stream.slice('conversation-'.length)} ${event.data.agent}` : event.type,
  )
  if (pairs.join() !== bits.result.join()) throw new Error('The bitset scan decides otherwise.')
  c.fold(decisions)
  return {
    plain: (decisions.length * 1000) / plain.ms,
    bits: (decisions.length * 1000) / Math.max(bits.ms, 0.001),
  }
}

const check = ({ state }: Center): void => {
  const [first] = violations(state)
  if (first) throw new Error(`${first.invariant}: ${first.what}`)
}

interface Measured {
  readonly name: string
  readonly shape: Shape
  /** Whether this is what the goals of decisions a second are about. */
  readonly goals: boolean
  /** `tickets`: all agents are busy, and who finishes is offered the best ticket. `agents`: the other way round. */
  readonly waits: 'tickets' | 'agents'
  /** Whether the plain way and the bitset scan are measured beside it. */
  readonly beside: boolean
}

const BATCH = 100

const measure = (
  { name, shape, goals, waits, beside }: Measured,
  { quick, log, figure }: BenchContext,
): void => {
  const { gc } = globalThis
  gc?.()
  const empty = process.memoryUsage().heapUsed
  const c = center(shape)
  gc?.()
  const built = process.memoryUsage().heapUsed
  const m = matcher(c.state)
  const first = timed(() => routeWith(m, inputFor(c)))
  c.fold(first.result.decisions)
  log(`${name}: ${first.result.decisions.length} decisions in a first pass of ${Math.round(first.ms)} ms`)
  gc?.()
  const indexed = process.memoryUsage().heapUsed
  const busy = Math.min(shape.agents, 5 * BATCH)
  const happen = (count: number): void => {
    if (waits === 'agents') c.arrive(count)
    if (waits === 'tickets' || c.open > busy) c.finish(count)
  }
  const steps = quick ? 10 : 50
  run(m, c, 1, steps, () => happen(BATCH))
  happen(BATCH)
  const rivals = beside ? compare(m, c) : undefined
  const cycle = run(m, c, quick ? 6 : 12, steps, () => happen(BATCH))
  const single: number[] = []
  for (let i = 0; i < (quick ? 300 : 3000); i++) {
    happen(1)
    const { result, ms } = timed(() => routeWith(m, inputFor(c)))
    if (result.decisions.length > 0) single.push((ms * 1000) / result.decisions.length)
    c.fold(result.decisions)
  }
  check(c)
  const unit = 'decisions/s'
  figure({
    figure: `${name}: decisions`,
    value: cycle.passes,
    unit,
    ...(rivals ? { beside: { name: 'filter and sort', value: rivals.plain } } : {}),
    ...(goals ? { goal: { value: { min: 200_000 }, ...(rivals ? { ratio: { min: 30 } } : {}) } } : {}),
  })
  if (rivals)
    figure({
      figure: `${name}: the same`,
      value: cycle.passes,
      unit,
      beside: { name: 'bitset scan', value: rivals.bits },
    })
  figure({ figure: `${name}: with all events`, value: cycle.whole, unit })
  const { p50, p99 } = percentiles(single)
  figure({ figure: `${name}: one decision, p50`, value: p50, unit: 'µs' })
  figure({ figure: `${name}: one decision, p99`, value: p99, unit: 'µs' })
  if (shape.waiting === 0) return
  const each = (bytes: number) => bytes / shape.waiting
  figure({ figure: `${name}: state, a waiting ticket`, value: each(built - empty), unit: 'B' })
  figure({ figure: `${name}: and its index`, value: each(indexed - built), unit: 'B' })
  if (!goals) longPass(name, m, c, { quick, log, figure })
}

/** How long a pass of as many decisions as a router lets it make holds up everything else. */
const longPass = (name: string, m: Matcher, c: Center, { quick, figure }: BenchContext): void => {
  const took: number[] = []
  for (let i = 0; i < (quick ? 30 : 300); i++) {
    c.finish(Math.min(MOST, c.open))
    const { result, ms } = timed(() => routeWith(m, { ...inputFor(c), most: MOST }))
    took.push(ms)
    c.fold(result.decisions)
  }
  const value = percentiles(took).p99
  figure({ figure: `${name}: a pass of ${MOST}, p99`, value, unit: 'ms' })
}

export const bench: Bench = {
  name: 'routing',
  description:
    'One queue of 10,000 agents, nobody or 150,000 tickets waiting; 5,000 queues, 15,000 agents, 500,000 waiting. ' +
    'Passes of 100 decisions, each with its record, on a state folded from events. Decisions: the passes alone; with ' +
    'all events: also the fold of what was decided, accepted and resolved, and of new tickets. One decision: a pass ' +
    'for it alone. Durable: from what came free, in the log, to the offers in the log, read back. Quick: 2,000 agents ' +
    'in the one queue and 12,000 tickets, or 200 queues with 600 and 20,000.',
  async run(context) {
    const { quick } = context
    const agents = quick ? 2000 : 10_000
    const one: Shape = { queues: 1, agents, waiting: 0, serves: 1, profiles: 100 }
    measure({ name: 'agents wait', shape: one, goals: true, waits: 'agents', beside: true }, context)
    const backlog = { ...one, waiting: quick ? 12_000 : 150_000 }
    measure({ name: 'tickets wait', shape: backlog, goals: true, waits: 'tickets', beside: true }, context)
    const wide: Shape = quick
      ? { queues: 200, agents: 600, waiting: 20_000, serves: 3, profiles: 8 }
      : { queues: 5000, agents: 15_000, waiting: 500_000, serves: 3, profiles: 8 }
    const name = quick ? '200 queues' : '5,000 queues'
    measure({ name, shape: wide, goals: false, waits: 'tickets', beside: false }, context)
    const small: Shape = {
      queues: 5,
      agents: quick ? 500 : 2000,
      waiting: quick ? 4000 : 60_000,
      serves: 2,
      profiles: 20,
    }
    await durable(small, quick ? 2 : 8, context)
  },
}
