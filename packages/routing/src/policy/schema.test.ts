import { readFileSync } from 'node:fs'
import { listUnknownFields } from '@ramal/core'
import { suite } from '@ramal/testing'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { referenceFiles } from '../../test/reference-files.js'
import { type PolicyData, parsePolicy, policyCodec, policyFrom, policySchema } from './index.js'

const test = suite('schema of policies')

const valid = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  ownProperties: true,
}).compile(policySchema())

/** Every field there is, somewhere. */
const full = {
  name: 'all',
  classification: [
    {
      queue: [{ queue: 'a', weight: 3 }],
      name: 'first',
      when: {
        any: [
          { all: [{ channel: 'sms', endpoint: ['x'], language: 'pt', intent: 'refund', segment: 'gold' }] },
          { not: { label: ['l'], hours: { calendar: 'office', is: 'open' } } },
        ],
      },
      priority: -5,
      band: 1,
      expedite: true,
      requirements: [
        { skill: 'german', level: 5, is: 'atLeast', should: 2 },
        { all: [{ kind: 'human' }, { any: [{ team: 'night' }] }, { not: { agents: ['ana'] } }] },
      ],
      labels: ['l'],
      prefer: { agents: 'last', for: 1000 },
      exclude: ['bia'],
    },
    { queue: 'a' },
  ],
  queues: {
    a: {
      ranking: ['bestMatch', 'longestIdle'],
      offerExpiresAfter: 1,
      declineRetryAfter: 1,
      maxDeclines: 1,
      expiryStopsOffers: false,
      concurrentOffers: 2,
      maxOffers: 9,
      autoAccept: true,
      relaxation: [
        {
          after: 5,
          drop: ['german'],
          lower: { german: 1 },
          requirements: [{ team: 'night' }],
          borrow: ['a'],
          skipToWhenNobodyPresent: true,
        },
      ],
      escalations: [
        {
          name: 'late',
          when: {
            waited: 5,
            waiting: 2,
            nobodyPresent: true,
            hours: { calendar: 'office', is: 'closed' },
            offers: 2,
          },
          do: {
            queue: 'a',
            priority: 5,
            raise: 5,
            band: 2,
            expedite: true,
            requirements: [],
            labels: ['x'],
            callBack: { after: 5 },
            close: { disposition: 'late', message: 'sorry' },
          },
        },
      ],
      hours: 'office',
      target: 5,
      share: 5,
      explore: { permille: 5, within: 5 },
      silence: 5,
    },
  },
  channels: {
    sms: {
      cost: 1,
      wrapUp: 1,
      consultCost: 1,
      interruptible: true,
      dormancy: { after: 5, keeps: 50, onWake: 'wait' },
    },
  },
  calendars: {
    office: {
      timeZone: 'UTC',
      weekly: [{ days: ['mon'], from: '09:00', to: '24:00' }],
      holidays: [{ date: '2028-02-29', open: [{ from: '10:00', to: '09:00' }], name: 'leap' }],
    },
  },
  order: 'deadline',
  slope: 3,
  restartWaitOn: ['transfer'],
  reopenWithin: 1,
  reopenPrefersLastFor: 1,
  transferWaits: 1,
  transferExcludesFor: 1,
  requeueWhenAwayFor: 1,
  onPublish: 'reclassify',
  seed: 's',
}

type Json = unknown[] | Record<string, unknown>

/** Every object and list within a value. */
const holders = (value: unknown): readonly Json[] =>
  typeof value !== 'object' || value === null
    ? []
    : [value as Json, ...Object.values(value).flatMap((inner) => holders(inner))]

const JUNK = fc.constantFrom<unknown>(-1, 0, 1, 1.5, 11, '', 'a', '24:00', true, false, null, [], {}, ['a'], {
  all: [],
})

/** The full policy with some of its values replaced, taken away or added to. */
const changed = fc
  .array(fc.record({ holder: fc.nat(), key: fc.nat(), how: fc.nat({ max: 2 }), junk: JUNK }), {
    maxLength: 3,
  })
  .map((changes) => {
    const policy: unknown = structuredClone(full)
    for (const { holder, key, how, junk } of changes) {
      const all = holders(policy)
      const target = all[holder % all.length]!
      const keys = Object.keys(target)
      const name = keys[key % Math.max(1, keys.length)]
      if (how === 2 || name === undefined) Object.assign(target, Array.isArray(target) ? {} : { extra: junk })
      else if (how === 1 && !Array.isArray(target)) delete target[name]
      else Object.assign(target, { [name]: structuredClone(junk) })
    }
    return policy
  })

test(
  'a file is valid if and only if the codec takes it and knows every field',
  () => {
    assert.ok(valid(full), JSON.stringify(valid.errors))
    let right = 0
    let wrong = 0
    fc.assert(
      fc.property(changed, (policy) => {
        const taken =
          E.isRight(policyCodec.decode(policy)) && listUnknownFields(policyCodec, policy).length === 0
        if (taken) right++
        else wrong++
        assert.is(valid(policy), taken, JSON.stringify(valid.errors))
      }),
      { numRuns: 1500 },
    )
    assert.ok(right > 100 && wrong > 100, `${right} right, ${wrong} wrong: too few of one kind to prove much`)
  },
  { timeout: 40_000 },
)

const fieldsOf = (schema: unknown): readonly (readonly [string, { readonly description?: string }])[] =>
  holders(schema).flatMap((one) =>
    'properties' in one && typeof one.properties === 'object' ? Object.entries(one.properties as object) : [],
  )

test('every field says what it means', () => {
  const silent = fieldsOf(policySchema()).filter(([, { description = '' }]) => description.length < 5)
  assert.equal(
    silent.map(([name]) => name),
    [],
  )
})

test('the defaults are those that a policy is filled in with', () => {
  const data: PolicyData = { name: 'n', classification: [{ queue: 'a' }], queues: { a: {} } }
  const filled = policyFrom(data)
  const said = (fields: unknown): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(fields as Readonly<Record<string, { readonly default?: unknown }>>)
        .filter(([, schema]) => schema.default !== undefined)
        .map(([name, schema]) => [name, schema.default]),
    )
  const schema = policySchema() as {
    readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  }
  const { channels, calendars, restartWaitOn, ...top } = said(schema.properties)
  assert.equal(
    { channels, calendars, restartWaitOn },
    { channels: {}, calendars: {}, restartWaitOn: ['reopen'] },
  )
  const waits = ['transfer', 'requeue', 'reopen', 'escalation'] as const
  assert.equal(
    waits.filter((on) => filled.restartsWait(on)),
    restartWaitOn,
  )
  const of = (name: string) =>
    said((schema.properties[name]!.additionalProperties as typeof schema).properties)
  for (const [said, real] of [
    [top, filled],
    [of('queues'), filled.queue('a')],
    [of('channels'), filled.channel('any')],
  ] as const)
    for (const [name, value] of Object.entries(said)) assert.equal(Reflect.get(real, name), value, name)
})

test('the field by which editors find the schema is no part of a policy', () => {
  const { name, classification, queues } = { name: 'n', classification: [{ queue: 'a' }], queues: { a: {} } }
  const plain = parsePolicy({ name, classification, queues })
  const named = parsePolicy({ $schema: './policy.schema.json', name, classification, queues })
  assert.ok(E.isRight(plain) && E.isRight(named))
  assert.is(named.right.hash, plain.right.hash)
  assert.ok(valid({ $schema: './policy.schema.json', name, classification, queues }))
  assert.ok(E.isLeft(parsePolicy({ $schema: 5, name, classification, queues })))
})

test('the pages of reference are those of this code', () => {
  for (const { file, text } of referenceFiles())
    assert.is(readFileSync(file, 'utf8'), text, `${file.pathname} is out of date: run "pnpm reference".`)
})

test.run()
