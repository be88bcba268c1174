import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { DAY, facts, HOUR, NOON, who } from '../test/facts.js'
import {
  examineSend,
  type Judgement,
  judgeSend,
  type Reached,
  RULES,
  type SendFacts,
  type SendingRulesData,
  sendingRulesFrom,
} from './index.js'

const test = suite('judging a send')
const said = (judgement: Judgement): string => {
  if (judgement.verdict === 'allowed')
    return judgement.tag === undefined ? 'allowed' : `allowed as ${judgement.tag}`
  const at = judgement.retryAt === undefined ? '' : ` until ${(judgement.retryAt - NOON) / HOUR} h`
  return `${judgement.verdict} ${judgement.rule}${at}`
}

const judge = (more: Partial<SendFacts>, rules: SendingRulesData = {}, now = NOON): string =>
  said(judgeSend(facts(more), sendingRulesFrom(rules), now))

const window = { open: DAY, after: 'template' } as const
const human = { open: DAY, after: 'nothing', human: { open: 7 * DAY, tag: 'HUMAN_AGENT' } } as const
const wrote = (ago: number) => ({ lastInboundAt: NOON - ago, lastAskedAt: NOON - ago })
const stopped = who({ 'whatsapp/all': [false, NOON - HOUR] })
const night = { zone: 'America/Sao_Paulo', periods: [{ from: '11:00', to: '14:00' }] }
const sent = (...ago: readonly number[]): readonly Reached[] =>
  ago.map((ms, i) => ({ message: `b${i}`, channel: 'whatsapp', purpose: 'delivery', at: NOON - ms }))

const table: readonly (readonly [string, string, Partial<SendFacts>, SendingRulesData?])[] = [
  ['what was ordered', 'allowed', {}],
  ['marketing to who never agreed', 'refused consent.missing', { purpose: 'marketing' }],
  ['updates to who never agreed', 'refused consent.missing', { purpose: 'update' }],
  [
    'marketing to who agreed',
    'allowed',
    { purpose: 'marketing', customer: who({ 'whatsapp/marketing': [true, 1] }) },
  ],
  [
    'marketing to who agreed on another channel',
    'refused consent.missing',
    { purpose: 'marketing', customer: who({ 'sms/marketing': [true, 1] }) },
  ],
  [
    'marketing to who agreed to all',
    'allowed',
    { purpose: 'marketing', customer: who({ 'whatsapp/all': [true, 1] }) },
  ],
  ['after STOP', 'refused consent.withdrawn', { customer: stopped }],
  ['after STOP on another channel', 'allowed', { channel: 'sms', customer: stopped }],
  [
    'an answer, STOP being the last word',
    'refused consent.withdrawn',
    { purpose: 'service', customer: stopped, ...wrote(2 * HOUR) },
  ],
  [
    'an answer to what was asked after STOP',
    'allowed',
    { purpose: 'service', customer: stopped, ...wrote(1000) },
  ],
  [
    'a notification after something was asked after STOP',
    'refused consent.withdrawn',
    { customer: stopped, ...wrote(1000) },
  ],
  ['that STOP was heard', 'allowed', { purpose: 'service', customer: stopped, confirms: true }],
  [
    'a purpose that asks for no consent',
    'allowed',
    { purpose: 'transaction', customer: stopped },
    { purposes: { transaction: { consent: 'none' } } },
  ],
  [
    'stopped at the provider, whatever is asked',
    'refused provider.stopped',
    { purpose: 'service', customer: { ...stopped, stopped: { 'whatsapp/all': 1 } }, ...wrote(1000) },
  ],
  [
    'marketing stopped at the provider, and something else',
    'allowed',
    { customer: who({ 'whatsapp/marketing': [false, 1] }, { stopped: { 'whatsapp/marketing': 1 } }) },
  ],
  ['to who was forgotten', 'refused customer.forgotten', { customer: who({}, { forgotten: true }) }],
  ['inside the window', 'allowed', { window, ...wrote(DAY - 1) }],
  ['at its end', 'refused window.closed', { window, ...wrote(DAY) }],
  ['to who never wrote', 'refused window.closed', { window }],
  [
    'a template that the provider has paused',
    'refused template.unusable',
    { window, content: 'template', templateFault: 'It is PAUSED.' },
  ],
  ['a template outside the window', 'allowed', { window, content: 'template' }],
  [
    'a template where none may go',
    'refused window.closed',
    { window: human, content: 'template', ...wrote(DAY) },
  ],
  [
    'by hand within the longer window',
    'allowed as HUMAN_AGENT',
    { window: human, sender: 'human', ...wrote(DAY) },
  ],
  ['by hand within the shorter one', 'allowed', { window: human, sender: 'human', ...wrote(1000) }],
  ['by hand after it', 'refused window.closed', { window: human, sender: 'human', ...wrote(7 * DAY) }],
  ['by a bot within it', 'refused window.closed', { window: human, sender: 'bot', ...wrote(DAY) }],
  [
    'by a bot with the tag of people',
    'refused window.closed',
    { window: human, sender: 'bot', tag: 'HUMAN_AGENT', ...wrote(DAY) },
  ],
  ['with a tag of its own', 'allowed', { window: human, tag: 'POST_PURCHASE_UPDATE' }],
  ['before its time is over', 'allowed', { expiresAt: NOON + 1 }],
  ['when its time is over', 'refused expired', { expiresAt: NOON }],
  ['within the time of its purpose', 'allowed', { requestedAt: NOON - DAY + 1 }],
  ['after the time of its purpose', 'refused expired', { requestedAt: NOON - DAY }],
  [
    'news after a day',
    'allowed',
    { purpose: 'update', customer: who({ 'whatsapp/all': [true, 1] }), requestedAt: NOON - DAY },
  ],
  ['after a day, until when it says itself', 'allowed', { requestedAt: NOON - DAY, expiresAt: NOON + 1 }],
  [
    'after the time that our rules give its purpose',
    'refused expired',
    { requestedAt: NOON - HOUR },
    { purposes: { delivery: { validFor: HOUR } } },
  ],
  [
    'put off, and over meanwhile',
    'refused expired',
    { purpose: 'order', expiresAt: NOON },
    { quietHours: night, caps: [{ most: 0, per: DAY, action: 'defer' }] },
  ],
  ['in quiet hours', 'deferred quietHours until 2 h', { purpose: 'order' }, { quietHours: night }],
  [
    'in quiet hours that refuse',
    'refused quietHours until 2 h',
    { purpose: 'order' },
    { quietHours: { ...night, action: 'refuse' } },
  ],
  ['in quiet hours that are none of its', 'allowed', {}, { quietHours: night }],
  [
    'in quiet hours, elsewhere',
    'allowed',
    { purpose: 'order', customer: who({}, { timeZone: 'Asia/Tokyo' }) },
    { quietHours: night },
  ],
  ['under a cap', 'allowed', { sent: sent(1000) }, { caps: [{ most: 2, per: DAY }] }],
  [
    'at a cap',
    'refused frequencyCap until 14 h',
    { sent: sent(10 * HOUR, HOUR) },
    { caps: [{ most: 2, per: DAY }] },
  ],
  [
    'at a cap that defers',
    'deferred frequencyCap until 14 h',
    { sent: sent(10 * HOUR, HOUR) },
    { caps: [{ most: 2, per: DAY, action: 'defer' }] },
  ],
  [
    'at a cap of another purpose',
    'allowed',
    { sent: sent(1, 2) },
    { caps: [{ most: 1, per: DAY, purposes: ['marketing'] }] },
  ],
  [
    'at a cap of another channel',
    'allowed',
    { sent: sent(1, 2) },
    { caps: [{ most: 1, per: DAY, channels: ['sms'] }] },
  ],
  [
    'an answer, which no cap counts that does not name it',
    'allowed',
    { purpose: 'service', sent: sent(1, 2) },
    { caps: [{ most: 1, per: DAY }] },
  ],
  ['the same message again', 'allowed', { message: 'b0', sent: sent(1) }, { caps: [{ most: 1, per: DAY }] }],
  ['under a cap of none', 'refused frequencyCap', {}, { caps: [{ most: 0, per: DAY, action: 'defer' }] }],
  [
    'two caps: the later one says when',
    'refused frequencyCap until 23 h',
    { sent: sent(HOUR) },
    {
      caps: [
        { most: 1, per: 2 * HOUR },
        { most: 1, per: DAY },
      ],
    },
  ],
  [
    'what is refused is not put off',
    'refused frequencyCap until 23 h',
    { purpose: 'order', sent: sent(HOUR) },
    { quietHours: night, caps: [{ most: 1, per: DAY }] },
  ],
  [
    'what is put off twice waits for the later',
    'deferred frequencyCap until 23 h',
    { purpose: 'order', sent: sent(HOUR) },
    { quietHours: night, caps: [{ most: 1, per: DAY, action: 'defer' }] },
  ],
]

for (const [name, expected, more, rules] of table) test(name, () => assert.is(judge(more, rules), expected))

test('what is over says until when it was of use, and what held it', () => {
  const heldBy = { rule: 'quietHours', reason: 'It is night.' }
  const judgement = judgeSend(facts({ expiresAt: NOON - HOUR, heldBy }), sendingRulesFrom({}), NOON)
  assert.equal(judgement, {
    verdict: 'refused',
    rule: 'expired',
    reason: 'It was of use until 2026-03-02 14:00:00 (UTC). Until then quietHours held it: It is night.',
  })
})

test('every rule is asked, in the order of the reference, whatever the first one says', () => {
  const checks = examineSend(facts({ customer: stopped }), sendingRulesFrom({}), NOON)
  assert.equal(
    checks.map(({ rule }) => rule),
    [...RULES],
  )
  assert.ok(checks.every(({ detail }) => detail.length > 0))
})

test.run()
