import type { Scheduler } from 'fast-check'
import type { Expected } from '../store.js'
import { expectedAt } from '../transact.js'
import type { Check } from './check.js'
import { ensure, ensureSame } from './expect.js'
import { DRAWN_TIMEOUT, loadFastCheck, roundsOf } from './fast-check.js'
import { type Fixture, fixtureOf, idsOf } from './fixture.js'
import { listen } from './listener.js'

interface Step {
  /** Both streams in one append, or one of them. */
  readonly both: boolean
  readonly count: number
  readonly loose: boolean
}

interface Outcome {
  /** In the common stream. */
  readonly first: { readonly id: string; readonly version: number | undefined }
  readonly ids: readonly string[]
  readonly won: boolean
}

/** Reads, is held up, and appends what was right when it read. */
const writer = async (f: Fixture, s: Scheduler, name: string, steps: readonly Step[]): Promise<Outcome[]> => {
  const [common, own] = [f.stream('common'), f.stream(name)]
  const outcomes: Outcome[] = []
  for (const [i, step] of steps.entries()) {
    await s.schedule(Promise.resolve(), `${name} reads, step ${i}`)
    const version = (await f.read(common)).length - 1
    await s.schedule(Promise.resolve(), `${name} appends, step ${i}`)
    const expected: Expected = step.loose ? 'any' : expectedAt(version)
    const writes = [
      { stream: common, expected, events: f.events(step.count) },
      ...(step.both ? [{ stream: own, expected: 'any' as const, events: f.events(1) }] : []),
    ]
    const result = await f.store.append(writes)
    ensure(result._tag === 'Right' || !step.loose, 'An append that expected nothing was refused.')
    const ids = writes.flatMap((w) => idsOf(w.events))
    const first = { id: ids[0]!, version: step.loose ? undefined : version + 1 }
    outcomes.push({ first, ids, won: result._tag === 'Right' })
  }
  return outcomes
}

const round = async (f: Fixture, s: Scheduler, a: readonly Step[], b: readonly Step[]): Promise<void> => {
  const listener = listen(f.store, {
    after: f.start,
    patience: f.settings.patience,
    keep: f.isOwn,
    pause: () => s.schedule(Promise.resolve(), 'the subscriber asks for more'),
  })
  try {
    const written = await s.waitFor(Promise.all([writer(f, s, 'one', a), writer(f, s, 'two', b)]))
    const own = await f.readOwn()
    const accepted = written.flat().filter((outcome) => outcome.won)
    const won = accepted.flatMap((outcome) => outcome.ids)
    ensureSame(idsOf(own).sort(), won.sort(), 'What the log holds, and what was acknowledged')
    for (const { first } of accepted.filter((outcome) => outcome.first.version !== undefined)) {
      const { version } = own.find((e) => e.meta.id === first.id)!
      ensureSame(version, first.version, 'The version of an event, and the one for which it was accepted')
    }
    for (const stream of new Set(own.map((e) => e.stream))) {
      const events = own.filter((e) => e.stream === stream)
      const versions = events.map((e) => e.version)
      ensureSame(
        versions,
        versions.map((_, i) => i),
        `The versions of ${stream} in the log`,
      )
      ensureSame(await f.read(stream), events, `The stream ${stream}, and what the log holds of it`)
    }
    await s.waitFor(listener.until((l) => l.events().length >= own.length, `all ${own.length} events`))
    ensureSame(idsOf(listener.events()), idsOf(own), 'What the subscriber saw, and what the log holds')
  } finally {
    await s.waitFor(listener.stop())
  }
}

/** Two writers and a subscriber, in orders drawn by lot. */
export const interleaved: readonly Check[] = [
  {
    name: 'two writers and a subscriber, in any order: nothing lost, nothing twice, nothing out of order',
    timeout: DRAWN_TIMEOUT,
    run: async (open, settings) => {
      const fc = await loadFastCheck()
      const store = await open()
      const step = fc.record({
        both: fc.boolean(),
        count: fc.integer({ min: 1, max: 3 }),
        loose: fc.boolean(),
      })
      const steps = fc.array(step, { minLength: 1, maxLength: 6, size: 'max' })
      const property = fc.asyncProperty(fc.scheduler(), steps, steps, async (s, a, b) =>
        round(await fixtureOf(store, settings), s, a, b),
      )
      await fc.assert(property, roundsOf(settings))
    },
  },
]
