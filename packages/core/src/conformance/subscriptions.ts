import { systemClock } from '../clock.js'
import type { Check } from './check.js'
import { ensure, ensureSame } from './expect.js'
import { checkOf, type Fixture, fixtureOf, idsOf } from './fixture.js'
import { type Listener, type ListenOptions, whileListening } from './listener.js'
import { fill } from './reads.js'

const listening = (
  f: Fixture,
  options: Partial<ListenOptions>,
  body: (listener: Listener) => Promise<void>,
): Promise<void> =>
  whileListening(f.store, { after: f.start, patience: f.settings.patience, keep: f.isOwn, ...options }, body)

const has = (count: number) => (listener: Listener) => listener.events().length >= count

const caughtUp = (listener: Listener) => listener.pages.some((page) => page.caughtUp)

/** Eight writers that append at once, some much and some little, to streams of their own and to a common one. */
export const storm = async (f: Fixture, stores = [f.store]): Promise<number> => {
  let written = 0
  const rounds = f.settings.quick ? 6 : 25
  const common = f.stream('common')
  const writer = async (w: number) => {
    for (let i = 0; i < rounds; i++) {
      const size = (w + i) % 4 === 0 ? 20 : 1
      const stream = i % 3 === 0 ? common : f.stream(`storm${w}`)
      const result = await stores[w % stores.length]!.append([
        { stream, expected: 'any', events: f.events(size) },
      ])
      ensure(result._tag === 'Right', `An append expected any was refused: ${JSON.stringify(result)}`)
      written += size
      if ((w + i) % 3 === 0) await systemClock.sleep(1)
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, w) => writer(w)))
  return written
}

/** What came is what the log holds; a last event shows that nothing came after all. */
const ensureWhole = async (f: Fixture, listeners: readonly Listener[], count: number): Promise<void> => {
  for (const one of listeners) await one.until(has(count), `all ${count} events`)
  await f.accept(f.stream('last'), 'any', f.event())
  for (const one of listeners) await one.until(has(count + 1), 'the event after all others')
  const ids = idsOf(await f.readOwn())
  for (const one of listeners) ensureSame(idsOf(one.events()), ids, 'What came, and what the log holds')
}

/** The log as it is and as it comes. */
export const subscriptions: readonly Check[] = [
  checkOf('a subscription gives what is there, says caughtUp, and then gives what comes', async (f) => {
    await fill(f, 20)
    await listening(f, {}, async (listener) => {
      await listener.until(caughtUp, 'a page that is caught up')
      const before = listener.pages.slice(0, listener.pages.findIndex((p) => p.caughtUp) + 1)
      const history = before.flatMap((p) => p.events).filter(f.isOwn)
      ensureSame(history.length, 20, 'The events that came up to the first caughtUp')
      for (let i = 1; i <= 10; i++) {
        await f.accept(f.stream('live'), 'any', f.event({ i }))
        await listener.until(has(20 + i), `event ${i} of those written while it listened`)
      }
      ensureSame(idsOf(listener.events()), idsOf(await f.readOwn()), 'What came, and what the log holds')
    })
  }),

  checkOf('a subscription to an empty part of the log says caughtUp', async (f) => {
    await listening(f, {}, (listener) => listener.until(caughtUp, 'a page that is caught up'))
    await listening(f, { categories: [f.category('none')] }, (listener) =>
      listener.until(caughtUp, 'a page that is caught up'),
    )
  }),

  checkOf('caughtUp comes again after each time that more came', async (f) => {
    await listening(f, {}, async (listener) => {
      for (let i = 1; i <= 5; i++) {
        await f.accept(f.stream(), 'empty', f.event())
        await listener.until(
          (l) => has(i)(l) && l.pages.at(-1)?.caughtUp === true,
          `a page that is caught up after event ${i}`,
        )
      }
    })
  }),

  checkOf('a subscription begins after its position, not at it', async (f) => {
    await fill(f, 12)
    const own = await f.readOwn()
    for (const i of [0, 5, 10, 11])
      await listening(f, { after: own[i]!.position }, async (listener) => {
        await listener.until(caughtUp, 'a page that is caught up')
        await f.accept(f.stream(), 'empty', f.event())
        const expected = idsOf(await f.readOwn({ after: own[i]!.position }))
        await listener.until(has(expected.length), 'the events after its position')
        ensureSame(idsOf(listener.events()), expected, `The events after event ${i}`)
        own.push(...(await f.readOwn({ after: own.at(-1)!.position })))
      }).then(() => own.splice(12))
  }),

  checkOf('a subscription never skips, never reorders and never repeats while eight write', async (f) => {
    await listening(f, {}, async (listener) => {
      await ensureWhole(f, [listener], await storm(f))
    })
  }),

  checkOf(
    'a subscription that is taken up again from its last page misses nothing and repeats nothing',
    async (f) => {
      const found: string[] = []
      let after = f.start
      let total: number | undefined
      let deadline = Number.POSITIVE_INFINITY
      const write = async () => {
        total = await storm(f)
        deadline = systemClock.now() + f.settings.patience
      }
      const read = async () => {
        for (let i = 0; found.length !== total; i++) {
          await systemClock.sleep(1)
          ensure(systemClock.now() < deadline, `Of ${total} events only ${found.length} came.`)
          await listening(f, { after }, async (listener) => {
            const pages = 1 + (i % 3)
            await listener.until((l) => l.pages.length >= pages || caughtUp(l), 'a page')
            const taken = listener.pages.slice(0, pages)
            found.push(...idsOf(taken.flatMap((p) => p.events).filter(f.isOwn)))
            after = taken.at(-1)!.position
            ensure(
              found.length <= (total ?? found.length),
              `${found.length} events came, ${total} were written.`,
            )
          })
        }
      }
      await Promise.all([write(), read()])
      ensureSame(found, idsOf(await f.readOwn()), 'What came over many subscriptions, and what the log holds')
    },
  ),

  checkOf('a filtered subscription gives what it wants and no more', async (f) => {
    const [type, category] = [f.type('Wanted'), f.category('wanted')]
    await listening(f, { types: [type], categories: [category] }, async (listener) => {
      for (let i = 0; i < 10; i++) {
        await f.accept(f.stream('x', 'wanted'), 'any', f.event(), f.event({ i }, { type }))
        await f.accept(f.stream('x'), 'any', f.event({}, { type }))
      }
      await listener.until(has(10), 'the ten wanted events')
      const wanted = await f.readOwn({ types: [type], categories: [category] })
      ensureSame(idsOf(listener.events()), idsOf(wanted), 'The events that came through the filter')
    })
  }),

  checkOf('a filtered subscription moves on when only others come', async (f) => {
    const types = [f.type('Wanted')]
    await listening(f, { types }, async (listener) => {
      const { position } = await f.accept(f.stream('x'), 'empty', f.event({}, { type: types[0]! }))
      await listener.until(has(1), 'the wanted event')
      for (let i = 0; i < 20; i++) await f.accept(f.stream('y'), 'any', ...f.events(5))
      await listener.until(
        (l) => l.pages.some((p) => p.events.length === 0 && p.position > position),
        'a page without events that is past the unwanted ones',
      )
      const checkpoint = listener.pages.at(-1)!.position
      const next = await f.accept(f.stream('x'), 'exists', f.event({}, { type: types[0]! }))
      ensure(
        checkpoint < next.position,
        `The checkpoint ${checkpoint} is past the next event ${next.position}.`,
      )
      ensureSame((await f.readOwn({ after: checkpoint, types })).length, 1, 'What the checkpoint leaves')
      await listener.until(has(2), 'the next wanted event')
    })
  }),

  checkOf('a slow consumer misses nothing', async (f) => {
    const pause = () => systemClock.sleep(5)
    await listening(f, { pause }, async (listener) => {
      await ensureWhole(f, [listener], (await storm(f)) + (await storm(f)))
    })
  }),

  checkOf('many subscriptions see one order', async (f) => {
    const listenTo = async (left: number, listeners: readonly Listener[]): Promise<void> => {
      if (left > 0) return listening(f, {}, (one) => listenTo(left - 1, [...listeners, one]))
      await ensureWhole(f, listeners, await storm(f))
    }
    await listenTo(6, [])
  }),

  checkOf('an abort ends a subscription that waits, without an error', async (f) => {
    await listening(f, {}, async (listener) => {
      await listener.until(caughtUp, 'a page that is caught up')
      await listener.stop()
    })
    await f.accept(f.stream(), 'empty', f.event())
  }),

  checkOf('an abort ends a subscription in the middle of history', async (f) => {
    await fill(f, 50)
    const stopping = new AbortController()
    let after = 0
    for await (const _ of f.store.subscribe({ after: f.start }, stopping.signal)) {
      if (stopping.signal.aborted) after += 1
      stopping.abort()
    }
    ensureSame(after, 0, 'The pages that came after the abort')
    for await (const _ of f.store.subscribe({ after: f.start }, AbortSignal.abort())) after += 1
    ensureSame(after, 0, 'The pages that came to a subscription aborted before it began')
  }),

  checkOf('a consumer may leave', async (f) => {
    await fill(f, 10)
    for (let i = 0; i < 5; i++)
      for await (const page of f.store.subscribe({ after: f.start }, new AbortController().signal))
        if (page.events.length > 0) break
    for await (const page of f.store.readAll({ after: f.start })) if (page.events.length > 0) break
    await f.accept(f.stream(), 'empty', f.event())
    ensureSame((await f.readOwn()).length, 11, 'The number of events')
  }),

  {
    name: 'a subscription sees what another handle writes, without a skip',
    needs: 'beside',
    run: async (open, settings) => {
      const f = await fixtureOf(await open(), settings)
      const other = await settings.beside!()
      await listening(f, {}, async (listener) => {
        await ensureWhole(f, [listener], await storm(f, [f.store, other]))
      })
    },
  },
]
