import { suite } from '@ramal/testing'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import {
  duration,
  finite,
  instant,
  integer,
  keyed,
  matching,
  nonEmpty,
  oneOf,
  record,
  tagged,
} from './codecs.js'
import { jsonSchemaOf } from './json-schema.js'
import { personal, personalPaths } from './personal.js'
import { described, withSchema } from './schema.js'
import { listUnknownFields } from './unknown-fields.js'

const test = suite('JSON Schema of codecs')

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, ownProperties: true })

const validator = (codec: t.Mixed, closed: boolean) => ajv.compile(jsonSchemaOf(codec, { closed }))

/** A codec, and values that it may take: what is drawn is right more often than by chance. */
interface Drawn {
  readonly codec: t.Mixed
  readonly value: fc.Arbitrary<unknown>
}

const some = (codec: t.Mixed, value: fc.Arbitrary<unknown>): Drawn => ({ codec, value })

const leaf = fc.constantFrom(
  some(t.string, fc.string({ maxLength: 3 })),
  some(nonEmpty, fc.string({ maxLength: 2 })),
  some(t.boolean, fc.boolean()),
  some(t.null, fc.constant(null)),
  some(t.number, fc.double({ noNaN: true, noDefaultInfinity: true })),
  some(finite, fc.double({ noNaN: true, noDefaultInfinity: true })),
  some(integer(), fc.integer()),
  some(integer(-2, 3), fc.integer({ min: -4, max: 5 })),
  some(duration, fc.integer({ min: -2 })),
  some(instant, fc.double({ min: -1, max: 3, noNaN: true })),
  some(oneOf('a', 'b'), fc.constantFrom('a', 'b', 'c')),
  some(t.literal('x'), fc.constantFrom('x', 'y')),
  some(t.keyof({ k: null, l: null }), fc.constantFrom('k', 'l', 'm')),
  some(matching(/^[01]\d$/, 'two digits'), fc.constantFrom('00', '19', '29', '1')),
  some(personal(t.string), fc.string({ maxLength: 2 })),
  some(described(integer(0, 1), 'a bit'), fc.integer({ min: -1, max: 2 })),
)

const KEYS = ['a', 'b', 'c', 'd'] as const
const NOISE = fc.constantFrom<unknown>(0, -1, 1.5, '', 'a', null, true, [], {}, { a: 1 }, ['a'])

const objectOf = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc.record({ ...fields, stray: NOISE }, { requiredKeys: [] })

const fieldsOf = (drawn: readonly Drawn[], from = 0) =>
  [
    Object.fromEntries(drawn.map(({ codec }, i) => [KEYS[from + i]!, codec])),
    Object.fromEntries(drawn.map(({ value }, i) => [KEYS[from + i]!, value])),
  ] as const

const pair = (inner: fc.Arbitrary<Drawn>) => fc.array(inner, { minLength: 1, maxLength: 2 })

const drawn = fc.letrec<{ codec: Drawn; object: Drawn }>((tie) => ({
  codec: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('object'),
    tie('codec').map(({ codec, value }) => some(t.array(codec), fc.array(value, { maxLength: 3 }))),
    tie('codec').map(({ codec, value }) => some(t.readonlyArray(codec), fc.array(value, { maxLength: 3 }))),
    pair(tie('codec')).map((of) =>
      some(t.tuple(of.map(({ codec }) => codec) as [t.Mixed]), fc.tuple(...of.map(({ value }) => value))),
    ),
    tie('codec').map(({ codec, value }) =>
      some(t.record(t.string, codec), fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 3 })),
    ),
    tie('codec').map(({ codec, value }) =>
      some(
        t.record(oneOfTexts, codec),
        fc.dictionary(fc.constantFrom('up', 'down', 'on'), value, { maxKeys: 2 }),
      ),
    ),
    fc
      .tuple(tie('codec'), tie('codec'))
      .map(([a, b]) => some(t.union([a.codec, b.codec]), fc.oneof(a.value, b.value))),
    fc.tuple(tie('object'), tie('object')).map(([a, b]) => {
      const [one, two] = [
        t.intersection([t.type({ kind: t.literal('one') }), a.codec]),
        t.intersection([t.type({ kind: t.literal('two') }), b.codec]),
      ]
      const value = fc.tuple(fc.constantFrom('one', 'two', 'three'), fc.oneof(a.value, b.value))
      return some(
        tagged('kind', { one, two }),
        value.map(([kind, rest]) => ({ ...(rest as object), kind })),
      )
    }),
    fc
      .tuple(tie('codec'), tie('codec'))
      .map(([a, b]) =>
        some(
          keyed('a choice', { a: record({ a: a.codec }, { c: t.string }), b: record({ b: b.codec }) }),
          objectOf({ a: a.value, b: b.value, c: NOISE }),
        ),
      ),
  ),
  object: fc.tuple(pair(tie('codec')), pair(tie('codec'))).map(([must, may]) => {
    const [required, values] = fieldsOf(must)
    const [optional, others] = fieldsOf(may, must.length)
    return some(record(required, optional), objectOf({ ...values, ...others }))
  }),
}))

const oneOfTexts = nonEmpty

const judged = drawn.codec.chain(({ codec, value }) =>
  fc.record({ codec: fc.constant(codec), values: fc.array(fc.oneof(value, NOISE), { minLength: 6 }) }),
)

/** io-ts cuts a tuple that is too long, and takes the rest; the schema refuses what would be lost. */
const isCut = (codec: t.Mixed, value: unknown): boolean => E.isRight(codec.decode(value)) && !codec.is(value)

test(
  'valid is what the codec decodes',
  () => {
    let right = 0
    let wrong = 0
    fc.assert(
      fc.property(judged, ({ codec, values }) => {
        const valid = validator(codec, false)
        for (const value of values) {
          const decodes = E.isRight(codec.decode(value))
          if (decodes) right++
          else wrong++
          if (isCut(codec, value) && !valid(value)) continue
          assert.is(valid(value), decodes, `${codec.name} and ${JSON.stringify(value)}`)
        }
      }),
      { numRuns: 200 },
    )
    assert.ok(right > 150 && wrong > 150, `${right} right, ${wrong} wrong: too few of one kind to prove much`)
  },
  { timeout: 40_000 },
)

test(
  'closed, it also refuses the fields that the codec does not know',
  () => {
    let unknown = 0
    fc.assert(
      fc.property(judged, ({ codec, values }) => {
        const valid = validator(codec, true)
        for (const value of values) {
          const decodes = E.isRight(codec.decode(value))
          const stray = decodes && listUnknownFields(codec, value).length > 0
          if (stray) unknown++
          if (isCut(codec, value) && !valid(value)) continue
          assert.is(valid(value), decodes && !stray, `${codec.name} and ${JSON.stringify(value)}`)
        }
      }),
      { numRuns: 200 },
    )
    assert.ok(unknown > 20, `${unknown} with a field too much: too few to prove much`)
  },
  { timeout: 40_000 },
)

interface Tree {
  readonly children?: readonly Tree[]
}
const tree: t.Type<Tree> = t.recursion('a tree', () => t.partial({ children: t.readonlyArray(tree) }))

test('a codec that contains itself is defined once', () => {
  const schema = jsonSchemaOf(record({ tree, other: tree }))
  assert.equal(schema.$defs, {
    tree: {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#/$defs/tree' } } },
    },
  })
  const valid = validator(record({ tree }), true)
  assert.ok(valid({ tree: { children: [{}, { children: [] }] } }))
  assert.not(valid({ tree: { children: [{ children: [1] }] } }))
  assert.not(valid({ tree: { children: [{ child: [] }] } }))
})

test('what a field is for is said beside what it takes', () => {
  const codec = described(record({ wait: described(duration, 'How long, in ms.', 20) }), 'A pause.')
  assert.equal(jsonSchemaOf(codec, { id: 'https://ramal.example/pause', title: 'Pause', closed: true }), {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://ramal.example/pause',
    title: 'Pause',
    description: 'A pause.',
    type: 'object',
    properties: {
      wait: {
        description: 'How long, in ms.',
        type: 'integer',
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 20,
      },
    },
    required: ['wait'],
    additionalProperties: false,
  })
})

test('a codec with a description decodes as it did', () => {
  const plain = record({ a: nonEmpty }, { b: integer(0, 1) })
  const codec = described(plain, 'described')
  for (const value of [{ a: 'x' }, { a: 'x', b: 1 }, { a: '' }, {}, null]) {
    assert.equal(codec.decode(value), plain.decode(value))
    assert.is(codec.is(value), plain.is(value))
  }
  assert.equal(listUnknownFields(codec, { a: 'x', z: 1 }), ['z: there is no such field; there are a, b'])
  const marked = record(
    { a: described(personal(nonEmpty), 'A name.') },
    { b: personal(described(nonEmpty, 'x')) },
  )
  assert.equal(personalPaths(described(marked, 'described')), ['a', 'b'])
})

test('a field that may be undefined may be left out', () => {
  const valid = validator(record({ a: t.union([t.string, t.undefined]) }), true)
  assert.ok(valid({}))
  assert.ok(valid({ a: '' }))
  assert.not(valid({ a: null }))
})

test('a check that JSON Schema cannot tell is refused with its path, unless the codec says what it takes', () => {
  const even = () =>
    new t.Type<number, number, unknown>(
      'an even number',
      (u): u is number => typeof u === 'number' && u % 2 === 0,
      (u, c) => (typeof u === 'number' && u % 2 === 0 ? t.success(u) : t.failure(u, c)),
      t.identity,
    )
  assert.throws(
    () => jsonSchemaOf(record({ list: t.array(even()) })),
    /list\[\]: .*"an even number".*withSchema/,
  )
  const valid = validator(withSchema(even(), { type: 'number', multipleOf: 2 }), false)
  assert.ok(valid(4))
  assert.not(valid(3))
})

test.run()
