import type { ConversationCommand } from '@ramal/conversation'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { onePolicy, type Scene, scene } from '../test/scene.js'

const test = suite('routing, transfers and consultations')

type Actor = Extract<ConversationCommand, { type: 'transfer' }>['by']

const toAgent = (s: Scene, agent: string, by: Actor) =>
  s.command('t', { type: 'transfer', to: { kind: 'agent', agent }, mode: 'cold', by })

test('what was never classified is passed on to who was named', () => {
  const s = scene(
    onePolicy({}, { classification: [{ queue: 'main', prefer: { agents: ['z'], for: 60_000 } }] }),
  )
  for (const id of ['z', 'a']) s.hire(id)
  s.hire('b', { queues: ['elsewhere'] })
  const content = { kind: 'text', text: 'Your parcel is here.' } as const
  const opening = { channel: 'whatsapp', endpoint: 'e', customer: 'ana' }
  s.command('t', { type: 'notify', message: 'm', content, by: { kind: 'system' }, opening })
  s.command('t', { type: 'pick', agent: 'a', by: { kind: 'human', id: 'a' } })
  assert.is(s.ticket('t').queue, undefined)
  toAgent(s, 'b', { kind: 'human', id: 'a' })
  assert.equal(s.offered('t'), ['b'])
  s.wait(20_000)
  assert.equal(s.offered('t'), ['z'], 'and to others when they do not answer')
})

test('who passes a ticket on to somebody who is away is not asked themselves', () => {
  const s = scene()
  s.hire('a', { capacity: { total: 9 } })
  s.hire('b')
  s.agent('b', { type: 'becomeUnavailable', reason: 'lunch' })
  s.come('t')
  s.accept('t', 'a')
  toAgent(s, 'b', { kind: 'human', id: 'a' })
  assert.equal(s.offered('t'), [])
  s.wait(60_000)
  assert.equal(s.offered('t'), ['a'], 'but when nobody else came')
})

test('who passes a ticket on to themselves has it again', () => {
  const s = scene()
  s.hire('a', { capacity: { total: 9 } })
  s.come('t')
  s.accept('t', 'a')
  toAgent(s, 'a', { kind: 'human', id: 'a' })
  assert.equal(s.offered('t'), ['a'])
})

test('what a bot hands to somebody who is away waits for people, and does not come back to it', () => {
  const s = scene(onePolicy({ autoAccept: true }, { transferExcludesFor: 0 }))
  s.hire('bot', { kind: 'bot', capacity: { total: 9 } })
  s.come('t')
  assert.is(s.ticket('t').assigned?.agent, 'bot')
  s.hire('b')
  s.agent('b', { type: 'becomeUnavailable', reason: 'lunch' })
  toAgent(s, 'b', { kind: 'bot', id: 'bot' })
  assert.is(s.ticket('t').place, 'queued')
  s.agent('b', { type: 'becomeAvailable' })
  assert.is(s.ticket('t').assigned?.agent, 'b')
})

test('who has been consulted has the ticket as soon as it is handed to them warmly; where they have no room they are asked', () => {
  const handed = (total: number, mode: 'warm' | 'cold') => {
    const s = scene(onePolicy({}, { channels: { whatsapp: { cost: 2, consultCost: 1 } } }))
    s.hire('a', { capacity: { total: 2 } })
    s.come('t')
    s.accept('t', 'a')
    s.hire('b', { capacity: { total }, queues: ['law'] })
    const by = { kind: 'human', id: 'a' } as const
    s.command('t', { type: 'consult', to: { kind: 'queue', queue: 'law' }, by })
    s.command('t', { type: 'transfer', to: { kind: 'agent', agent: 'b' }, mode, by })
    return s
  }
  assert.is(handed(2, 'warm').ticket('t').assigned?.agent, 'b')
  assert.equal(handed(2, 'cold').offered('t'), ['b'], 'coldly, they are asked')
  const full = handed(1, 'warm')
  assert.equal([full.ticket('t').place, full.ticket('t').preferred?.agents], ['queued', ['b']])
  full.agent('b', { type: 'changeCapacity', capacity: { total: 2 } })
  assert.equal(full.offered('t'), ['b'])
})

test('who still wraps a ticket up, and has no more room, is not consulted about it', () => {
  const s = scene()
  s.hire('a')
  s.come('t')
  s.accept('t', 'a')
  s.resolve('t', 8000)
  s.hire('b')
  s.come('t')
  s.accept('t', 'b')
  const by = { kind: 'human', id: 'b' } as const
  for (const to of [
    { kind: 'agent', agent: 'a' },
    { kind: 'queue', queue: 'main' },
  ] as const) {
    s.command('t', { type: 'consult', to, by })
    assert.is(s.story('t').at(-1), 'ConsultRefused')
  }
  s.command('t', { type: 'pick', agent: 'a', by, reassign: true })
  assert.is(s.ticket('t').assigned?.agent, 'a', 'to have it again they need no more room')
  s.agent('b', { type: 'becomeUnavailable', reason: 'lunch' })
})

test.run()
