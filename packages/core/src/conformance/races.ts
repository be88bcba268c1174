import { freshId } from '../id.js'
import type { EventStore } from '../store.js'
import type { Check } from './check.js'
import { ensure, ensureSame } from './expect.js'
import { checkOf, type Fixture, fixtureOf, idsOf } from './fixture.js'

const RACERS = 16

/** Sixteen appends at once, spread over the handles; one may win. */
const raceOf = async (f: Fixture, handles: readonly EventStore[], create: boolean) => {
  const stream = f.stream()
  if (!create) await f.accept(stream, 'empty', ...f.events(3))
  const expected = create ? ('empty' as const) : { at: 2 }
  const racers = Array.from({ length: RACERS }, (_, i) => f.event({ i }))
  const results = await Promise.all(
    racers.map((event, i) => handles[i % handles.length]!.append([{ stream, expected, events: [event] }])),
  )
  const winners = racers.filter((_, i) => results[i]!._tag === 'Right')
  ensureSame(winners.length, 1, `How many of ${RACERS} racers won`)
  for (const result of results)
    if (result._tag === 'Left')
      ensure(
        result.left._tag === 'WrongVersion' && result.left.actual === (create ? 0 : 3),
        `A racer lost with ${JSON.stringify(result.left)}.`,
      )
  const events = await f.read(stream)
  ensureSame(idsOf(events.slice(create ? 0 : 3)), idsOf(winners), 'The events that the race left')
}

const roundsOf = (f: Fixture) => (f.settings.quick ? 3 : 15)

/** Many writers at once. */
export const races: readonly Check[] = [
  checkOf('sixteen racers on one stream, and exactly one winner', async (f) => {
    for (let i = 0; i < roundsOf(f); i++) await raceOf(f, [f.store], false)
  }),

  checkOf('sixteen racers to create a stream, and exactly one winner', async (f) => {
    for (let i = 0; i < roundsOf(f); i++) await raceOf(f, [f.store], true)
  }),

  checkOf('two concurrent creates, of one event and of two: one of them stands, whole', async (f) => {
    for (let round = 0; round < roundsOf(f); round++) {
      const stream = f.stream()
      const [one, two] = [f.events(1), f.events(2)]
      const results = await Promise.all([
        f.append(stream, 'empty', ...one),
        f.append(stream, 'empty', ...two),
      ])
      ensureSame(results.filter((r) => r._tag === 'Right').length, 1, 'How many of two creates won')
      const winner = results[0]._tag === 'Right' ? one : two
      ensureSame(idsOf(await f.read(stream)), idsOf(winner), 'The events of the stream')
    }
  }),

  checkOf('sixteen racers that expect nothing all win, without gaps', async (f) => {
    const stream = f.stream()
    const writes = Array.from({ length: RACERS }, () => f.events(2))
    const results = await Promise.all(writes.map((events) => f.append(stream, 'any', ...events)))
    ensureSame(results.filter((r) => r._tag === 'Right').length, RACERS, 'How many of the racers won')
    const events = await f.read(stream)
    ensureSame(
      events.map((e) => e.version),
      Array.from({ length: RACERS * 2 }, (_, i) => i),
      'The versions of the stream',
    )
    for (const [i, pair] of writes.entries()) {
      const at = events.findIndex((e) => e.meta.id === pair[0]!.meta.id)
      ensureSame(idsOf(events.slice(at, at + 2)), idsOf(pair), 'The two events of one append, side by side')
      const result = results[i]!
      const told = result._tag === 'Right' ? result.right.versions.get(stream) : undefined
      ensureSame(told, at + 1, 'The version that a racer was told')
    }
  }),

  checkOf('crossed writes to two streams: one wins, and nobody waits for ever', async (f) => {
    for (let round = 0; round < roundsOf(f); round++) {
      const [a, b] = [f.stream(), f.stream()]
      const write = (stream: typeof a) => ({ stream, expected: 'empty' as const, events: f.events(2) })
      const results = await Promise.all([
        f.store.append([write(a), write(b)]),
        f.store.append([write(b), write(a)]),
        f.store.append([write(a), write(b)]),
        f.store.append([write(b), write(a)]),
      ])
      ensureSame(results.filter((r) => r._tag === 'Right').length, 1, 'How many of four crossed appends won')
      const left = [(await f.read(a)).length, (await f.read(b)).length]
      ensureSame(left, [2, 2], 'The number of events in both streams')
    }
  }),

  checkOf('the same append many times at once is written once', async (f) => {
    for (const expected of ['empty', 'any'] as const) {
      const stream = f.stream()
      const events = f.events(2)
      const results = await Promise.all(
        Array.from({ length: 8 }, () => f.append(stream, expected, ...events)),
      )
      const told = results.map((r) => (r._tag === 'Right' ? r.right.repeated : r.left))
      ensureSame(told.filter((t) => t === false).length, 1, 'How many of eight retries wrote')
      ensureSame(told.filter((t) => t === true).length, 7, 'How many of eight retries were seen as repeated')
      ensureSame((await f.read(stream)).length, 2, 'The number of events')
    }
  }),

  checkOf('an id that may be only once, in eight streams at once: one wins', async (f) => {
    for (let round = 0; round < roundsOf(f); round++) {
      const id = freshId()
      const results = await Promise.all(
        Array.from({ length: 8 }, () => f.append(f.stream(), 'empty', f.event({}, { id, once: true }))),
      )
      const lost = results.flatMap((r) => (r._tag === 'Left' ? [r.left._tag] : []))
      ensureSame(
        lost,
        Array.from({ length: 7 }, () => 'Duplicate'),
        'How seven of eight appends were refused',
      )
      const there = (await f.readOwn()).filter((e) => e.meta.id === id)
      ensureSame(there.length, 1, 'How often the id is in the log')
    }
  }),

  {
    name: 'sixteen racers over two handles, and exactly one winner',
    needs: 'beside',
    run: async (open, settings) => {
      const store = await open()
      const other = await settings.beside!()
      const f = await fixtureOf(store, settings)
      for (let i = 0; i < roundsOf(f); i++) {
        await raceOf(f, [store, other], false)
        await raceOf(f, [store, other], true)
      }
    },
  },
]
