import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { DAY, define } from './definition.js'
import type { FcrFact } from './fact.js'
import { fcr, historyOf } from './fcr.js'
import { presets } from './presets.js'
import { contact, HOUR, judged, LATER, lived, MINUTE, T0 } from './scenario.js'

const test = suite('edge cases')

test('abandoned, and called again five minutes later', () => {
  const facts: FcrFact[] = [
    ...contact('gaveUp', T0, undefined),
    { kind: 'ended', contact: 'gaveUp', at: T0 + 8000, outcome: 'abandoned' },
    ...contact('again', T0 + 5 * MINUTE, T0 + 20 * MINUTE),
  ]
  assert.is(judged(facts), 'again success')
  assert.is(judged(facts, { abandoned: 'repeatOnly' }), 'again success')
  assert.is(judged(facts, { abandoned: 'full' }), 'gaveUp failed repeat abandoned')
})

test('reopened after 24 hours and 50 minutes: fails seven days, passes 24 hours', () => {
  const facts: FcrFact[] = [
    ...contact('a', T0, T0 + 10 * MINUTE),
    { kind: 'reopened', contact: 'a', at: T0 + 25 * HOUR },
    { kind: 'ended', contact: 'a', at: T0 + 27 * HOUR, outcome: 'resolved' },
  ]
  assert.is(judged(facts), 'a failed reopened')
  assert.is(judged(facts, { window: DAY }), 'a success')
  assert.is(judged(facts, { reopen: 'allowed' }), 'a success')
})

test('a gap of exactly the window: the closed bound fails, the open bound passes', () => {
  const facts = [
    ...contact('a', T0, T0 + HOUR),
    ...contact('b', T0 + HOUR + 7 * DAY, T0 + 2 * HOUR + 7 * DAY),
  ]
  assert.is(judged(facts), 'a failed repeat')
  assert.is(judged(facts, { bound: 'open' }), 'a success, b success')
  // At that very moment the closed bound still waits, and the open one does not.
  const due = T0 + HOUR + 7 * DAY
  assert.is(judged(contact('a', T0, T0 + HOUR), {}, due), 'a pending')
  assert.is(judged(contact('a', T0, T0 + HOUR), {}, due + 1), 'a success')
  assert.is(judged(contact('a', T0, T0 + HOUR), { bound: 'open' }, due), 'a success')
})

test('a fact that comes late turns a final success into a failure, and says so', () => {
  const facts = [
    ...contact('a', T0, T0 + HOUR),
    ...contact('b', T0 + 5 * DAY, T0 + 5 * DAY + HOUR, { recordedAt: T0 + 12 * DAY }),
  ]
  assert.equal(lived(facts), [
    'a none>open by started',
    'a open>pending by ended',
    'a pending>success by time',
    'a success>failed revised by started',
  ])
})

test('a promised callback, and our call', () => {
  const facts: FcrFact[] = [
    ...contact('a', T0, T0 + 5 * MINUTE),
    { kind: 'callbackPromised', contact: 'a', at: T0 + 4 * MINUTE },
    ...contact('ours', T0 + 4 * HOUR, T0 + 5 * HOUR, { direction: 'outbound' }),
  ]
  assert.is(judged(facts), 'a success')
  assert.is(judged(facts, { callback: 'breaks' }), 'a failed callback')
  assert.is(judged(facts, { outbound: 'repeatOnly' }), 'a failed repeat')
})

test('a contact that a bot contained', () => {
  const facts: FcrFact[] = [
    ...contact('bot', T0, undefined),
    { kind: 'joined', contact: 'bot', at: T0, agent: 'bot-1', by: 'bot' },
    { kind: 'ended', contact: 'bot', at: T0 + MINUTE, outcome: 'contained' },
    ...contact('human', T0 + HOUR, T0 + 2 * HOUR),
  ]
  assert.is(judged(facts), 'bot failed repeat')
  assert.is(judged(facts, { bot: 'repeatOnly' }), 'human success')
  assert.is(judged(facts, { bot: 'ignore' }), 'human success')
})

test('a cold transfer to the second line', () => {
  const facts: FcrFact[] = [
    ...contact('a', T0, T0 + HOUR),
    { kind: 'joined', contact: 'a', at: T0, agent: 'x', level: 1 },
    { kind: 'joined', contact: 'a', at: T0 + MINUTE, agent: 'y', level: 2, transfer: 'cold' },
  ]
  assert.is(judged(facts), 'a success')
  assert.is(judged(facts, { transfer: 'warm' }), 'a failed transfer')
  assert.is(judged(facts, { escalation: 'breaks' }), 'a failed escalation')
  assert.is(judged(facts, { transfer: 'none', escalation: 'breaks' }), 'a failed transfer escalation')
})

test('another intent of the same customer is another issue, unless the customer is the key', () => {
  const facts = [
    ...contact('a', T0, T0 + HOUR),
    ...contact('b', T0 + DAY, T0 + DAY + HOUR, { intent: 'refund' }),
  ]
  assert.is(judged(facts), 'a success, b success')
  assert.is(judged(facts, { key: 'customer' }), 'a failed repeat')
})

test('three contacts: a rolling chain holds them together, a fixed one does not', () => {
  const facts = [0, 2, 4].flatMap((day) => contact(`day${day}`, T0 + day * DAY, T0 + day * DAY + HOUR))
  const threeDays = { window: 3 * DAY }
  assert.is(judged(facts, threeDays), 'day0 failed repeat')
  assert.is(judged(facts, { ...threeDays, chain: 'fixed' }), 'day0 failed repeat, day4 success')
  assert.is(
    judged(facts, { ...threeDays, unit: 'contact' }),
    'day0 failed repeat, day2 failed repeat, day4 success',
  )
})

test('an open contact is open, and what comes meanwhile repeats it', () => {
  assert.is(judged(contact('a', T0, undefined)), 'a open')
  assert.is(
    judged([...contact('a', T0, undefined), ...contact('b', T0 + HOUR, T0 + 2 * HOUR)]),
    'a failed repeat',
  )
})

test('spam neither counts nor repeats, and what was held for spam comes back', () => {
  const spam: FcrFact[] = [
    ...contact('a', T0, T0 + HOUR),
    ...contact('b', T0 + 2 * HOUR, T0 + 3 * HOUR),
    { kind: 'spamMarked', contact: 'b', at: T0 + 4 * HOUR },
  ]
  assert.is(judged(spam), 'a success')
  assert.is(judged([...spam, { kind: 'spamUnmarked', contact: 'b', at: T0 + 5 * HOUR }]), 'a failed repeat')
})

test('phone contacts have no replies, so "exactly one reply" fails every one of them', () => {
  const facts: FcrFact[] = [
    ...contact('phone', T0, T0 + HOUR),
    ...contact('chat', T0, T0 + HOUR, { customer: 'bia', channel: 'chat' }),
    { kind: 'replied', contact: 'chat', by: 'agent', at: T0 + MINUTE },
  ]
  const exactlyOne = { evidence: 'status', minAgentReplies: 1, maxAgentReplies: 1 } as const
  assert.is(judged(facts, exactlyOne), 'chat success, phone failed agentReplies')
})

test('summer time: a window is time that has passed, a day is a day where the customers live', () => {
  // Offsets differ before and after the change of clocks; the instants do not care.
  const before = Date.parse('2026-03-28T23:30:00+01:00')
  const after = Date.parse('2026-03-30T00:10:00+02:00')
  assert.is((after - before) / HOUR, 23 + 40 / 60)
  const facts = [...contact('a', before, before), ...contact('b', after, after)]
  assert.is(judged(facts, { window: DAY }), 'a failed repeat')
  const days = (zone: string | undefined) =>
    fcr(historyOf(facts), {
      definition: define({ unit: 'contact' }),
      asOf: LATER,
      by: ['day'],
      ...(zone === undefined ? {} : { zone }),
    }).cells.map(({ values }) => values[0])
  assert.equal(days('Europe/Berlin'), ['2026-03-28', '2026-03-30'])
  assert.equal(days(undefined), ['2026-03-28', '2026-03-29'])
})

test('of one moment: contacts go by name, facts by arrival', () => {
  const facts = [...contact('b', T0, T0), ...contact('a', T0, T0)]
  assert.is(judged(facts), 'a failed repeat')
  assert.is(judged([...facts].reverse()), 'a failed repeat')
  const both = (first: 'spamMarked' | 'spamUnmarked', second: 'spamMarked' | 'spamUnmarked'): FcrFact[] => [
    ...contact('a', T0, T0),
    { kind: first, contact: 'a', at: T0 },
    { kind: second, contact: 'a', at: T0 },
  ]
  assert.is(judged(both('spamMarked', 'spamUnmarked')), 'a success')
  assert.is(judged(both('spamUnmarked', 'spamMarked')), '')
})

test('a contact is credited to its own last agent, never to the contact that repeats it', () => {
  const joined = (id: string, agent: string, at: number): FcrFact => ({
    kind: 'joined',
    contact: id,
    agent,
    at,
  })
  const facts: FcrFact[] = [
    ...contact('a', T0, T0 + HOUR),
    joined('a', 'ines', T0),
    joined('a', 'jose', T0 + MINUTE),
    ...contact('b', T0 + DAY, T0 + DAY + HOUR, { channel: 'chat' }),
    joined('b', 'rita', T0 + DAY),
  ]
  const { genesysNextContactAvoidance } = presets
  const question = { definition: genesysNextContactAvoidance.definition, asOf: LATER }
  const by = (dimension: 'agent' | 'channel') => {
    const { cells } = fcr(historyOf(facts), { ...question, by: [dimension] })
    return cells.map(({ values, figures: { counts } }) => `${values[0]} ${counts.success}/${counts.failed}`)
  }
  assert.equal(by('agent'), ['jose 0/1', 'rita 1/0'])
  assert.equal(by('channel'), ['chat 1/0', 'phone 0/1'])
  assert.is(fcr(historyOf(facts), question).total.contactsPerUnit, 1)
})

test.run()
