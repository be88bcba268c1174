import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { DAY } from './definition.js'
import type { FcrFact } from './fact.js'
import { fcr, historyOf } from './fcr.js'
import { presets } from './presets.js'
import { contact, HOUR, judged, LATER, MINUTE, T0 } from './scenario.js'

/** Cases in which other systems have counted wrong; the traps of routing are in `@ramal/routing`. */
const test = suite('FCR, traps')

test('trap 23: a bot resolves, and the customer is back after five days: it was not resolved at first contact', () => {
  // Fails where the last state of the row counts, or the bot's resolution stands because a human ended it well.
  const facts: FcrFact[] = [
    ...contact('a', T0, undefined),
    { kind: 'joined', contact: 'a', at: T0, agent: 'bot-1', by: 'bot' },
    { kind: 'ended', contact: 'a', at: T0 + MINUTE, outcome: 'contained' },
    { kind: 'reopened', contact: 'a', at: T0 + 5 * DAY },
    { kind: 'joined', contact: 'a', at: T0 + 5 * DAY + 10 * MINUTE, agent: 'maria' },
    { kind: 'ended', contact: 'a', at: T0 + 5 * DAY + HOUR, outcome: 'resolved', agent: 'maria' },
  ]
  assert.is(judged(facts), 'a failed reopened')
  assert.is(judged(facts, {}, T0 + 4 * DAY), 'a pending', 'and before that nobody knows')
  assert.is(judged(facts, { window: 3 * DAY }), 'a success', 'a window that is over by then does not see it')
})

test('trap 24: nobody is assigned any more when the survey arrives: it counts for who had the contact', () => {
  // Fails where the answer is given to the assignee of that moment.
  const facts: FcrFact[] = [
    ...contact('a', T0, undefined),
    { kind: 'joined', contact: 'a', at: T0, agent: 'maria' },
    { kind: 'ended', contact: 'a', at: T0 + HOUR, outcome: 'resolved', agent: 'maria' },
    ...contact('b', T0 + 30 * DAY, T0 + 30 * DAY + HOUR, { customer: 'rui' }),
    { kind: 'joined', contact: 'b', at: T0 + 30 * DAY, agent: 'jose' },
    { kind: 'surveyed', contact: 'a', resolved: false, at: T0 + 31 * DAY },
  ]
  const { definition } = presets.genesysNextContactAvoidance
  const question = { definition: { ...definition, evidence: 'survey' as const }, asOf: LATER }
  const { cells } = fcr(historyOf(facts), { ...question, by: ['agent'] })
  const byAgent = cells.map(({ values, figures: { counts } }) => [values[0], counts.success, counts.failed])
  assert.equal(
    byAgent.filter(([, success, failed]) => success !== 0 || failed !== 0),
    [['maria', 0, 1]],
  )
})

test.run()
