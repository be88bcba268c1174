import { systemClock } from '../clock.js'
import { StoreError } from '../errors.js'
import type { Check } from './check.js'
import { ensure, ensureRejects, ensureRight, ensureSame } from './expect.js'
import { checkOf, type Fixture, fixtureOf, gather, idsOf } from './fixture.js'
import { listen } from './listener.js'
import { fill } from './reads.js'

/** Closes, and says so when that takes too long. */
const close = async (f: Fixture): Promise<void> => {
  const done = new AbortController()
  const closed = f.store.close().then(() => true)
  const ended = await Promise.race([
    closed,
    systemClock.sleep(f.settings.patience, done.signal).then(() => false),
  ])
  done.abort()
  ensure(ended, `close() did not end within ${f.settings.patience} ms.`)
}

/** Closing, opening again, and other handles. */
export const lifecycle: readonly Check[] = [
  checkOf('close ends in time, and may be called again', async (f) => {
    await f.accept(f.stream(), 'empty', f.event())
    await close(f)
    await close(f)
  }),

  checkOf('close ends a subscription without an error', async (f) => {
    await fill(f, 10)
    const options = { after: f.start, patience: f.settings.patience, keep: f.isOwn }
    const [waiting, busy] = [
      listen(f.store, options),
      listen(f.store, { ...options, pause: () => systemClock.sleep(20) }),
    ]
    await waiting.until((l) => l.pages.some((p) => p.caughtUp), 'a page that is caught up')
    await close(f)
    await waiting.ended('the store was closed')
    await busy.ended('the store was closed')
  }),

  checkOf('every call after close is refused as closed', async (f) => {
    const stream = f.stream()
    await f.accept(stream, 'empty', f.event())
    await close(f)
    await ensureRejects(() => f.append(stream, 'any', f.event()), 'closed', 'append after close')
    await ensureRejects(() => f.read(stream), 'closed', 'read after close')
    await ensureRejects(() => f.readOwn(), 'closed', 'readAll after close')
    await ensureRejects(() => f.store.head(), 'closed', 'head after close')
    await ensureRejects(
      async () => gather(f.store.subscribe({ after: f.start }, new AbortController().signal)),
      'closed',
      'subscribe after close',
    )
  }),

  checkOf('appends under way when the store closes end, one way or the other', async (f) => {
    const results = Array.from({ length: 20 }, () =>
      f.append(f.stream(), 'empty', f.event()).then(
        () => undefined,
        (error: unknown) => error,
      ),
    )
    await close(f)
    for (const error of await Promise.all(results))
      ensure(
        error === undefined ||
          (error instanceof StoreError && ['closed', 'unavailable'].includes(error.code)),
        `An append under way at the close rejected with ${String(error)}.`,
      )
  }),

  {
    name: 'what was acknowledged is there after close and reopen',
    needs: 'reopen',
    run: async (open, settings) => {
      const f = await fixtureOf(await open(), settings)
      const stream = f.stream()
      const once = f.event({}, { once: true })
      const events = f.events(2)
      await fill(f, 30)
      const first = await f.accept(stream, 'any', ...events)
      await f.accept(f.stream(), 'any', once)
      const before = await f.readOwn()
      const head = await f.store.head()
      await close(f)
      const store = await settings.reopen!()
      const own = async () => (await gather(store.readAll({ after: f.start }))).filter(f.isOwn)
      ensureSame(await own(), before, 'The log after reopening')
      ensure((await store.head()) >= head, 'The head went back.')
      const again = ensureRight(
        await store.append([{ stream, expected: 'any', events }]),
        'A retry after reopening',
      )
      ensureSame(again, { ...first, repeated: true }, 'The answer to a retry after reopening')
      const duplicate = await store.append([{ stream: f.stream(), expected: 'any', events: [once] }])
      ensure(
        duplicate._tag === 'Left' && duplicate.left._tag === 'Duplicate',
        'After reopening, an id that may be only once was accepted again.',
      )
      const more = f.events(1)
      const result = await store.append([{ stream, expected: { at: 1 }, events: more }])
      ensure(ensureRight(result, 'An append after reopening').position > head, 'The log did not grow.')
      ensureSame(idsOf(await own()), [...idsOf(before), ...idsOf(more)], 'The log after an append')
    },
  },

  {
    name: 'what one handle wrote another reads at once, in the same order',
    needs: 'beside',
    run: async (open, settings) => {
      const f = await fixtureOf(await open(), settings)
      const other = await settings.beside!()
      const stream = f.stream()
      for (let i = 0; i < 20; i++) {
        const [writer, reader] = i % 2 === 0 ? [f.store, other] : [other, f.store]
        const expected = i === 0 ? 'empty' : { at: i - 1 }
        ensureRight(await writer.append([{ stream, expected, events: f.events(1) }]), `Append ${i}`)
        ensureSame(
          (await gather(reader.read(stream))).length,
          i + 1,
          'The events that the other handle reads',
        )
      }
      const theirs = (await gather(other.readAll({ after: f.start }))).filter(f.isOwn)
      ensureSame(theirs, await f.readOwn(), 'The log as both handles read it')
    },
  },
]
