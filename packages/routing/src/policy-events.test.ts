import { decider, suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { POLICY, policyOf } from '../test/steps.js'
import { type PolicyEvent, policyDecider, policyFrom } from './index.js'

const test = suite('policies that are published')
const { given, when } = decider(policyDecider)

const policy = policyOf({
  ...POLICY,
  calendars: {
    shop: { timeZone: 'America/Sao_Paulo', weekly: [{ days: ['mon'], from: '09:00', to: '18:00' }] },
  },
})
const published: PolicyEvent = {
  type: 'PolicyPublished',
  data: { hash: policy.hash, data: policy.data, zones: policy.zones },
}

test('the policy that holds is not published again', () => {
  when({ type: 'publish', policy }).thenEvents([published])
  given([published]).when({ type: 'publish', policy }).thenEvents([])
})

test('new rules of a time zone are news, though the policy is the same', () => {
  const zones = { 'America/Sao_Paulo': [[4_102_444_800_000, -120] as const] }
  const later = policyFrom(policy.data, zones)
  assert.is(later.hash, policy.hash)
  given([published])
    .when({ type: 'publish', policy: later })
    .thenEvents([{ type: 'PolicyPublished', data: { hash: policy.hash, data: policy.data, zones } }])
})

test('a shadow is published once, and withdrawn once', () => {
  const shadow: PolicyEvent = { ...published, type: 'ShadowPolicyPublished' }
  when({ type: 'publishShadow', policy }).thenEvents([shadow])
  given([shadow]).when({ type: 'publishShadow', policy }).thenEvents([])
  given([shadow])
    .when({ type: 'withdrawShadow' })
    .thenEvents([{ type: 'ShadowPolicyWithdrawn', data: {} }])
  when({ type: 'withdrawShadow' }).thenEvents([])
})

test.run()
