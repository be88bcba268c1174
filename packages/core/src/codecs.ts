import * as t from 'io-ts'
import { withSchema } from './schema.js'

/** A number that JSON can carry: neither NaN nor infinite. */
export const finite: t.Type<number, number, unknown> = withSchema(
  new t.Type(
    'a finite number',
    (u): u is number => typeof u === 'number' && Number.isFinite(u),
    (u, c) => (typeof u === 'number' && Number.isFinite(u) ? t.success(u) : t.failure(u, c)),
    t.identity,
  ),
  { type: 'number' },
)

/** An integer that a double holds exactly, within bounds. */
export const integer = (
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
): t.Type<number, number, unknown> => {
  const is = (u: unknown): u is number =>
    Number.isSafeInteger(u) && (u as number) >= min && (u as number) <= max
  const name =
    min === Number.MIN_SAFE_INTEGER
      ? 'an integer'
      : max === Number.MAX_SAFE_INTEGER
        ? `an integer from ${min}`
        : `an integer from ${min} to ${max}`
  const codec = new t.Type(name, is, (u, c) => (is(u) ? t.success(u) : t.failure(u, c)), t.identity)
  return withSchema(codec, { type: 'integer', minimum: min, maximum: max })
}

/** Milliseconds since 1970, an integer. */
export const instant: t.Type<number, number, unknown> = integer(0)

/** Milliseconds, an integer, not negative. */
export const duration: t.Type<number, number, unknown> = integer(0)

export const nonEmpty: t.Type<string, string, unknown> = withSchema(
  new t.Type(
    'a text that is not empty',
    (u): u is string => typeof u === 'string' && u.length > 0,
    (u, c) => (typeof u === 'string' && u.length > 0 ? t.success(u) : t.failure(u, c)),
    t.identity,
  ),
  { type: 'string', minLength: 1 },
)

/** A text of a form. Give the pattern without flags and with both its anchors; `name` says it to people. */
export const matching = (pattern: RegExp, name: string): t.Type<string, string, unknown> => {
  const is = (u: unknown): u is string => typeof u === 'string' && pattern.test(u)
  const codec = new t.Type(name, is, (u, c) => (is(u) ? t.success(u) : t.failure(u, c)), t.identity)
  return withSchema(codec, { type: 'string', pattern: pattern.source })
}

/** One of the given texts. */
export const oneOf = <const V extends readonly [string, ...string[]]>(
  ...values: V
): t.Type<V[number], V[number], unknown> => {
  const set = new Set<unknown>(values)
  const is = (u: unknown): u is V[number] => set.has(u)
  const name = values.map((v) => `"${v}"`).join(' | ')
  const codec = new t.Type(name, is, (u, c) => (is(u) ? t.success(u) : t.failure(u, c)), t.identity)
  return withSchema(codec, { enum: [...values] })
}

/** Fields that must be there and fields that may be. */
export const record = <R extends t.Props, O extends t.Props = Record<never, never>>(
  required: R,
  optional?: O,
): t.Type<t.TypeOfProps<R> & t.TypeOfPartialProps<O>, unknown, unknown> =>
  (optional ? t.intersection([t.type(required), t.partial(optional)]) : t.type(required)) as never

/**
 * A union of records told apart by one field: the value of that field picks the one codec that is asked. Ten
 * times as fast as trying each, and the fault names the field that is wrong.
 */
export const tagged = <const K extends string, M extends Readonly<Record<string, t.Mixed>>>(
  key: K,
  members: M,
): t.Type<{ [T in keyof M]: { [k in K]: T } & t.TypeOf<M[T]> }[keyof M], unknown, unknown> => {
  type A = { [T in keyof M]: { [k in K]: T } & t.TypeOf<M[T]> }[keyof M]
  const codecs = new Map<unknown, t.Mixed>(Object.entries(members))
  const tagType: t.Mixed = oneOf(...(Object.keys(members) as [string, ...string[]]))
  const pick = (u: unknown): t.Mixed | undefined =>
    typeof u === 'object' && u !== null ? codecs.get((u as Record<string, unknown>)[key]) : undefined
  const codec = new t.Type<A, unknown, unknown>(
    `{ ${key}: ${tagType.name} }`,
    (u): u is A => pick(u)?.is(u) ?? false,
    (u, c) => {
      const member = pick(u)
      if (member) return member.validate(u, c) as t.Validation<A>
      if (typeof u !== 'object' || u === null) return t.failure(u, c)
      const tag = (u as Record<string, unknown>)[key]
      return t.failure(tag, [...c, { key, type: tagType, actual: tag }])
    },
    t.identity,
  )
  return Object.assign(codec, { types: Object.values(members), tag: key, members, pick })
}

/**
 * A union of records told apart by the one field that each has of its own: `{ skill }`, `{ any }`, `{ not }`. The
 * field that is there picks the codec; the fault of a value with none of them names those that there are, unless
 * `otherwise` takes it.
 */
export const keyed = <const M extends Readonly<Record<string, t.Mixed>>, O = never>(
  name: string,
  members: M,
  otherwise?: t.Type<O, unknown, unknown>,
): t.Type<t.TypeOf<M[keyof M]> | O, unknown, unknown> => {
  type A = t.TypeOf<M[keyof M]> | O
  const codecs = Object.entries<t.Mixed>(members)
  const pick = (u: unknown): t.Mixed | undefined =>
    typeof u === 'object' && u !== null
      ? (codecs.find(([key]) => Object.hasOwn(u, key))?.[1] ?? otherwise)
      : undefined
  // A codec that refers to itself gives its own name to this one; the fault is to say what belongs there all the same.
  const wanted = new t.Type<unknown>(
    otherwise ? name : `${name}: an object with one of ${Object.keys(members).join(', ')}`,
    t.unknown.is,
    t.unknown.validate,
    t.identity,
  )
  const codec = new t.Type<A, unknown, unknown>(
    wanted.name,
    (u): u is A => pick(u)?.is(u) ?? false,
    (u, c) =>
      (pick(u)?.validate(u, c) as t.Validation<A> | undefined) ??
      t.failure(u, [...c.slice(0, -1), { ...c.at(-1)!, type: wanted }]),
    t.identity,
  )
  const types = [...Object.values(members), ...(otherwise ? [otherwise] : [])]
  return Object.assign(codec, { types, members, otherwise, pick })
}
