import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { onePolicy, scene } from '../test/scene.js'
import { shrink } from './index.js'

const test = suite('routing, expected resolution')

test('who has few contacts is drawn to the mean, who has many is judged by their own', () => {
  const counts = [
    { agent: 'many', resolved: 900, contacts: 1000 },
    { agent: 'few', resolved: 2, contacts: 2 },
    { agent: 'rest', resolved: 98, contacts: 998 },
  ]
  const { prior, estimates } = shrink('v1', counts, 20)
  assert.is(prior, 500)
  const of = (agent: string) => estimates.find((one) => one.agent === agent)!.permille
  // By hand: (1000 x 900 + 20 x 500) / 1020 and (1000 x 2 + 20 x 500) / 22.
  assert.equal([of('many'), of('few')], [892, 545])
  const own = shrink('v1', counts, 0).estimates.map(({ permille }) => permille)
  assert.equal(own, [900, 1000, 98], 'without a weight each by their own')
})

test('of whom nothing is known the mean is expected, and of nobody nothing', () => {
  const nobody = { agent: 'new', resolved: 0, contacts: 0 }
  const counts = [nobody, { agent: 'bia', resolved: 3, contacts: 4 }]
  assert.equal(shrink('v1', counts, 0).estimates[0], { ...shrink('v1', counts).estimates[0], permille: 750 })
  assert.equal(shrink('v1', []), { version: 'v1', prior: 0, estimates: [] })
})

test('a weight that is no number from 0 is refused', () => {
  for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => shrink('v1', [], weight), /weight: expected a number from 0/)
})

test('the narrowest estimate that there is counts: intent and channel, intent, channel, the agent, everybody', () => {
  const estimates = [
    { agent: 'a', intent: 'refund', channel: 'sms', permille: 100 },
    { agent: 'a', intent: 'refund', permille: 200 },
    { agent: 'a', channel: 'sms', permille: 300 },
    { agent: 'a', permille: 400 },
  ]
  const scoreOf = (intent: string | undefined, channel: string, agent = 'a') => {
    const s = scene(onePolicy({ ranking: ['expectedResolution'] }))
    s.w.estimate({ version: 'v1', prior: 500, estimates })
    s.hire(agent)
    s.come('t', { intent, channel })
    const issued = s.w.log.findLast(({ type }) => type === 'OfferIssued')!
    const { decision } = issued.data as { decision: { candidates: { score: number[] }[] } }
    return decision.candidates[0]!.score[0]
  }
  assert.is(scoreOf('refund', 'sms'), 100)
  assert.is(scoreOf('refund', 'phone'), 200)
  assert.is(scoreOf('talk', 'sms'), 300)
  assert.is(scoreOf(undefined, 'phone'), 400)
  assert.is(scoreOf('refund', 'sms', 'b'), 500)
})

test.run()
