import { systemClock } from '../clock.js'
import { type Position, START } from '../position.js'
import type { Page } from '../store.js'
import type { Check } from './check.js'
import { ensure, ensureRejects, ensureSame } from './expect.js'
import { checkOf, type Fixture, gather, idsOf } from './fixture.js'

/** Writes `count` events over five streams, in appends of one to four. */
export const fill = async (f: Fixture, count: number): Promise<void> => {
  const streams = Array.from({ length: 5 }, (_, i) => f.stream(`fill${i}`))
  for (let done = 0, i = 0; done < count; i++) {
    const size = Math.min(1 + (i % 4), count - done)
    await f.accept(streams[i % 5]!, 'any', ...f.events(size))
    done += size
  }
}

const pagesOf = async (pages: AsyncIterable<Page>): Promise<Page[]> => {
  const all: Page[] = []
  for await (const page of pages) all.push(page)
  return all
}

/** Streams and the log, read to an end. */
export const reads: readonly Check[] = [
  checkOf('a stream that is not there reads as empty', async (f) => {
    ensureSame(await f.read(f.stream()), [], 'What an absent stream holds')
    ensureSame(await f.read(f.stream(), { from: 5, limit: 1 }), [], 'What an absent stream holds from 5 on')
  }),

  checkOf('a stream is read from a version on, up to a limit', async (f) => {
    const stream = f.stream()
    const events = f.events(10)
    await f.accept(stream, 'empty', ...events)
    await f.accept(f.stream(), 'empty', ...f.events(2))
    const ids = idsOf(events)
    const cases: [from: number, limit: number | undefined][] = [
      [0, undefined],
      [3, undefined],
      [9, undefined],
      [10, undefined],
      [50, undefined],
      [0, 1],
      [0, 10],
      [0, 99],
      [4, 3],
      [8, 5],
      [0, 0],
    ]
    for (const [from, limit] of cases) {
      const found = await f.read(stream, limit === undefined ? { from } : { from, limit })
      const expected = ids.slice(from, limit === undefined ? undefined : from + limit)
      ensureSame(idsOf(found), expected, `The events from ${from}, limit ${limit}`)
    }
  }),

  checkOf('a long stream comes whole and in order', async (f) => {
    const stream = f.stream()
    const count = f.settings.quick ? 1_100 : 3_000
    for (let done = 0; done < count; done += 100)
      await f.accept(stream, done === 0 ? 'empty' : { at: done - 1 }, ...f.events(100))
    const versions = (await f.read(stream)).map((e) => e.version)
    ensureSame(versions.length, count, 'The number of events')
    ensure(
      versions.every((v, i) => v === i),
      'The versions of a long stream are not 0, 1, 2 and so on.',
    )
    ensureSame((await f.read(stream, { from: count - 3 })).length, 3, 'The events from near its end')
  }),

  checkOf('the log has one order, in which streams, appends and positions agree', async (f) => {
    await fill(f, 40)
    const own = await f.readOwn()
    ensureSame(own.length, 40, 'The number of events')
    for (let i = 1; i < own.length; i++)
      ensure(
        own[i]!.position > own[i - 1]!.position,
        `Position ${own[i]!.position} follows ${own[i - 1]!.position}.`,
      )
    for (const stream of new Set(own.map((e) => e.stream))) {
      const inLog = own.filter((e) => e.stream === stream)
      ensureSame(inLog, await f.read(stream), `The events of ${stream} in the log and in the stream`)
    }
    ensureSame(idsOf(await f.readOwn()), idsOf(own), 'The log, read a second time')
    ensure(own[0]!.position > f.start, `The first event is at ${own[0]!.position}, not after ${f.start}.`)
  }),

  checkOf('the log is read on from any position, which is excluded', async (f) => {
    await fill(f, 30)
    const own = await f.readOwn()
    for (let i = 0; i < own.length; i++) {
      const after = own[i]!.position
      ensureSame(idsOf(await f.readOwn({ after })), idsOf(own.slice(i + 1)), `The log after event ${i}`)
      const three = await f.readOwn({ after, types: [f.type()], limit: 3 })
      ensureSame(idsOf(three), idsOf(own.slice(i + 1, i + 4)), `Three events after event ${i}`)
    }
  }),

  checkOf('the log is read from its start', async (f) => {
    await fill(f, 10)
    const whole = await gather(f.store.readAll({ after: START, types: [f.type()] }))
    ensureSame(whole.length, 10, 'The number of events from START')
    ensureSame(idsOf(whole), idsOf(await f.readOwn()), 'The log from START')
  }),

  checkOf('a limit bounds a read of the log', async (f) => {
    await fill(f, 25)
    const types = [f.type()]
    const ids = idsOf(await f.readOwn())
    for (const limit of [0, 1, 2, 24, 25, 26, 1_000]) {
      const found = await gather(f.store.readAll({ after: f.start, types, limit }))
      ensureSame(idsOf(found), ids.slice(0, limit), `The events with limit ${limit}`)
      const any = await gather(f.store.readAll({ after: f.start, limit }))
      ensure(any.length <= limit, `Limit ${limit} without a filter gave ${any.length} events.`)
    }
  }),

  checkOf(
    'each page says how far it came: going on from there misses nothing and repeats nothing',
    async (f) => {
      await fill(f, 60)
      const ids = idsOf(await f.readOwn())
      for (const limit of [1, 7]) {
        const found: string[] = []
        let after = f.start
        for (let i = 0; i < 200; i++) {
          const pages = await pagesOf(f.store.readAll({ after, types: [f.type()], limit }))
          const last = pages.at(-1)
          ensure(last !== undefined, 'readAll gave no page, so nobody knows how far it came.')
          for (const page of pages) {
            ensure(page.position >= after, `A page is at ${page.position}, before ${after}.`)
            const end = page.events.at(-1)?.position ?? after
            ensure(page.position >= end, `A page is at ${page.position}, before its event at ${end}.`)
            after = page.position
            found.push(...idsOf(page.events))
          }
          if (last.caughtUp && pages.every((p) => p.events.length === 0)) break
        }
        ensureSame(found, ids, `The log in steps of ${limit}`)
      }
    },
  ),

  checkOf('a read of the whole log ends caught up', async (f) => {
    await fill(f, 5)
    const filters = [{}, { types: [f.type()] }, { categories: [f.category('none')] }]
    for (const filter of filters) {
      const pages = await pagesOf(f.store.readAll({ after: f.start, ...filter }))
      ensure(pages.at(-1)?.caughtUp === true, 'The last page of a whole read does not say caughtUp.')
      const head = await f.store.head()
      ensure(pages.at(-1)!.position <= head, `A page is at ${pages.at(-1)!.position}, past the head ${head}.`)
    }
  }),

  checkOf('head is the place where the log ends', async (f) => {
    let before = await f.store.head()
    for (let i = 0; i < 5; i++) {
      const { position } = await f.accept(f.stream(), 'empty', ...f.events(2))
      const head = await f.store.head()
      ensure(
        head >= position && head > before,
        `head() was ${before}, then ${head} after an append at ${position}.`,
      )
      ensureSame(await f.readOwn({ after: head }), [], 'What stands after the head')
      before = head
    }
  }),

  checkOf('a position that no store wrote is refused', async (f) => {
    const after = 'page 3 of 7' as Position
    await ensureRejects(() => f.readOwn({ after }), 'invalid', 'A read after "page 3 of 7"')
  }),

  checkOf('all readers see one order, also those who read while others write', async (f) => {
    const writers = Array.from({ length: 4 }, (_, w) => async () => {
      for (let i = 0; i < (f.settings.quick ? 8 : 25); i++)
        await f.accept(f.stream(`w${w}`), 'any', ...f.events(1 + ((i * w) % 4)))
    })
    const seen: string[][] = []
    let writing = true
    const reader = async () => {
      let after = f.start
      const ids: string[] = []
      for (let last = false; !last; ) {
        last = !writing
        for await (const page of f.store.readAll({ after })) {
          after = page.position
          ids.push(...idsOf(page.events.filter(f.isOwn)))
        }
        // A store that answers without waiting would leave the writers no turn.
        await systemClock.sleep(1)
      }
      seen.push(ids)
    }
    const done = Promise.all(writers.map((w) => w())).finally(() => {
      writing = false
    })
    await Promise.all([done, reader(), reader(), reader()])
    const ids = idsOf(await f.readOwn())
    for (const found of seen) ensureSame(found, ids, 'What a reader saw while others wrote')
  }),
]
