import type { ConversationCommand } from '@ramal/conversation'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { onePolicy, scene } from '../test/scene.js'
import { refuseBelowUse, refuseUnknown } from './index.js'

/** Commands that name what there is not: given for what routing knows, refused with the reason, and nothing changes. */
const test = suite('routing, bad input')
const boss = { kind: 'human', id: 'boss' } as const

const world = () => {
  const s = scene(onePolicy({}, { queues: { main: {}, law: {} } }))
  s.hire('bia', { capacity: { total: 3, caps: { whatsapp: 3 } }, queues: ['main', 'nights'] })
  s.come('t')
  s.accept('t')
  return s
}

test('an agent who is not registered is not picked, excluded, transferred to or consulted', () => {
  const { w } = world()
  const to = (agent: string) => ({ kind: 'agent', agent }) as const
  const commands = (agent: string): readonly ConversationCommand[] => [
    { type: 'pick', agent, by: boss },
    { type: 'exclude', agent, by: boss },
    { type: 'transfer', to: to(agent), mode: 'cold', by: boss },
    { type: 'consult', to: to(agent), by: boss },
  ]
  for (const command of commands('nobody')) {
    const refusal = refuseUnknown(w.state, command)
    assert.is(refusal?.reason, 'unknownAgent', command.type)
    assert.match(refusal!.message, 'nobody')
  }
  for (const command of commands('bia')) assert.is(refuseUnknown(w.state, command), undefined)
})

test('a queue that neither the policy has nor anybody serves takes no ticket', () => {
  const { w } = world()
  const moves = (queue: string): readonly ConversationCommand[] => [
    { type: 'transfer', to: { kind: 'queue', queue }, mode: 'cold', by: boss },
    { type: 'consult', to: { kind: 'queue', queue }, by: boss },
  ]
  for (const command of moves('toString')) {
    assert.is(refuseUnknown(w.state, command)?.reason, 'unknownQueue')
    assert.match(refuseUnknown(w.state, command)!.message, '"toString"')
  }
  for (const queue of ['main', 'law', 'nights'])
    for (const command of moves(queue)) assert.is(refuseUnknown(w.state, command), undefined, queue)
  const outside = { kind: 'outside', address: '+1' } as const
  assert.is(refuseUnknown(w.state, { type: 'transfer', to: outside, mode: 'cold', by: boss }), undefined)
})

test('a capacity below what is held is refused, with what is held; said on purpose, it holds for what comes next', () => {
  const s = world()
  s.come('u')
  s.accept('u')
  const lower = (capacity: { total: number; caps?: Record<string, number> }, overcommit = false) =>
    refuseBelowUse(s.w.state, 'bia', { type: 'changeCapacity', capacity, overcommit })
  assert.is(lower({ total: 1 })?.reason, 'inUse')
  assert.match(lower({ total: 1 })!.message, 'holds 2, and would have 1')
  assert.match(lower({ total: 9, caps: { whatsapp: 1 } })!.message, '2 tickets on whatsapp, and would have 1')
  assert.is(lower({ total: 2 }), undefined)
  assert.is(lower({ total: 1 }, true), undefined)
  s.agent('bia', { type: 'changeCapacity', capacity: { total: 1 }, overcommit: true })
  assert.equal(s.w.overcommitted(), ['bia'])
  s.come('v')
  assert.equal(s.offered('v'), [])
  s.resolve('t')
  assert.equal(s.offered('v'), [], 'one of one is held still')
  s.resolve('u')
  assert.equal(s.offered('v'), ['bia'])
})

test('nor is less room given by registering again; what is no capacity at all is for the codec to refuse', () => {
  const s = world()
  const profile = { kind: 'human', skills: {}, capacity: { total: 0 }, queues: ['main'] } as const
  const again = (overcommit?: boolean) =>
    refuseBelowUse(s.w.state, 'bia', { type: 'register', profile, overcommit })
  assert.is(again()?.reason, 'inUse')
  assert.is(again(true), undefined)
  assert.is(refuseBelowUse(s.w.state, 'new', { type: 'register', profile }), undefined)
  for (const total of [-1, Number.NaN])
    assert.is(refuseBelowUse(s.w.state, 'bia', { type: 'changeCapacity', capacity: { total } }), undefined)
})

test('what was refused by nobody is answered by the router: picks and consultations of who is not there or full', () => {
  const s = world()
  const answer = (id: string) => s.w.log.findLast(({ stream }) => stream === `conversation-${id}`)
  const pick = (agent: string) => {
    const before = s.ticket('u').place
    s.command('u', { type: 'pick', agent, by: boss })
    assert.is(s.ticket('u').place, before, 'nothing has changed for the ticket')
    assert.is(answer('u')!.type, 'PickRefused')
    return answer('u')!.data as { verdict: string; detail?: string }
  }
  s.w.agent('bia', { type: 'drain' })
  s.come('u')
  assert.equal(pick('nobody').verdict, 'unavailable')
  s.hire('caio', { capacity: { total: 0 } })
  assert.equal(pick('caio'), { agent: 'caio', verdict: 'capacity', detail: 'needs 1, has 0 of 0' })
  s.agent('caio', { type: 'signOut' })
  assert.equal(pick('caio').detail, 'signed out')
  s.hire('dora')
  s.command('u', { type: 'exclude', agent: 'dora', by: boss })
  assert.equal(pick('dora').verdict, 'excluded')
  const bia = { kind: 'human', id: 'bia' } as const
  for (const to of [
    { kind: 'agent', agent: 'nobody' },
    { kind: 'agent', agent: 'caio' },
    { kind: 'queue', queue: 'law' },
  ] as const) {
    s.command('t', { type: 'consult', to, by: bia })
    assert.is(answer('t')!.type, 'ConsultRefused')
    assert.is(s.ticket('t').assigned?.agent, 'bia')
    assert.is(s.ticket('t').consult, undefined)
  }
})

test.run()
