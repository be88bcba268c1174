import {
  type Decider,
  type EventOf,
  eventFamily,
  eventType,
  nonEmpty,
  type Recipe,
  record,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { decider } from './decider.js'
import { suite } from './suite.js'

const test = suite('decider')

const family = eventFamily(
  'lamp',
  eventType('LampLit', record({ by: nonEmpty })),
  eventType('LampPutOut', record({})),
)
type LampEvent = EventOf<typeof family>
type Command = { readonly type: 'light'; readonly by: string } | { readonly type: 'putOut' }
interface Refusal {
  readonly _tag: 'Burnt'
  readonly after: number
}
interface Lamp {
  lit: boolean
  times: number
  lastAt: number
}

const lamp: Decider<Command, LampEvent, Lamp, Refusal> = {
  events: family,
  initial: () => ({ lit: false, times: 0, lastAt: 0 }),
  apply: (draft, event) => {
    draft.lit = event.type === 'LampLit'
    draft.lastAt = event.meta.at
    if (event.type === 'LampLit') draft.times++
  },
  decide: (command, state) => {
    if (command.type === 'putOut') return E.right(state.lit ? [{ type: 'LampPutOut', data: {} }] : [])
    if (state.lit) return E.right([])
    if (state.times >= 2) return E.left({ _tag: 'Burnt', after: state.times })
    return E.right([{ type: 'LampLit', data: { by: command.by } }])
  },
}
const lit: LampEvent = { type: 'LampLit', data: { by: 'ana' } }
const out: LampEvent = { type: 'LampPutOut', data: {} }
const light: Command = { type: 'light', by: 'ana' }

/** As `assert.throws`, which lets a failed assertion through. */
const fails = (run: () => unknown, message: RegExp): void => {
  let caught: unknown
  try {
    run()
  } catch (error) {
    caught = error
  }
  assert.match(caught instanceof Error ? caught.message : 'it did not fail', message)
}

test('says what follows, what is refused, what is already so', () => {
  decider(lamp).when(light).thenEvents([lit])
  decider(lamp).given([lit]).when(light).thenEvents([])
  decider(lamp).given([lit, out, lit, out]).when(light).thenRefusal({ _tag: 'Burnt' }).thenRefusal()
})

test('gives the state, at the times that the events are given', () => {
  const given = decider(lamp).given([lit], { at: 1000 }).given([out], { at: 2000 })
  assert.equal(given.state(), { lit: false, times: 1, lastAt: 2000 })
  assert.is(given.when(light).state().times, 2)
  assert.is(given.given([lit, out]).when(light).state().times, 2)
})

test('fails on other events, on a refusal, on none, and on another one', () => {
  fails(() => decider(lamp).when(light).thenEvents([]), /equal/)
  fails(
    () =>
      decider(lamp)
        .when(light)
        .thenEvents([{ type: 'LampLit', data: { by: 'bo' } }]),
    /equal/,
  )
  fails(() => decider(lamp).given([lit, out, lit, out]).when(light).thenEvents([lit]), /Refused/)
  fails(() => decider(lamp).when(light).thenRefusal(), /Not refused/)
  fails(
    () => decider(lamp).given([lit, out, lit, out]).when(light).thenRefusal({ after: 7 }),
    /refusal, after/,
  )
})

test('holds a decider to its contract', () => {
  const broken = (apply: Recipe<Lamp, LampEvent>) => () =>
    decider({ ...lamp, apply })
      .given([lit, out])
      .state()
  // A counter beside the state makes the second way to fold differ.
  let calls = 0
  fails(
    broken((draft) => {
      draft.times = ++calls
    }),
    /equal states/,
  )
  fails(
    broken((_, event) => {
      Object.assign(event.meta, { at: 0 })
    }),
    /must not change/,
  )
  const forgetful: typeof lamp = { ...lamp, decide: () => E.right([lit]) }
  fails(() => decider(forgetful).when(light).thenEvents([lit]), /the next time/)
  const wrong = JSON.parse('{"type":"LampLit","data":{"by":7}}')
  fails(() => decider(lamp).given([wrong]), /LampLit does not fit its codec: .*by/)
  fails(
    () =>
      decider({ ...lamp, decide: () => E.right([wrong]) })
        .when(light)
        .state(),
    /codec/,
  )
})

test.run()
