import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { DAY, define } from './definition.js'
import type { FcrFact } from './fact.js'
import { fcr, historyOf } from './fcr.js'
import { contact, HOUR, judged, LATER, lived, T0 } from './scenario.js'

const test = suite('edge cases of identity')

test('a merge of customers joins two units, a split parts them again', () => {
  const facts: FcrFact[] = [
    ...contact('a', T0, T0 + HOUR),
    ...contact('b', T0 + DAY, T0 + DAY + HOUR, { customer: 'ana@mail' }),
  ]
  const merged: FcrFact = { kind: 'customersMerged', customer: 'ana', merged: 'ana@mail', at: T0 + 2 * DAY }
  const split: FcrFact = { kind: 'customersSplit', split: 'ana@mail', at: T0 + 3 * DAY }
  assert.is(judged(facts), 'a success, b success')
  assert.is(judged([...facts, merged]), 'a failed repeat')
  assert.is(judged([...facts, merged, split]), 'a success, b success')
  assert.equal(lived([...facts, merged, split], T0 + 4 * DAY), [
    'a none>open by started',
    'a open>pending by ended',
    'b none>open by started',
    'b open>pending by ended',
    'a pending>failed by customersMerged',
    'b pending>none by customersMerged',
    'a failed>pending revised by customersSplit',
    'b none>pending by customersSplit',
  ])
})

test('a link to a contact that is spam says nothing', () => {
  const facts: FcrFact[] = [
    ...contact('junk', T0, T0 + HOUR, { customer: 'bot', intent: 'promo' }),
    ...contact('a', T0 + DAY, T0 + DAY + HOUR),
    { kind: 'linked', contact: 'a', to: 'junk', at: T0 + DAY },
  ]
  assert.is(judged(facts), 'junk failed repeat')
  const marked: FcrFact = { kind: 'spamMarked', contact: 'junk', at: T0 + 2 * DAY }
  assert.is(judged([...facts, marked]), 'a success')
})

test('a link wins over every key, and unlinking undoes it', () => {
  const facts: FcrFact[] = [
    ...contact('a', T0, T0 + HOUR),
    ...contact('b', T0 + DAY, T0 + DAY + HOUR, { customer: 'bia', intent: 'other' }),
    { kind: 'linked', contact: 'b', to: 'a', at: T0 + DAY },
  ]
  assert.is(judged(facts), 'a failed repeat')
  assert.is(judged(facts, { key: 'ticket' }), 'a failed repeat')
  const undone: FcrFact = { kind: 'unlinked', contact: 'b', from: 'a', at: T0 + 2 * DAY }
  assert.is(judged([...facts, undone]), 'a success, b success')
})

test('contacts of nobody known stand alone, and the report says how many they are', () => {
  const nobody = { customer: undefined }
  const facts = [
    ...contact('a', T0, T0 + HOUR, nobody),
    ...contact('b', T0 + 2 * HOUR, T0 + 3 * HOUR, nobody),
    ...contact('c', T0, T0 + HOUR),
  ]
  assert.is(judged(facts), 'a success, c success, b success')
  const { identified } = fcr(historyOf(facts), { definition: define(), asOf: LATER }).total
  assert.equal(identified, { rate: 1 / 3, of: 3 })
})

test('a log without channels or intents is judged by what it has', () => {
  const bare = { channel: undefined, intent: undefined }
  const facts = [...contact('a', T0, T0 + HOUR, bare), ...contact('b', T0 + DAY, T0 + DAY + HOUR, bare)]
  assert.is(judged(facts), 'a failed repeat')
  const { cells } = fcr(historyOf(facts), { definition: define(), asOf: LATER, by: ['channel'] })
  assert.equal(
    cells.map(({ values }) => values[0]),
    [''],
  )
})

test('a corrected intent moves a contact to another issue', () => {
  const facts: FcrFact[] = [
    ...contact('a', T0, T0 + HOUR),
    ...contact('b', T0 + DAY, T0 + DAY + HOUR),
    { kind: 'intentSet', contact: 'b', intent: 'refund', at: T0 + 2 * DAY },
  ]
  assert.is(judged(facts), 'a success, b success')
  assert.equal(lived(facts, T0 + 3 * DAY).slice(-2), [
    'a failed>pending revised by intentSet',
    'b none>pending by intentSet',
  ])
})

test('a survey that arrives after all was final', () => {
  const facts: FcrFact[] = [
    ...contact('a', T0, T0 + HOUR),
    { kind: 'surveyed', contact: 'a', resolved: false, at: T0 + 20 * DAY },
  ]
  assert.is(judged(facts), 'a success')
  assert.is(judged(facts, { evidence: 'both' }), 'a failed surveyNo')
  assert.is(judged(facts, { evidence: 'survey' }), 'a failed surveyNo')
  assert.is(judged(facts, { evidence: 'survey' }, T0 + 19 * DAY), 'a excluded')
  assert.is(lived(facts, LATER, { evidence: 'both' }).at(-1), 'a success>failed revised by surveyed')
})

test('a contact that never ends stays open; ending it is for whoever keeps the log', () => {
  assert.is(judged(contact('a', T0, undefined), {}, T0 + 10_000 * DAY), 'a open')
  const { bounds, closedCohort } = fcr(historyOf(contact('a', T0, undefined)), {
    definition: define(),
    asOf: T0 + 10_000 * DAY,
  }).total
  assert.equal([bounds.lower, bounds.upper, closedCohort.rate], [0, 1, undefined])
})

test('reopened when the window is over: no failure, and what follows is an issue of its own account', () => {
  const facts: FcrFact[] = [
    ...contact('a', T0, T0 + HOUR),
    { kind: 'reopened', contact: 'a', at: T0 + 30 * DAY },
    { kind: 'ended', contact: 'a', at: T0 + 30 * DAY + HOUR, outcome: 'resolved' },
    ...contact('b', T0 + 31 * DAY, T0 + 31 * DAY + HOUR),
  ]
  // It belongs to the issue, since the issue was taken up again, but it came too late to count against it.
  assert.is(judged(facts), 'a success')
})

test.run()
