import type { Either } from 'fp-ts/lib/Either.js'
import { systemClock } from '../clock.js'
import { StoreError } from '../errors.js'
import type { Appended, Conflict, Expected } from '../store.js'
import type { StreamName } from '../stream-name.js'
import type { Check, Settings } from './check.js'
import { ensure, ensureRight, ensureSame } from './expect.js'
import { type Fixture, fixtureOf, idsOf } from './fixture.js'
import { whileListening } from './listener.js'

/** Asks again for as long as the store says that it cannot be reached. */
const insist = async <T>({ patience }: Settings, ask: () => Promise<T>): Promise<T> => {
  const deadline = systemClock.now() + patience
  for (;;)
    try {
      return await ask()
    } catch (error) {
      const unreachable = error instanceof StoreError && error.code === 'unavailable'
      if (!unreachable || systemClock.now() > deadline) throw error
      await systemClock.sleep(20)
    }
}

/** The same append again and again until there is an answer. */
const appendInsisting = (
  f: Fixture,
  stream: StreamName,
  expected: Expected,
  count: number,
): { readonly ids: string[]; readonly answer: Promise<Either<Conflict, Appended>> } => {
  const events = f.events(count)
  return { ids: idsOf(events), answer: insist(f.settings, () => f.append(stream, expected, ...events)) }
}

const disturbing = (
  name: string,
  body: (f: Fixture, disturb: () => Promise<void>) => Promise<void>,
): Check => ({
  name,
  needs: 'disturb',
  run: async (open, settings) => body(await fixtureOf(await open(), settings), settings.disturb!),
})

/** What holds when connections break. */
export const disturbed: readonly Check[] = [
  disturbing(
    'a subscription survives lost connections, without a skip and without a repetition',
    async (f, disturb) => {
      const options = { after: f.start, patience: f.settings.patience * 2, keep: f.isOwn }
      await whileListening(f.store, options, async (listener) => {
        const ids: string[] = []
        for (let round = 0; round < (f.settings.quick ? 3 : 8); round++) {
          for (let i = 0; i < 5; i++) {
            const { ids: added, answer } = appendInsisting(f, f.stream(`${i}`), 'any', 2)
            ensureRight(await answer, 'An append that expected nothing')
            ids.push(...added)
          }
          // Half of the rounds break a subscription that waits, half one that still reads.
          if (round % 2 === 0)
            await listener.until((l) => l.events().length >= ids.length, `all ${ids.length} events`)
          await disturb()
        }
        const { ids: last, answer } = appendInsisting(f, f.stream('last'), 'any', 1)
        ensureRight(await answer, 'An append that expected nothing')
        ids.push(...last)
        await listener.until((l) => l.events().length >= ids.length, `all ${ids.length} events`)
        ensureSame(idsOf(listener.events()), ids, 'What came over broken connections')
      })
    },
  ),

  disturbing('an append whose answer was lost, given again, is written once', async (f, disturb) => {
    const stream = f.stream()
    const own: string[] = []
    for (let round = 0; round < (f.settings.quick ? 5 : 20); round++) {
      const loose = Array.from({ length: 4 }, () => appendInsisting(f, f.stream('loose'), 'any', 2))
      const exact = appendInsisting(f, stream, round === 0 ? 'empty' : { at: own.length - 1 }, 1)
      await systemClock.sleep(round % 3)
      await disturb()
      for (const answer of await Promise.all([...loose, exact].map((given) => given.answer)))
        ensureRight(answer, 'An append that was right')
      own.push(...exact.ids)
      const there = idsOf(await insist(f.settings, () => f.readOwn()))
      ensureSame(there.length, own.length + 8 * (round + 1), 'The number of events in the log')
      for (const { ids } of loose)
        ensureSame(
          there.filter((id) => ids.includes(id)),
          ids,
          'The events of an append under way, in the log',
        )
      ensureSame(idsOf(await insist(f.settings, () => f.read(stream))), own, 'The events of the other stream')
    }
  }),

  disturbing('after a lost connection every call works again', async (f, disturb) => {
    const stream = f.stream()
    await f.accept(stream, 'empty', f.event())
    await disturb()
    const again = <T>(ask: () => Promise<T>) => insist(f.settings, ask)
    ensureSame((await again(() => f.read(stream))).length, 1, 'The events of the stream')
    await disturb()
    ensureSame((await again(() => f.readOwn())).length, 1, 'The events in the log')
    await disturb()
    ensure((await again(() => f.store.head())) > f.start, 'The head went back.')
    await disturb()
    ensureRight(await again(() => f.append(stream, { at: 0 }, f.event())), 'An append at its version')
  }),
]
