import type { Expected } from '../store.js'
import type { Check } from './check.js'
import { ensure, ensureRight, ensureSame } from './expect.js'
import { checkOf, type Fixture, idsOf } from './fixture.js'

const refusedAs = async (f: Fixture, expected: Expected, actual: number | 'none', present: number) => {
  const stream = f.stream()
  if (present > 0) await f.accept(stream, 'empty', ...f.events(present))
  const conflict = await f.refuse(stream, expected, f.event())
  ensureSame(
    conflict,
    { _tag: 'WrongVersion', stream, expected, actual },
    `The conflict of an append expected ${JSON.stringify(expected)} to a stream of ${present} events`,
  )
  ensureSame((await f.read(stream)).length, present, 'The number of events after a refused append')
}

/** What an append takes, what it refuses, and what it answers. */
export const appends: readonly Check[] = [
  checkOf('an event comes back as it was written', async (f) => {
    const stream = f.stream()
    const event = f.event({
      text: 'hello',
      numbers: [0, -1, 0.1, 1e308, Number.MAX_SAFE_INTEGER],
      deep: { a: [{ b: null }, true] },
    })
    const meta = {
      ...event.meta,
      actor: 'agent-1',
      correlationId: 'corr',
      causationId: 'cause',
      schemaVersion: 3,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    }
    const appended = await f.accept(stream, 'empty', { ...event, meta })
    for (const [how, events] of [
      ['read', await f.read(stream)],
      ['readAll', await f.readOwn()],
    ] as const) {
      ensureSame(events.length, 1, `The number of events that ${how} gives`)
      const { recordedAt, ...rest } = events[0]!
      ensureSame(
        rest,
        { type: event.type, data: event.data, meta, stream, version: 0, position: appended.position },
        `The event that ${how} gives`,
      )
      ensure(Number.isSafeInteger(recordedAt) && recordedAt > 0, `recordedAt is ${recordedAt}, no instant.`)
    }
  }),

  checkOf('expected empty: only a stream without events', async (f) => {
    await f.accept(f.stream(), 'empty', f.event())
    await refusedAs(f, 'empty', 0, 1)
    await refusedAs(f, 'empty', 2, 3)
  }),

  checkOf('expected at: only a stream whose last event is that one', async (f) => {
    const stream = f.stream()
    await f.accept(stream, 'empty', ...f.events(3))
    await f.accept(stream, { at: 2 }, f.event())
    await refusedAs(f, { at: 0 }, 2, 3)
    await refusedAs(f, { at: 1 }, 2, 3)
  }),

  checkOf('expected at: a version ahead of the stream is refused', async (f) => {
    await refusedAs(f, { at: 3 }, 2, 3)
    await refusedAs(f, { at: 1_000_000 }, 2, 3)
    await refusedAs(f, { at: 0 }, 'none', 0)
    await refusedAs(f, { at: 7 }, 'none', 0)
  }),

  checkOf('expected exists: only a stream with events', async (f) => {
    await refusedAs(f, 'exists', 'none', 0)
    const stream = f.stream()
    await f.accept(stream, 'empty', f.event())
    const { versions } = await f.accept(stream, 'exists', ...f.events(2))
    ensureSame(versions, new Map([[stream, 2]]), 'The versions of the answer')
  }),

  checkOf('expected any: every stream', async (f) => {
    const stream = f.stream()
    ensureSame((await f.accept(stream, 'any', f.event())).versions.get(stream), 0, 'The first version')
    ensureSame((await f.accept(stream, 'any', ...f.events(2))).versions.get(stream), 2, 'The last version')
  }),

  checkOf('an append answers with its position and the version of each stream', async (f) => {
    const [a, b, c] = [f.stream('a'), f.stream('b'), f.stream('c')]
    await f.accept(b, 'empty', ...f.events(2))
    const before = await f.store.head()
    const writes = [
      { stream: a, expected: 'empty', events: f.events(3) },
      { stream: b, expected: { at: 1 }, events: f.events(1) },
      { stream: c, expected: 'any', events: f.events(2) },
    ] as const
    const appended = ensureRight(await f.store.append(writes), 'An append to three streams')
    ensureSame(
      appended.versions,
      new Map([
        [a, 2],
        [b, 2],
        [c, 1],
      ]),
      'The versions of the answer',
    )
    ensureSame(appended.repeated, false, 'Whether a first append was a repeated one')
    const own = await f.readOwn()
    ensureSame(appended.position, own.at(-1)?.position, 'The position of the answer')
    ensure(appended.position > before, `An append moved the log from ${before} to ${appended.position}.`)
    const next = await f.accept(c, 'exists', f.event())
    ensure(next.position > appended.position, `${next.position} follows ${appended.position}.`)
  }),

  checkOf('versions count from 0 without gaps, and each event keeps its place', async (f) => {
    const stream = f.stream()
    const written: string[] = []
    for (let i = 0; i < 12; i++) {
      const events = f.events(1 + (i % 3))
      await f.accept(stream, written.length === 0 ? 'empty' : { at: written.length - 1 }, ...events)
      written.push(...idsOf(events))
    }
    const events = await f.read(stream)
    ensureSame(idsOf(events), written, 'The events of the stream')
    ensureSame(
      events.map((e) => e.version),
      written.map((_, i) => i),
      'Their versions',
    )
  }),

  checkOf('an empty append writes nothing, and still checks what is expected', async (f) => {
    const [stream, absent] = [f.stream(), f.stream()]
    await f.accept(stream, 'empty', ...f.events(2))
    const head = await f.store.head()
    const nothing = ensureRight(await f.store.append([]), 'An append without writes')
    ensureSame(nothing.versions, new Map(), 'The versions of an append without writes')
    ensureSame(nothing.repeated, false, 'Whether an append without writes was a repeated one')
    ensure(nothing.position >= head, `An append without writes answers ${nothing.position}, before ${head}.`)
    await f.accept(stream, { at: 1 })
    await f.refuse(stream, { at: 0 })
    await f.accept(absent, 'empty')
    await f.refuse(absent, 'exists')
    ensureSame((await f.readOwn()).length, 2, 'The number of events after empty appends')
  }),

  checkOf('many streams, all or nothing: one that is not as expected stops all', async (f) => {
    for (const bad of [0, 2, 4]) {
      const before = await f.store.head()
      const streams = [0, 1, 2, 3, 4].map((i) => f.stream(`${bad}.${i}`))
      await f.accept(streams[bad]!, 'empty', f.event())
      const writes = streams.map((stream) => ({ stream, expected: 'empty' as const, events: f.events(2) }))
      const result = await f.store.append(writes)
      ensure(result._tag === 'Left', `An append with a wrong stream at place ${bad} of 5 was accepted.`)
      ensureSame(
        result.left,
        { _tag: 'WrongVersion', stream: streams[bad], expected: 'empty', actual: 0 },
        'The conflict',
      )
      const there = await f.readOwn({ after: before })
      ensureSame(there.length, 1, 'The number of events after a refused append to five streams')
      const corrected = writes.map((w, i) => (i === bad ? { ...w, expected: { at: 0 } } : w))
      ensureRight(await f.store.append(corrected), 'The corrected append')
      ensureSame(
        (await f.readOwn({ after: before })).length,
        11,
        'The number of events after the corrected one',
      )
    }
  }),

  checkOf('a conflict changes nothing, and the next correct append works', async (f) => {
    const stream = f.stream()
    await f.accept(stream, 'empty', ...f.events(2))
    const [head, events] = [await f.store.head(), f.events(3)]
    for (const expected of ['empty', { at: 0 }, { at: 5 }] as const)
      await f.refuse(stream, expected, ...events)
    ensureSame((await f.read(stream)).length, 2, 'The number of events after refused appends')
    ensureSame((await f.readOwn({ after: head })).length, 0, 'What the log holds of refused appends')
    const { versions, repeated } = await f.accept(stream, { at: 1 }, ...events)
    ensureSame([versions.get(stream), repeated], [4, false], 'The answer to the corrected append')
    ensureSame(idsOf((await f.read(stream)).slice(2)), idsOf(events), 'The events of the corrected append')
  }),

  checkOf('what an append wrote can be read as soon as it resolves', async (f) => {
    const stream = f.stream()
    for (let i = 0; i < (f.settings.quick ? 20 : 100); i++) {
      const { position } = await f.accept(stream, i === 0 ? 'empty' : { at: i - 1 }, f.event({ i }))
      const [one, all, head] = await Promise.all([
        f.read(stream, { from: i }),
        f.readOwn(i === 0 ? {} : { types: [f.type()] }),
        f.store.head(),
      ])
      ensureSame(one.length, 1, `The events that read gives from version ${i} on`)
      ensureSame(all.length, i + 1, 'The events that readAll gives')
      ensure(head >= position, `head() is ${head} after an append at ${position}.`)
    }
  }),
]
