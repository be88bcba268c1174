import type { Arbitrary, AsyncCommand } from 'fast-check'
import type { NewEvent } from '../event.js'
import type { Expected, LogFilter } from '../store.js'
import { expectedAt } from '../transact.js'
import type { Check } from './check.js'
import { ensure, ensureSame } from './expect.js'
import { DRAWN_TIMEOUT, type FastCheck, loadFastCheck, roundsOf } from './fast-check.js'
import { type Fixture, fixtureOf, idsOf } from './fixture.js'
import { appendBoth, elsewhere, extended, type World, worldOf } from './model.js'

type Kind = 'right' | 'empty' | 'exists' | 'any' | 'behind' | 'ahead'

interface Slot {
  readonly stream: number
  readonly kind: Kind
  readonly events: readonly { readonly type: number; readonly once: boolean; readonly data: unknown }[]
}

const expectedOf = (kind: Kind, version: number): Expected =>
  kind === 'right'
    ? expectedAt(version)
    : kind === 'behind'
      ? { at: Math.max(0, version - 1) }
      : kind === 'ahead'
        ? { at: version + 1 }
        : kind

const TYPES = ['A', 'AB', 'a_']
const CATEGORIES = ['', 'b', 'bc']

const streamOf = (f: Fixture, n: number) => f.stream(`${n}`, CATEGORIES[n % CATEGORIES.length]!)

const filterOf = (f: Fixture, types: readonly number[], categories: readonly number[]): LogFilter => ({
  ...(types.length > 0 ? { types: types.map((i) => f.type(TYPES[i]!)) } : {}),
  ...(categories.length > 0 ? { categories: categories.map((i) => f.category(CATEGORIES[i]!)) } : {}),
})

const readLog = async ({ f, log }: World, share: number, filter: LogFilter, limit: number): Promise<void> => {
  const from = Math.floor((share * log.length) / 100)
  const after = log[from - 1]?.position ?? f.start
  const wanted = log
    .slice(from)
    .filter((e) => !filter.types || filter.types.includes(e.type))
    .filter((e) => !filter.categories || filter.categories.includes(e.stream.slice(0, e.stream.indexOf('-'))))
  const what = `The log after event ${from} through ${JSON.stringify(filter)}`
  ensureSame(await f.readOwn({ after, ...filter }), wanted, what)
  // Without a filter a server in use may fill the limit with what others write.
  if (filter.types || filter.categories)
    ensureSame(
      await f.readOwn({ after, ...filter, limit }),
      wanted.slice(0, limit),
      `${what}, limit ${limit}`,
    )
}

type Command = AsyncCommand<World, Record<never, never>>

/** A command that is always possible; `told` is what a failure prints. */
const command = (told: string, run: (world: World) => Promise<void>): Command => ({
  check: () => true,
  run: (world) => run(world),
  toString: () => told,
})

const commandsOf = (fc: FastCheck) => {
  const event = fc.record({ type: fc.nat(2), once: fc.boolean(), data: fc.jsonValue({ maxDepth: 2 }) })
  // Most are right: a log that stays empty shows nothing.
  const kind = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<Kind>('right', 'any') },
    { weight: 1, arbitrary: fc.constantFrom<Kind>('empty', 'exists', 'behind', 'ahead') },
  )
  const slot: Arbitrary<Slot> = fc.record({
    stream: fc.nat(3),
    kind,
    events: fc.array(event, { maxLength: 3 }),
  })
  const slots = (maxLength: number) =>
    fc.uniqueArray(slot, { selector: ({ stream }) => stream, maxLength, size: 'max' })
  const filter = fc.tuple(
    fc.uniqueArray(fc.nat(2), { maxLength: 2 }),
    fc.uniqueArray(fc.nat(2), { maxLength: 2 }),
  )
  const newEvent = (f: Fixture, e: Slot['events'][number]): NewEvent =>
    f.event(e.data, { type: f.type(TYPES[e.type]!), once: e.once })
  const append = fc.tuple(slots(3), slots(4)).map(([written, guarded]) =>
    command(`append ${JSON.stringify({ written, guarded })}`, async (world) => {
      const free = guarded.filter((g) => !written.some((w) => w.stream === g.stream))
      const conditions = (some: readonly Slot[]) =>
        some.map((s) => {
          const stream = streamOf(world.f, s.stream)
          const expected = expectedOf(s.kind, world.versions.get(stream) ?? -1)
          return { stream, expected, events: s.events.map((e) => newEvent(world.f, e)) }
        })
      const guards = conditions(free.slice(0, 1)).map(({ stream, expected }) => ({ stream, expected }))
      await appendBoth(world, { writes: conditions(written), guards })
    }),
  )
  return fc.commands(
    [
      // Half of all calls write: reads of next to nothing prove next to nothing.
      append,
      append,
      append,
      append,
      fc.nat().map((n) =>
        command(`append number ${n} again`, async (world) => {
          if (world.accepted.length > 0) await appendBoth(world, world.accepted[n % world.accepted.length]!)
        }),
      ),
      fc.tuple(fc.nat(), event).map(([n, more]) =>
        command(`append number ${n} again with one event more`, async (world) => {
          const request = extended(world, n, newEvent(world.f, more))
          if (request) await appendBoth(world, request)
        }),
      ),
      fc.tuple(fc.nat(), event).map(([n, more]) =>
        command(
          `append event number ${n} of those that may be only once to another stream`,
          async (world) => {
            const request = elsewhere(world, n, newEvent(world.f, more))
            if (request) await appendBoth(world, request)
          },
        ),
      ),
      fc.tuple(fc.nat(3), fc.nat(4), fc.nat(4)).map(([n, from, limit]) =>
        command(`read stream ${n} from ${from}, limit ${limit}`, async ({ f, log }) => {
          const stream = streamOf(f, n)
          const events = log.filter((e) => e.stream === stream).slice(from)
          ensureSame(await f.read(stream, { from }), events, `The stream ${stream} from ${from}`)
          const few = await f.read(stream, { from, limit })
          ensureSame(few, events.slice(0, limit), `The stream ${stream} from ${from}, limit ${limit}`)
        }),
      ),
      fc
        .tuple(fc.nat(100), filter, fc.nat(6))
        .map(([share, [types, categories], limit]) =>
          command(
            `readAll from ${share} %, types ${types}, categories ${categories}, limit ${limit}`,
            (world) => readLog(world, share, filterOf(world.f, types, categories), limit),
          ),
        ),
      fc.constant(
        command('head', async ({ f, log }) => {
          const head = await f.store.head()
          ensure(head >= (log.at(-1)?.position ?? f.start), `head() is ${head}, before the last event.`)
        }),
      ),
    ],
    { maxCommands: 40, size: 'max' },
  )
}

/** Sequences of calls drawn by lot, compared with the memory store. */
export const drawn: readonly Check[] = [
  {
    name: 'any sequence of calls gives what the memory store gives',
    timeout: DRAWN_TIMEOUT,
    run: async (open, settings) => {
      const fc = await loadFastCheck()
      const store = await open()
      const property = fc.asyncProperty(commandsOf(fc), async (commands) => {
        const world = worldOf(await fixtureOf(store, settings))
        await fc.asyncModelRun(() => ({ model: world, real: {} }), commands)
        ensureSame(idsOf(await world.f.readOwn()), idsOf(world.log), 'The whole log in the end')
      })
      await fc.assert(property, roundsOf(settings))
    },
  },
]
