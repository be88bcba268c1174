import { decider, suite } from '@ramal/testing'
import { isNone, isSome, type Option } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import type { CustomerEvent } from './events.js'
import {
  type ConsentEntry,
  type ConsentSource,
  consentFor,
  customerDecider,
  type Identifier,
  isTimeZone,
  joinConsents,
  type Purpose,
  stoppedFor,
} from './index.js'

const test = suite('consent')
const { given } = decider(customerDecider)
const phone: Identifier = { kind: 'e164', value: '+15550111' }
const known: CustomerEvent = { type: 'CustomerIdentified', data: { identifiers: [phone] } }

type Said = readonly [grants: boolean, purpose: Purpose, source: ConsentSource, at: number]

const after = (...said: readonly Said[]) =>
  said.reduce(
    (before, [grants, purpose, source, at], i) =>
      before.given(
        [{ type: grants ? 'ConsentGranted' : 'ConsentWithdrawn', data: { channel: 'sms', purpose, source } }],
        { commandId: `c${i}`, at },
      ),
    given([known]),
  )

const verdict = (said: Option<ConsentEntry>): string =>
  isSome(said) ? (said.value.granted ? 'yes' : 'no') : 'nothing'

test('what was said last holds; of all purposes it was said of each', () => {
  const table: readonly (readonly [readonly Said[], string, string])[] = [
    [[], 'nothing', 'nothing'],
    [[[true, 'marketing', 'signup', 1]], 'yes', 'nothing'],
    [
      [
        [true, 'marketing', 'signup', 1],
        [false, 'all', 'customer', 2],
      ],
      'no',
      'no',
    ],
    [
      [
        [false, 'all', 'customer', 1],
        [true, 'marketing', 'signup', 2],
      ],
      'yes',
      'no',
    ],
    [
      [
        [true, 'all', 'signup', 1],
        [false, 'marketing', 'customer', 2],
      ],
      'no',
      'yes',
    ],
    [
      [
        [false, 'marketing', 'customer', 1],
        [true, 'all', 'customer', 2],
      ],
      'yes',
      'yes',
    ],
    // A withdrawal holds from where it is in the log, though its clock was behind; a consent must be later.
    [
      [
        [true, 'marketing', 'signup', 5],
        [false, 'all', 'customer', 4],
      ],
      'no',
      'no',
    ],
    [
      [
        [false, 'all', 'customer', 5],
        [true, 'marketing', 'signup', 4],
      ],
      'no',
      'no',
    ],
    [
      [
        [false, 'marketing', 'customer', 5],
        [true, 'all', 'signup', 4],
      ],
      'no',
      'yes',
    ],
  ]
  for (const [said, marketing, delivery] of table) {
    const state = after(...said).state()
    assert.is(verdict(consentFor(state, 'sms', 'marketing')), marketing, JSON.stringify(said))
    assert.is(verdict(consentFor(state, 'sms', 'delivery')), delivery, JSON.stringify(said))
    assert.ok(isNone(consentFor(state, 'whatsapp', 'marketing')))
  }
})

test('what the provider stops, only the customer or the provider lifts', () => {
  const stop: Said = [false, 'all', 'provider', 1]
  const stopped = (...more: readonly Said[]) =>
    isSome(stoppedFor(after(stop, ...more).state(), 'sms', 'marketing'))
  assert.ok(stopped())
  assert.ok(stopped([true, 'all', 'signup', 2]))
  assert.ok(stopped([true, 'marketing', 'customer', 2]), 'all is more than marketing')
  assert.ok(stopped([true, 'all', 'customer', 0]), 'before it was stopped')
  assert.not.ok(stopped([true, 'all', 'customer', 2]))
  assert.not.ok(stopped([true, 'all', 'provider', 2]))
})

test('what changes nothing is no news; what changes anything is', () => {
  const says = (type: 'grantConsent' | 'withdrawConsent', purpose: Purpose, source: ConsentSource) =>
    ({ type, channel: 'sms', purpose, source }) as const
  const data = (purpose: Purpose, source: ConsentSource) => ({ channel: 'sms', purpose, source })
  after([false, 'all', 'customer', 1])
    .when(says('withdrawConsent', 'all', 'customer'))
    .thenEvents([])
  after([false, 'all', 'customer', 1], [true, 'marketing', 'signup', 2])
    .when(says('withdrawConsent', 'all', 'customer'))
    .thenEvents([{ type: 'ConsentWithdrawn', data: data('all', 'customer') }])
  after([false, 'all', 'customer', 1])
    .when(says('withdrawConsent', 'all', 'provider'))
    .thenEvents([{ type: 'ConsentWithdrawn', data: data('all', 'provider') }])
  after([true, 'all', 'signup', 1])
    .when(says('grantConsent', 'marketing', 'signup'))
    .thenEvents([])
  after([false, 'all', 'provider', 0], [true, 'all', 'signup', 0])
    .when(says('grantConsent', 'all', 'customer'))
    .thenEvents([{ type: 'ConsentGranted', data: data('all', 'customer') }])
})

test('known as several, one person says one thing: the last, and of two at once the no', () => {
  const join = (...states: readonly (readonly Said[])[]) =>
    joinConsents(states.map((said) => after(...said).state()))
  const yes: Said = [true, 'marketing', 'signup', 3]
  for (const both of [
    join([yes], [[false, 'all', 'customer', 3]]),
    join([[false, 'all', 'customer', 3]], [yes]),
  ])
    assert.is(verdict(consentFor(both, 'sms', 'marketing')), 'no')
  assert.is(verdict(consentFor(join([yes], [[false, 'all', 'customer', 2]]), 'sms', 'marketing')), 'yes')
  assert.is(verdict(consentFor(join([[false, 'all', 'customer', 4]], [yes]), 'sms', 'marketing')), 'no')
  const stops = join([[false, 'all', 'provider', 1]], [[true, 'all', 'signup', 2]])
  assert.ok(isSome(stoppedFor(stops, 'sms', 'delivery')))
})

test('a time zone is one that the platform knows', () => {
  const learnt = given([known]).when({ type: 'learnTimeZone', zone: 'America/Sao_Paulo' })
  assert.is(learnt.state().timeZone, 'America/Sao_Paulo')
  assert.not.ok(isTimeZone('Mars/Olympus'))
  assert.not.ok(isTimeZone(''))
})

test.run()
