import type { Fact } from '@ramal/core'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { anyRun, type Run } from '../test/more-steps.js'
import { onePolicy, scene, T0 } from '../test/scene.js'
import { policyOf } from '../test/steps.js'
import { type World, world } from '../test/world.js'
import {
  applyToRouting,
  type Decision,
  initialState,
  matcher,
  type PassInput,
  type Policy,
  type RoutingState,
  route,
  routeWith,
} from './index.js'

const test = suite('routing, passes cut short')

const offersIn = (decisions: readonly Decision[]): readonly string[] =>
  decisions.flatMap(({ stream, event }) =>
    event.type === 'OfferIssued' ? [`${stream} to ${event.data.agent}`] : [],
  )

/** What is offered by passes of one decision each, every one written before the next is decided. */
const offersCut = (log: World['log'], input: PassInput): readonly string[] => {
  const state = initialState()
  const indexed = matcher(state)
  const versions = new Map<string, number>()
  for (const event of log) {
    applyToRouting(state, event)
    versions.set(event.stream, event.version)
  }
  const all: Decision[] = []
  for (let i = 0; i < 1000; i++) {
    const cut = { ...input, pass: `cut ${i}`, onlyOffers: true, most: 1 }
    const { decisions } = route(state, cut)
    assert.equal(routeWith(indexed, cut).decisions, decisions)
    if (decisions.length === 0) return offersIn(all)
    for (const { stream, event } of decisions) {
      const version = (versions.get(stream) ?? -1) + 1
      versions.set(stream, version)
      const meta = { id: `${i}`, at: input.now, tenant: 't', correlationId: '', schemaVersion: 1 }
      applyToRouting(state, { ...event, stream, version, meta } as Fact)
    }
    all.push(...decisions)
  }
  throw new Error('Routing does not come to rest.')
}

/** Without exploration, as its draws follow from how far a ticket has come; and many count as accepted at once. */
const drawnFrom = ({ data }: Policy): Policy => {
  const queues = Object.entries(data.queues).map(([name, { explore: _, ...queue }]) => {
    const accepted = name === 'care' || queue.autoAccept === true
    return [name, accepted ? { ...queue, autoAccept: true } : queue]
  })
  return policyOf({ ...data, queues: Object.fromEntries(queues) })
}

const play = ({ policy, staff, steps }: Run): number => {
  const real = world(drawnFrom(policy), T0)
  const w: World = Object.assign(Object.create(real), {
    publish: (next: Policy) => real.publish(drawnFrom(next)),
  })
  let compared = 0
  const decide = (state: RoutingState, input: PassInput) => {
    const whole = route(state, input)
    const offers = offersIn(whole.decisions)
    if (offers.length < 2) return whole
    compared++
    assert.equal(offersCut(real.log, input), offers)
    return whole
  }
  for (const one of staff) one(w)
  // Several things happen before routing looks: passes are long.
  for (const [i, [one]] of steps.entries()) {
    one(w)
    if (i % 4 === 3) real.settle(decide)
  }
  return compared
}

test('a pass may end after any decision: who is asked, and for what, is the same', () => {
  let compared = 0
  fc.assert(
    fc.property(anyRun, (run) => {
      compared += play(run)
    }),
    { numRuns: Number(process.env.RAMAL_MODEL_RUNS ?? 250), includeErrorInReport: true },
  )
  assert.ok(compared > 50, `only ${compared} passes had something to cut`)
})

test('who is given a ticket in a pass was given one last, for those that follow in it', () => {
  const s = scene(onePolicy({ autoAccept: true, ranking: ['longestSinceAssigned'] }))
  for (const id of ['a', 'b', 'c']) s.hire(id, { capacity: { total: 3 } })
  s.comeTogether('t1', 't2', 't3', 't4')
  assert.equal(
    ['t1', 't2', 't3', 't4'].map((id) => s.ticket(id).assigned?.agent),
    ['a', 'b', 'c', 'a'],
  )
})

test.run()
