import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { onePolicy, type Scene, scene } from '../test/scene.js'
import { POLICY, policyOf, step } from '../test/steps.js'
import { type World, world } from '../test/world.js'
import { type Change, explainWait, explainWaitInWords, type PolicyData } from './index.js'

const test = suite('why a ticket waits')
const T0 = Date.UTC(2026, 2, 2, 9)

const come = (w: World, id: string, channel = 'whatsapp', intent?: string): void => {
  const opening = { channel, endpoint: 'e', customer: id, intent }
  w.conversation(id, { type: 'receive', message: 'm', content: { kind: 'text', text: 'x' }, opening })
}

const start = (
  w: World,
  id: string,
  total: number,
  skills: Record<string, number> = {},
  queues = ['care'],
) => {
  w.agent(id, { type: 'register', profile: { kind: 'human', skills, capacity: { total }, queues } })
  w.agent(id, { type: 'signIn' })
  w.agent(id, { type: 'becomeAvailable' })
}

/** Does what the explanation says, and nothing else. Says whether that could be done from outside. */
const bringAbout = (w: World, ticket: string, { agent: id, verdicts }: Change): boolean => {
  const agent = w.state.agents.get(id!)!
  const { channel, queue, requirements } = w.state.tickets.get(ticket)!
  for (const verdict of verdicts)
    switch (verdict) {
      case 'capacity':
        w.agent(id!, { type: 'changeCapacity', capacity: { ...agent.capacity, total: agent.load + 100 } })
        break
      case 'channelCap':
        w.agent(id!, {
          type: 'changeCapacity',
          capacity: { total: Math.max(agent.capacity.total, agent.load + 100), caps: { [channel]: 1000 } },
        })
        break
      case 'unavailable':
      case 'notResponding':
      case 'draining':
        w.agent(id!, { type: 'signIn' })
        w.agent(id!, { type: 'becomeAvailable' })
        break
      case 'notInQueue':
        w.agent(id!, { type: 'changeQueues', queues: [...agent.queues, queue!] })
        break
      case 'skill':
        w.agent(id!, {
          type: 'changeSkills',
          skills: Object.fromEntries(requirements.flatMap((r) => ('skill' in r ? [[r.skill, r.level]] : []))),
        })
        break
      default:
        return false
    }
  return true
}

test('where the change that is named comes about, that agent is asked', () => {
  let tried = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 40 }), fc.nat(), (steps, n) => {
      const w = world(policyOf(POLICY), T0)
      for (const one of steps) {
        one(w)
        w.settle()
      }
      const waiting = [...w.state.waiting].sort()
      if (waiting.length === 0) return
      const id = waiting[n % waiting.length]!
      const change = explainWait(w.state, id, w.now)!.changes[0]
      if (!change || !bringAbout(w, id, change)) return
      tried++
      // In the queue others may be served first, but at rest this one has been offered to somebody or they are full.
      w.settle()
      const after = explainWait(w.state, id, w.now)!
      const still = after.changes.find(({ agent }) => agent === change.agent)
      const full = still?.verdicts.every((verdict) => verdict === 'capacity' || verdict === 'channelCap')
      assert.ok(after.place !== 'queued' || full, `${JSON.stringify(change)} -> ${JSON.stringify(after)}`)
    }),
    { numRuns: 600 },
  )
  assert.ok(tried > 50, `only ${tried} changes could be tried`)
})

test('a ticket that nobody can take says what is missing, and the least change first', () => {
  const w = world(policyOf(POLICY), T0)
  start(w, 'ana', 1, { money: 1 })
  start(w, 'bia', 0, { money: 5 })
  start(w, 'cid', 5, {}, ['orders'])
  come(w, 't1', 'whatsapp', 'refund')
  w.settle()
  w.advance(10_000)
  const e = explainWait(w.state, 't1', w.now)!
  assert.equal([e.place, e.queue, e.position, e.waited], ['queued', 'care', 1, 10_000])
  assert.equal(e.asks, ['money 3'])
  assert.equal(e.verdicts, { skill: 1, capacity: 1, notInQueue: 1 })
  assert.equal(
    e.changes.map(({ agent, what }) => [agent, ...what]),
    [
      ['bia', 'has 1 more free'],
      ['ana', 'has money 3'],
      ['cid', 'serves care', 'has money 3'],
    ],
  )
  const words = explainWaitInWords(e, w.now).join('\n')
  assert.match(words, 'Ticket t1 waits in queue "care", place 1, since 10 s.')
  assert.match(words, 'It would go to bia if this held: has 1 more free.')
})

const RELAXATION = [
  { after: 60_000, lower: { pt: 2 } },
  { after: 90_000, borrow: ['other'] },
  { after: 120_000, drop: ['law'] },
]
const TALK: PolicyData = onePolicy(
  {},
  {
    classification: [
      {
        queue: 'main',
        requirements: [
          { skill: 'pt', level: 5 },
          { skill: 'law', level: 2 },
        ],
      },
    ],
    queues: { main: { relaxation: RELAXATION }, other: {} },
  },
)

const changesFor = (s: Scene, id: string) => explainWait(s.w.state, id, s.w.now)!.changes

test('of two who lack something the one who lacks less comes first: fewer skills, fewer levels, less room', () => {
  const s = scene({ ...TALK, queues: { main: {}, other: {} } })
  s.hire('aaa')
  s.hire('bia', { skills: { pt: 1, law: 2 } })
  s.hire('cid', { skills: { pt: 4, law: 2 } })
  s.come('t')
  assert.equal(
    changesFor(s, 't').map(({ agent, what }) => [agent, ...what]),
    [
      ['cid', 'has pt 5'],
      ['bia', 'has pt 5'],
      ['aaa', 'has pt 5', 'has law 2'],
    ],
  )
  const room = scene(onePolicy({}, { channels: { whatsapp: { cost: 9 } } }))
  room.hire('aaa', { capacity: { total: 1 } })
  room.hire('bia', { capacity: { total: 8 } })
  room.come('t')
  assert.equal(
    changesFor(room, 't').map(({ what }) => what),
    [['has 1 more free'], ['has 8 more free']],
  )
})

test('where the ticket itself asks for less in time nobody needs to do anything', () => {
  const s = scene(TALK)
  s.hire('aaa')
  s.hire('cid', { skills: { pt: 4, law: 2 } })
  s.hire('dora', { skills: { pt: 5, law: 2 }, queues: ['other'] })
  s.come('t')
  assert.equal(changesFor(s, 't'), [
    { agent: 'cid', what: ['it asks for less: step 1'], verdicts: ['skill'], at: s.w.now + 60_000 },
    { agent: 'dora', what: ['it asks for less: step 2'], verdicts: ['notInQueue'], at: s.w.now + 90_000 },
    { agent: 'aaa', what: ['has pt 5', 'has law 2'], verdicts: ['skill'], at: undefined },
  ])
  s.wait(60_000)
  assert.equal(s.offered('t'), ['cid'])
})

test('what is said of who has it, of nobody being there, and of offers that are used up', () => {
  const s = scene(onePolicy({ maxOffers: 1, expiryStopsOffers: false }))
  const words = (id: string) => explainWaitInWords(explainWait(s.w.state, id, s.w.now)!, s.w.now)
  s.come('t')
  assert.ok(words('t').includes('No agent is registered.'))
  s.hire('a')
  s.wait(30_000)
  const [change] = changesFor(s, 't')
  assert.equal(change, {
    agent: 'a',
    what: ['it may be offered more than 1 times', 'may be asked again'],
    verdicts: ['declined', 'declined'],
    at: undefined,
  })
  s.hire('b')
  s.come('u')
  const agent = s.accept('u')
  assert.match(words('u')[0]!, `Ticket u is assigned to ${agent} in queue "main"`)
})

test('time that brings a change is said, with its moment', () => {
  const w = world(policyOf(POLICY), T0)
  start(w, 'ana', 3, { money: 5 })
  come(w, 't1')
  w.settle()
  const [offer] = w.state.tickets.get('t1')!.offers.keys()
  w.conversation('t1', { type: 'declineOffer', offer: offer!, agent: 'ana', retryAt: T0 + 5000 })
  w.settle()
  const e = explainWait(w.state, 't1', w.now)!
  assert.equal([e.changes[0]?.agent, e.changes[0]?.at], ['ana', T0 + 5000])
  assert.equal(e.soon, [{ at: T0 + 5000, what: 'ana may be asked again' }])
})

test('the place in the queue and the estimate follow from who was served', () => {
  const w = world(policyOf(POLICY), T0)
  start(w, 'ana', 1)
  for (let i = 0; i < 6; i++) {
    come(w, `t${i}`)
    w.advance(1)
  }
  const by = { kind: 'human', id: 'ana' } as const
  for (let i = 0; i < 3; i++) {
    w.settle()
    const [offer] = w.state.tickets.get(`t${i}`)!.offers.keys()
    w.conversation(`t${i}`, { type: 'acceptOffer', offer: offer!, agent: 'ana' })
    w.advance(60_000)
    w.conversation(`t${i}`, { type: 'resolve', by, disposition: 'done' })
  }
  w.settle()
  assert.is(explainWait(w.state, 't3', w.now)!.place, 'offered')
  const e = explainWait(w.state, 't5', w.now)!
  assert.is(e.position, 2)
  // Three found an agent in the last three minutes: one a minute, and one waits before it.
  assert.ok(Math.abs(e.estimatedWait! - 120_000) < 100, `${e.estimatedWait}`)
  assert.is(explainWait(w.state, 'nobody', w.now), undefined)
})

test.run()
