import type { ConversationEvent } from '@ramal/conversation'
import { type Fact, positionOf, type StreamName } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { onePolicy, type Scene, scene } from '../test/scene.js'
import { put } from './few.js'
import {
  atRest,
  auditor,
  type Decision,
  type Invariant,
  initialState,
  onTicket,
  passedOver,
  type Violation,
  violations,
} from './index.js'

/** Each check against a state or a log that breaks what it is for: a check that cannot fail is worth nothing. */
const test = suite('routing, invariants')

const named = (found: readonly Violation[]): readonly Invariant[] => [
  ...new Set(found.map(({ invariant }) => invariant)),
]

/** Bia has one ticket, one waits, one is offered to caio. */
const busy = (): Scene => {
  const s = scene(onePolicy({ declineRetryAfter: 5000 }))
  s.hire('bia')
  s.come('had')
  s.accept('had')
  s.hire('caio')
  s.come('offered')
  s.wait(1000)
  s.come('waits')
  return s
}

test('nothing is found where nothing is wrong', () => {
  const { w } = busy()
  assert.equal(violations(w.state), [])
  assert.equal(atRest(w.state, w.now), [])
})

test('a ticket that is assigned and offered', () => {
  const { w, ticket } = busy()
  const hold = { agent: 'caio', cost: 0, interruptible: false, expiresAt: w.now + 1 }
  const had = ticket('had')
  had.offers = put(had.offers, 'x', hold)
  assert.ok(named(violations(w.state)).includes('one assignment a ticket'))
})

test('a sum that is not what the tickets add up to, and more than an agent has', () => {
  const { w } = busy()
  const bia = w.state.agents.get('bia')!
  for (const [field, was] of [
    ['load', bia.load],
    ['interruptible', bia.interruptible],
  ] as const) {
    bia[field] = was + 1
    assert.ok(named(violations(w.state)).includes('capacity is never exceeded'), field)
    bia[field] = was
  }
  bia.counts.set('sms', 1)
  assert.equal(named(violations(w.state)), ['capacity is never exceeded'])
  bia.counts.delete('sms')
  bia.tickets.add('waits')
  assert.equal(named(violations(w.state)), ['capacity is never exceeded'])
  bia.tickets.delete('waits')
  bia.capacity = { total: 0 }
  assert.equal(named(violations(w.state)), ['capacity is never exceeded'])
  assert.equal(violations(w.state, new Set(['bia'])), [])
  bia.capacity = { total: 1, caps: { whatsapp: 0 } }
  assert.equal(named(violations(w.state)), ['capacity is never exceeded'])
})

test('a ticket in two places, in none, or in one that contradicts what it has', () => {
  const breaks: readonly ((s: Scene) => void)[] = [
    ({ w }) => void w.state.unclassified.add('waits'),
    ({ w }) => void w.state.queued.get('main')!.delete('waits'),
    ({ w }) => void w.state.queued.set('other', new Set(['waits'])),
    ({ w }) => void w.state.waiting.delete('waits'),
    ({ ticket }) => Object.assign(ticket('waits'), { waits: false }),
    ({ ticket }) => Object.assign(ticket('had'), { place: 'parked' }),
    ({ ticket }) => Object.assign(ticket('had'), { parkedUntil: 5 }),
    ({ ticket }) => Object.assign(ticket('had'), { resolvedAt: 5 }),
    ({ ticket }) => Object.assign(ticket('offered'), { place: 'resolved' }),
  ]
  for (const [i, wrong] of breaks.entries()) {
    const s = busy()
    wrong(s)
    assert.ok(named(violations(s.w.state)).includes('every ticket is in exactly one place'), `${i}`)
  }
})

test('somebody waits whom somebody could take', () => {
  const { w } = busy()
  w.state.agents.get('caio')!.capacity = { total: 5 }
  assert.equal(named(atRest(w.state, w.now)), ['work is conserved at rest'])
})

test('something due, asked for or to be given back is left', () => {
  const left: readonly ((s: Scene) => void)[] = [
    ({ w }) => w.advance(20_000),
    ({ ticket, w }) => Object.assign(ticket('had'), { parkedUntil: w.now }),
    ({ ticket, w }) =>
      Object.assign(ticket('had'), {
        wrapUp: { agent: 'bia', cost: 0, interruptible: false, until: w.now },
      }),
    ({ ticket }) =>
      Object.assign(ticket('had'), {
        pick: { agent: 'caio', by: { kind: 'system' }, overcommit: false },
      }),
    ({ ticket }) => Object.assign(ticket('had'), { consultWanted: { kind: 'agent', id: 'caio' } }),
    ({ ticket }) => Object.assign(ticket('waits'), { place: 'new' }),
    ({ w }) => void w.state.leaving.add('bia'),
  ]
  for (const [i, wrong] of left.entries()) {
    const s = busy()
    wrong(s)
    assert.ok(named(atRest(s.w.state, s.w.now)).includes('nothing due is left undone'), `${i}`)
  }
})

/** Follows the log of a scene into a state of its own, and then one event more that should not be in it. */
const auditAnd = (
  s: Scene,
  ...events: readonly (readonly [string, ConversationEvent | { type: string; data: object }])[]
) => {
  const state = initialState()
  const audit = auditor()
  for (const event of s.w.log) assert.equal(audit(state, event), [])
  return events.flatMap(([id, event], i) => {
    const stream = (id.includes('-') ? id : `conversation-${id}`) as StreamName
    const n = s.w.log.length + i
    const meta = {
      id: `${n}`,
      at: s.w.now,
      tenant: 't',
      correlationId: 'c',
      causationId: 'c',
      schemaVersion: 1,
    }
    const fact = { ...event, stream, version: 100 + i, meta, position: positionOf(n + 1) }
    return audit(state, fact as Fact)
  })
}

const offerTo = (s: Scene, agent: string, offer = 'x'): ConversationEvent => {
  const issued = s.w.log.find(({ type }) => type === 'OfferIssued')!
  return { type: 'OfferIssued', data: { ...(issued.data as object), offer, agent } as never }
}

test('a pass that serves who comes later, of tickets that no agent tells apart', () => {
  const s = busy()
  s.wait(1)
  s.come('later')
  const offer = (ticket: string): Decision => onTicket(ticket, offerTo(s, 'caio'))
  assert.equal(passedOver(s.w.state, [offer('waits')], s.w.now), [])
  assert.equal(passedOver(s.w.state, [offer('waits'), offer('later')], s.w.now), [])
  assert.equal(named(passedOver(s.w.state, [offer('later')], s.w.now)), ['nobody is passed by their like'])
})

test('an offer that ends twice, ends without having been made, or is made twice', () => {
  const s = busy()
  const { offer, agent } = s.offerOf('offered')
  const ends = 'an offer ends once'
  const expired = { type: 'OfferExpired', data: { offer, agent } } as const
  assert.equal(named(auditAnd(s, ['offered', expired])), [])
  assert.equal(named(auditAnd(s, ['offered', expired], ['offered', expired])), [ends])
  const declined = { type: 'OfferDeclined', data: { offer: 'never', agent } } as const
  assert.equal(named(auditAnd(s, ['offered', declined])), [ends])
  assert.ok(named(auditAnd(s, ['offered', offerTo(s, 'caio', offer)])).includes(ends))
})

test('an offer to who cannot take it: not there, not able, full, asked already, out of hours', () => {
  const wrong = 'offers go to who can take them'
  const s = busy()
  s.hire('lawyer', { queues: ['law'] })
  s.hire('free', { capacity: { total: 0 } })
  for (const agent of ['bia', 'lawyer', 'free', 'stranger'])
    assert.ok(named(auditAnd(s, ['waits', offerTo(s, agent)])).includes(wrong), agent)
  assert.ok(named(auditAnd(s, ['offered', offerTo(s, 'caio')])).includes(wrong), 'has the offer')
  s.agent('caio', { type: 'becomeUnavailable', reason: 'lunch' })
  assert.ok(named(auditAnd(s, ['waits', offerTo(s, 'caio')])).includes(wrong), 'at lunch')
  const calendars = { never: { timeZone: 'UTC', weekly: [] } }
  const closed = scene(onePolicy())
  closed.hire('bia', { capacity: { total: 9 } })
  closed.come('first')
  closed.publish(onePolicy({ hours: 'never' }, { calendars }))
  closed.come('t')
  assert.equal(named(auditAnd(closed, ['t', offerTo(closed, 'bia')])), [wrong])
})

test('more than an agent has, by an event that does not say so', () => {
  const s = busy()
  const by = { kind: 'human', id: 'boss' } as const
  const picked = { type: 'TicketPicked', data: { agent: 'bia', cost: 1, by } } as const
  assert.equal(named(auditAnd(s, ['waits', picked])), ['capacity is never exceeded'])
  const said = { type: 'TicketPicked', data: { ...picked.data, overcommitted: true } } as const
  assert.equal(named(auditAnd(s, ['waits', said])), [])
})

test('a wait that starts anew though the policy does not say so', () => {
  const s = busy()
  const queued = { queue: 'main', priority: 0, requirements: [], labels: [], policy: 'p' }
  const classified = { type: 'TicketClassified', data: { ...queued, since: s.w.now } } as const
  const kept = { type: 'TicketClassified', data: { ...queued, since: s.ticket('had').since } } as const
  const anew = 'a wait never starts anew unasked'
  s.command('offered', { type: 'park', by: { kind: 'system' } })
  s.wait(1)
  assert.ok(named(auditAnd(s, ['waits', { ...classified, data: { ...queued, since: 0 } }])).includes(anew))
  assert.not(named(auditAnd(s, ['had', kept])).includes(anew))
})

test('a policy that reaches back', () => {
  const s = busy()
  const state = initialState()
  const audit = auditor()
  for (const event of s.w.log) audit(state, event)
  const policy = s.w.log.find(({ type }) => type === 'PolicyPublished')!
  const ticket = state.tickets.get('had')!
  // A fold that lets a policy reach back: what was decided before it would change with it.
  const reached = {
    ...policy,
    get data() {
      ticket.since += 1
      return policy.data
    },
  }
  assert.equal(named(audit(state, reached)), ['a policy changes only what comes after'])
})

test.run()
