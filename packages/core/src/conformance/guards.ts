import type { Expected } from '../store.js'
import type { Check } from './check.js'
import { ensure, ensureLeft, ensureRight, ensureSame } from './expect.js'
import { checkOf } from './fixture.js'

/** Conditions on streams that an append does not write. */
export const guards: readonly Check[] = [
  checkOf('a guard that does not hold stops the append', async (f) => {
    const [guarded, absent] = [f.stream('guarded'), f.stream('absent')]
    await f.accept(guarded, 'empty', ...f.events(2))
    const broken: [typeof guarded, Expected, number | 'none'][] = [
      [guarded, 'empty', 1],
      [guarded, { at: 0 }, 1],
      [guarded, { at: 2 }, 1],
      [absent, 'exists', 'none'],
      [absent, { at: 0 }, 'none'],
    ]
    for (const [stream, expected, actual] of broken) {
      const target = f.stream()
      const write = { stream: target, expected: 'empty', events: f.events(1) } as const
      const conflict = ensureLeft(
        await f.store.append([write], [{ stream, expected }]),
        `An append with the guard ${stream} ${JSON.stringify(expected)}`,
      )
      ensureSame(conflict, { _tag: 'WrongVersion', stream, expected, actual }, 'The conflict')
      ensureSame((await f.read(target)).length, 0, 'The events of an append that its guard refused')
      ensureRight(await f.store.append([write]), 'The same append without the guard')
    }
  }),

  checkOf('a guard that holds lets the append pass and writes nothing itself', async (f) => {
    const [guarded, absent] = [f.stream('guarded'), f.stream('absent')]
    await f.accept(guarded, 'empty', ...f.events(2))
    const held: [typeof guarded, Expected][] = [
      [guarded, { at: 1 }],
      [guarded, 'exists'],
      [guarded, 'any'],
      [absent, 'empty'],
      [absent, 'any'],
    ]
    for (const [stream, expected] of held) {
      const target = f.stream()
      const { versions } = ensureRight(
        await f.store.append(
          [{ stream: target, expected: 'empty', events: f.events(1) }],
          [{ stream, expected }],
        ),
        `An append with the guard ${stream} ${JSON.stringify(expected)}`,
      )
      ensureSame(versions, new Map([[target, 0]]), 'The versions of the answer')
    }
    ensureSame((await f.read(guarded)).length, 2, 'The events of the guarded stream')
    ensureSame((await f.read(absent)).length, 0, 'The events of the absent stream')
    await f.accept(absent, 'empty', f.event())
  }),

  checkOf('guards alone are checked too', async (f) => {
    const stream = f.stream()
    await f.accept(stream, 'empty', f.event())
    const head = await f.store.head()
    const held = ensureRight(
      await f.store.append([], [{ stream, expected: { at: 0 } }]),
      'A guard that holds',
    )
    ensureSame(held.versions, new Map(), 'The versions of the answer')
    ensure(held.position >= head, `The answer is at ${held.position}, before ${head}.`)
    ensureLeft(await f.store.append([], [{ stream, expected: 'empty' }]), 'A guard that does not hold')
  }),

  checkOf(
    'guards hold against a concurrent write: of two that would break each other one wins',
    async (f) => {
      for (let round = 0; round < (f.settings.quick ? 5 : 25); round++) {
        const [a, b] = [f.stream(`a${round}`), f.stream(`b${round}`)]
        const results = await Promise.all([
          f.store.append(
            [{ stream: a, expected: 'empty', events: f.events(1) }],
            [{ stream: b, expected: 'empty' }],
          ),
          f.store.append(
            [{ stream: b, expected: 'empty', events: f.events(1) }],
            [{ stream: a, expected: 'empty' }],
          ),
        ])
        const won = results.filter((r) => r._tag === 'Right').length
        ensureSame(won, 1, 'How many of two appends won, each guarding the stream that the other writes')
        const there = (await f.read(a)).length + (await f.read(b)).length
        ensureSame(there, 1, 'The number of events that they left')
      }
    },
  ),
]
