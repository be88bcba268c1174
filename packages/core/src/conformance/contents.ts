import { MAX_EVENT_SIZE } from '../append.js'
import type { NewEvent } from '../event.js'
import { MAX_STREAM_NAME, type StreamName } from '../stream-name.js'
import type { Check } from './check.js'
import { ensureRejects, ensureSame } from './expect.js'
import { checkOf, type Fixture, idsOf } from './fixture.js'

const TEXTS = [
  'Grüße, 你好, مرحبا, नमस्ते',
  '👩‍👩‍👧‍👦 🏳️‍🌈',
  'e\u0301 is not \u00e9',
  '"quoted" \\ back\\slash \' `tick` $1 %s {0}',
  'line\nline\r\n\ttab\u2028\u2029',
  '\u0000\u0001\u001f\u007f\uffff\ufeff',
  'half a pair: \ud83d',
]

const comesBack = async (f: Fixture, stream: StreamName, event: NewEvent): Promise<void> => {
  await f.accept(stream, 'any', event)
  const [found] = (await f.read(stream)).slice(-1)
  ensureSame([found?.type, found?.data], [event.type, event.data], 'What came back')
  const [logged] = (await f.readOwn()).slice(-1)
  ensureSame([logged?.stream, logged?.data], [stream, event.data], 'What came back in the log')
}

/** Refused, and nothing of it is there; what was right in it can then be written. */
const leavesNothing = async (f: Fixture, bad: NewEvent, what: string): Promise<void> => {
  const [a, b] = [f.stream(), f.stream()]
  const good = f.event()
  const before = await f.store.head()
  await ensureRejects(
    () =>
      f.store.append([
        { stream: a, expected: 'empty', events: [good] },
        { stream: b, expected: 'empty', events: [f.event(), bad] },
      ]),
    'invalid',
    what,
  )
  ensureSame(await f.readOwn({ after: before }), [], `What is left of ${what}`)
  ensureSame((await f.accept(a, 'empty', good)).repeated, false, 'Whether the good part was there')
}

/** Large, strange and impossible input. */
export const contents: readonly Check[] = [
  checkOf('every text comes back as it was', async (f) => {
    for (const text of TEXTS) {
      const data = { text, list: [text], [text]: 1 }
      await comesBack(
        f,
        f.stream(),
        f.event(data, { type: f.type(text.isWellFormed() ? 'Grüße 你好' : 'Half') }),
      )
    }
  }),

  checkOf('every value of JSON comes back as it was', async (f) => {
    for (const data of [
      null,
      true,
      0,
      -1.5e-300,
      '',
      'text',
      [],
      {},
      [[[]], { '': { '': null } }],
      { a: 1, b: [2] },
    ])
      await comesBack(f, f.stream(), f.event(data))
  }),

  checkOf('stream names are compared letter by letter', async (f) => {
    const ids = [
      'a',
      'A',
      'a ',
      'á',
      'a\u0301',
      'a%',
      'a_',
      "a'b",
      'a/b',
      'a?b#c',
      '👩‍👧',
      '你好',
      '-',
      '--',
      '.',
      '..',
    ]
    for (const id of ids) await f.accept(f.stream(id), 'empty', f.event({ id }))
    for (const id of ids) {
      const data = (await f.read(f.stream(id))).map((e) => e.data)
      ensureSame(data, [{ id }], `What the stream ${f.stream(id)} holds`)
    }
    const streams = (await f.readOwn()).map((e) => e.stream)
    ensureSame(
      streams,
      ids.map((id) => f.stream(id)),
      'The streams in the log',
    )
  }),

  checkOf('the longest stream name fits', async (f) => {
    const start = f.stream('')
    for (const letter of ['x', '你']) {
      const stream = `${start}${letter.repeat(MAX_STREAM_NAME - start.length)}` as StreamName
      const almost = `${stream.slice(0, -1)}y` as StreamName
      await f.accept(stream, 'empty', f.event())
      await f.accept(almost, 'empty', f.event())
      ensureSame((await f.read(stream)).length, 1, 'The number of events')
    }
  }),

  checkOf('a large event comes back whole', async (f) => {
    // Room is left for the metadata, whose length differs with the store.
    const text = 'x'.repeat(MAX_EVENT_SIZE - 2_000)
    await comesBack(f, f.stream(), f.event({ text }))
    await comesBack(f, f.stream(), f.event({ text: '你'.repeat(MAX_EVENT_SIZE / 4) }))
  }),

  checkOf('an event that is too large is refused, and nothing of its append is there', (f) =>
    leavesNothing(f, f.event({ text: 'x'.repeat(MAX_EVENT_SIZE) }), 'an event that is too large'),
  ),

  checkOf('data that JSON cannot carry is refused, and nothing of its append is there', async (f) => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    await leavesNothing(f, f.event(circle), 'data with a circle')
    await leavesNothing(f, f.event({ n: 10n }), 'data with a bigint')
    await leavesNothing(f, { ...f.event(), data: undefined }, 'an event without data')
  }),

  checkOf('a wrong call is refused, and writes nothing', async (f) => {
    const before = await f.store.head()
    const names = [
      '',
      'nodash',
      '-noid',
      `${f.category()}-`,
      '$system-1',
      `${f.stream()}\n`,
      `${f.stream()}\u0000`,
    ]
    const long = `${f.stream()}${'x'.repeat(MAX_STREAM_NAME)}`
    for (const name of [...names, long, `${f.stream()}\ud83d`]) {
      const stream = name as StreamName
      const what = `An append to ${JSON.stringify(name.slice(0, 40))}`
      const write = { stream: f.stream(), expected: 'any', events: f.events(1) } as const
      await ensureRejects(() => f.append(stream, 'any', f.event()), 'invalid', what)
      await ensureRejects(() => f.store.append([write, { ...write, stream }]), 'invalid', what)
      await ensureRejects(() => f.store.append([write], [{ stream, expected: 'any' }]), 'invalid', what)
    }
    const [stream, event] = [f.stream(), f.event()]
    const write = { stream, expected: 'any', events: [event] } as const
    const other = { stream: f.stream(), expected: 'any', events: [event] } as const
    const noId = { ...event, meta: { ...event.meta, id: '' } }
    await ensureRejects(
      () => f.store.append([write, { ...write, events: f.events(1) }]),
      'invalid',
      'A stream twice',
    )
    await ensureRejects(
      () => f.store.append([write], [{ stream, expected: 'any' }]),
      'invalid',
      'A stream twice',
    )
    await ensureRejects(() => f.store.append([write, other]), 'invalid', 'An id twice')
    await ensureRejects(() => f.append(stream, 'any', event, noId), 'invalid', 'An event without an id')
    for (const at of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      await ensureRejects(() => f.append(stream, { at }, event), 'invalid', `Expected at ${at}`)
    ensureSame(await f.readOwn({ after: before }), [], 'What wrong calls left')
    await f.accept(stream, 'empty', event)
  }),

  checkOf('many streams in one append, and many appends at once', async (f) => {
    const streams = Array.from({ length: 100 }, (_, i) => f.stream(`${i}`))
    const writes = streams.map((stream) => ({ stream, expected: 'empty' as const, events: f.events(2) }))
    const result = await f.store.append(writes)
    ensureSame(result._tag, 'Right', 'The answer to an append to 100 streams')
    ensureSame((await f.readOwn()).length, 200, 'The number of events')
    const more = await Promise.all(streams.map((stream) => f.append(stream, { at: 1 }, f.event())))
    ensureSame(
      more.filter((r) => r._tag === 'Right').length,
      100,
      'How many of 100 appends at once were accepted',
    )
    for (const stream of [streams[0]!, streams[99]!])
      ensureSame(
        (await f.read(stream)).map((e) => e.version),
        [0, 1, 2],
        `The versions of ${stream}`,
      )
  }),

  checkOf('an append of a thousand events keeps their order', async (f) => {
    const stream = f.stream()
    const events = f.events(1_000)
    const { versions } = await f.accept(stream, 'empty', ...events)
    ensureSame(versions.get(stream), 999, 'The version of the answer')
    ensureSame(idsOf(await f.read(stream)), idsOf(events), 'The events of the stream')
    ensureSame(idsOf(await f.readOwn()), idsOf(events), 'The events in the log')
  }),
]
