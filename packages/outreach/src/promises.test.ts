import { type Fact, foldOwned } from '@ramal/core'
import {
  type ConsentSource,
  type CustomerEvent,
  customerReducer,
  type MessagePurpose,
  type Purpose,
} from '@ramal/customer'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { facts } from '../test/facts.js'
import { judgeSend, type Reached, sendingRulesFrom } from './index.js'

const test = suite('what the rules promise')
const PURPOSES: readonly MessagePurpose[] = [
  'service',
  'order',
  'transaction',
  'appointment',
  'delivery',
  'update',
  'marketing',
]

const event = (
  type: 'ConsentGranted' | 'ConsentWithdrawn',
  purpose: Purpose,
  source: ConsentSource,
  at: number,
) => ({ type, data: { channel: 'sms', purpose, source }, meta: { at } }) as Fact<CustomerEvent>

const consentEvent = fc
  .tuple(
    fc.constantFrom('ConsentGranted' as const, 'ConsentWithdrawn' as const),
    fc.constantFrom<Purpose>('all', 'marketing', 'delivery'),
    fc.constantFrom<ConsentSource>('customer', 'provider', 'agent', 'signup'),
    fc.integer({ min: 0, max: 20 }),
  )
  .map(([type, purpose, source, at]) => event(type, purpose, source, at))

const covers = ({ data }: Fact<CustomerEvent>, purpose: Purpose): boolean =>
  'purpose' in data && (data.purpose === 'all' || data.purpose === purpose)

test('a withdrawal is never overtaken: only what was agreed to later lifts it, and it must come later too', () => {
  fc.assert(
    fc.property(
      fc.array(consentEvent, { maxLength: 12 }),
      fc.constantFrom<MessagePurpose>('marketing', 'delivery'),
      (events, purpose) => {
        const customer = foldOwned(customerReducer.apply, customerReducer.initial(), events)
        const allowed =
          judgeSend(facts({ channel: 'sms', purpose, customer }), sendingRulesFrom({}), 100).verdict ===
          'allowed'
        const about = events.filter((one) => covers(one, purpose))
        const last = about.findLastIndex(({ type }) => type === 'ConsentWithdrawn')
        if (last < 0) return
        const lifted = about
          .slice(last + 1)
          .some(({ type, meta }) => type === 'ConsentGranted' && meta.at >= about[last]!.meta.at)
        if (!lifted) assert.not.ok(allowed, 'nothing lifted it')
        // What the provider stopped only the customer or the provider lets through again.
        const stop = about.findLastIndex(
          ({ type, data }) => type === 'ConsentWithdrawn' && 'source' in data && data.source === 'provider',
        )
        const reopened = about
          .slice(stop + 1)
          .some(
            ({ type, data }) =>
              type === 'ConsentGranted' && 'source' in data && /customer|provider/.test(data.source),
          )
        if (stop >= 0 && !reopened) assert.not.ok(allowed, 'the provider stops it')
      },
    ),
    { numRuns: 2000 },
  )
})

test('no cap is exceeded at any moment, whatever is sent when', () => {
  const cap = fc.record({
    most: fc.integer({ min: 0, max: 3 }),
    per: fc.integer({ min: 1, max: 50 }),
    purposes: fc.option(fc.subarray([...PURPOSES], { minLength: 1 }), { nil: undefined }),
    channels: fc.option(fc.subarray(['sms', 'whatsapp'], { minLength: 1 }), { nil: undefined }),
  })
  const attempt = fc.record({
    after: fc.integer({ min: 0, max: 20 }),
    purpose: fc.constantFrom(...PURPOSES),
    channel: fc.constantFrom('sms', 'whatsapp'),
  })
  fc.assert(
    fc.property(
      fc.array(cap, { minLength: 1, maxLength: 3 }),
      fc.array(attempt, { maxLength: 30 }),
      (given, attempts) => {
        const caps = given.map(({ purposes, channels, ...one }) => ({
          ...one,
          ...(purposes ? { purposes } : {}),
          ...(channels ? { channels } : {}),
        }))
        const all = Object.fromEntries(PURPOSES.map((purpose) => [purpose, { consent: 'none' as const }]))
        const rules = sendingRulesFrom({ caps, purposes: all })
        const gone: Reached[] = []
        let now = 1000
        for (const [i, { after, purpose, channel }] of attempts.entries()) {
          now += after
          const message = `m${i}`
          const judgement = judgeSend(facts({ message, purpose, channel, sent: gone }), rules, now)
          if (judgement.verdict === 'allowed') gone.push({ message, purpose, channel, at: now })
          // When it says that there will be room, there is, and not a moment sooner.
          else if (judgement.verdict === 'refused' && judgement.retryAt !== undefined) {
            const at = (then: number) =>
              judgeSend(facts({ message, purpose, channel, sent: gone }), rules, then).verdict
            assert.is(at(judgement.retryAt), 'allowed')
            assert.is(at(judgement.retryAt - 1), 'refused')
          }
        }
        for (const { most, per, purposes, channels } of caps)
          for (const { at: end } of gone) {
            const inPeriod = gone.filter(
              ({ at, purpose, channel }) =>
                at > end - per &&
                at <= end &&
                (purposes ? purposes.includes(purpose) : purpose !== 'service') &&
                (channels?.includes(channel as 'sms') ?? true),
            )
            assert.ok(inPeriod.length <= most, `${inPeriod.length} of ${most} in ${per}`)
          }
      },
    ),
    { numRuns: 500 },
  )
})

test.run()
