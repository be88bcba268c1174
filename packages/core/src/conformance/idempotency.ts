import { freshId } from '../id.js'
import type { Expected, Write } from '../store.js'
import type { Check } from './check.js'
import { ensure, ensureLeft, ensureRight, ensureSame } from './expect.js'
import { checkOf, type Fixture, idsOf } from './fixture.js'

const retry = async (f: Fixture, expected: Expected, present: number) => {
  const stream = f.stream()
  if (present > 0) await f.accept(stream, 'empty', ...f.events(present))
  const events = f.events(2)
  const first = await f.accept(stream, expected, ...events)
  for (const when of ['at once', 'after the stream has grown']) {
    const again = await f.accept(stream, expected, ...events)
    const what = `a retry ${when}, expected ${JSON.stringify(expected)}`
    ensureSame(again.repeated, true, `Whether ${what}, was seen as repeated`)
    ensureSame(again.versions, first.versions, `The versions of ${what}`)
    ensureSame(again.position, first.position, `The position of ${what}`)
    await f.accept(stream, 'exists', f.event())
  }
  const ids = idsOf(await f.read(stream)).slice(present)
  ensureSame(ids.slice(0, 2), idsOf(events), 'The events of an append that was given three times')
  ensureSame(ids.length, 4, 'The number of events after an append that was given three times')
}

/** The same append again, partly the same, and ids that may be only once in the log. */
export const idempotency: readonly Check[] = [
  checkOf('a retry with the same ids, expected at: a success that says repeated', (f) =>
    retry(f, { at: 1 }, 2),
  ),
  checkOf('a retry with the same ids, expected empty: a success that says repeated', (f) =>
    retry(f, 'empty', 0),
  ),
  checkOf('a retry with the same ids, expected exists: a success that says repeated', (f) =>
    retry(f, 'exists', 1),
  ),
  checkOf('a retry with the same ids, expected any: a success that says repeated', async (f) => {
    await retry(f, 'any', 0)
    await retry(f, 'any', 3)
  }),

  checkOf('a retry over many streams, with guards that no longer hold', async (f) => {
    const [a, b, guarded] = [f.stream('a'), f.stream('b'), f.stream('guarded')]
    const writes: Write[] = [
      { stream: a, expected: 'empty', events: f.events(2) },
      { stream: b, expected: 'any', events: f.events(1) },
    ]
    const condition = [{ stream: guarded, expected: 'empty' as const }]
    const first = ensureRight(await f.store.append(writes, condition), 'An append to two streams')
    await f.accept(guarded, 'empty', f.event())
    await f.accept(a, { at: 1 }, f.event())
    const again = ensureRight(await f.store.append(writes, condition), 'The same append again')
    ensureSame(again, { ...first, repeated: true }, 'The answer to the retry')
    ensureSame((await f.readOwn()).length, 5, 'The number of events')
  }),

  checkOf('a retry of what was refused is no repetition', async (f) => {
    const stream = f.stream()
    const events = f.events(2)
    await f.refuse(stream, 'exists', ...events)
    await f.refuse(stream, { at: 0 }, ...events)
    ensureSame(
      (await f.accept(stream, 'empty', ...events)).repeated,
      false,
      'Whether it was seen as repeated',
    )
  }),

  checkOf('an append that repeats another only in part is refused, and writes nothing', async (f) => {
    for (const expected of ['any', 'exists', { at: 0 }] as const) {
      const stream = f.stream()
      const [one, two, three] = f.events(3)
      await f.accept(stream, 'empty', f.event())
      await f.accept(stream, expected, one!, two!)
      for (const events of [
        [two!, three!],
        [one!, two!, three!],
        [three!, one!],
      ])
        await f.refuse(stream, expected, ...events)
      ensureSame((await f.read(stream)).length, 3, 'The number of events')
    }
    const [a, b] = [f.stream('a'), f.stream('b')]
    const known = { stream: a, expected: 'any', events: f.events(1) } as const
    ensureRight(await f.store.append([known]), 'A first append')
    ensureLeft(
      await f.store.append([known, { stream: b, expected: 'any', events: f.events(1) }]),
      'An append that is a repetition for one of its two streams',
    )
    ensureSame((await f.read(b)).length, 0, 'The number of events in the other stream')
  }),

  checkOf('without once, an id names an event only within its stream', async (f) => {
    const id = freshId()
    await f.accept(f.stream(), 'empty', f.event({}, { id, once: true }))
    for (const expected of ['empty', 'any', { at: 0 }] as const) {
      const stream = f.stream()
      if (expected !== 'empty') await f.accept(stream, 'empty', f.event())
      const event = f.event({}, { id })
      ensureSame((await f.accept(stream, expected, event)).repeated, false, 'Whether it was repeated')
      ensureSame((await f.accept(stream, expected, event)).repeated, true, 'Whether the retry was repeated')
    }
    ensureSame((await f.readOwn()).filter((e) => e.meta.id === id).length, 4, 'Events with that id')
  }),

  checkOf('an id that may be only once is refused in every other stream', async (f) => {
    const [first, other] = [f.stream(), f.stream()]
    const id = freshId()
    await f.accept(first, 'empty', f.event({}, { id, once: true }))
    for (const expected of ['empty', 'any'] as const) {
      const conflict = await f.refuse(other, expected, f.event(), f.event({}, { id, once: true }))
      ensure(conflict._tag === 'Duplicate', `The conflict is ${JSON.stringify(conflict)}, no Duplicate.`)
      ensureSame(conflict.id, id, 'The id that the conflict names')
      ensure(
        conflict.stream === undefined || conflict.stream === first,
        `The conflict says that the event stands in ${conflict.stream}; it stands in ${first}.`,
      )
    }
    ensureSame((await f.read(other)).length, 0, 'The number of events in the other stream')
    await f.accept(other, 'empty', f.event({}, { once: true }))
  }),

  checkOf('an id that may be only once stops an append over many streams', async (f) => {
    const [first, a, b] = [f.stream(), f.stream('a'), f.stream('b')]
    const id = freshId()
    await f.accept(first, 'any', f.event({}, { id, once: true }))
    ensureLeft(
      await f.store.append([
        { stream: a, expected: 'empty', events: f.events(2) },
        { stream: b, expected: 'empty', events: [f.event({}, { id, once: true })] },
      ]),
      'An append with an id that is in the log',
    )
    ensureSame((await f.readOwn()).length, 1, 'The number of events')
  }),

  checkOf(
    'an id that may be only once can be retried in its place, and not elsewhere in its stream',
    async (f) => {
      for (const expected of ['empty', 'any'] as const) {
        const stream = f.stream()
        const event = f.event({}, { once: true })
        await f.accept(stream, expected, event)
        ensureSame((await f.accept(stream, expected, event)).repeated, true, 'Whether the retry was repeated')
        const conflict = await f.refuse(stream, { at: 0 }, event)
        ensureSame(
          conflict,
          {
            _tag: 'Duplicate',
            id: event.meta.id,
            stream: 'stream' in conflict ? conflict.stream : undefined,
          },
          'The conflict',
        )
        ensureSame((await f.read(stream)).length, 1, 'The number of events')
      }
    },
  ),
]
