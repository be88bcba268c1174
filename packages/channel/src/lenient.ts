import type { Instant } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/**
 * What a provider sends, read so that an odd detail costs the detail and not the message: required fields must
 * be right, optional ones that are wrong count as absent, unknown ones are left out.
 */
export const shape = <R extends t.Props, O extends t.Props = Record<never, never>>(
  required: R,
  optional?: O,
): t.Type<t.TypeOfProps<R> & t.TypeOfPartialProps<O>, unknown, unknown> => {
  type A = t.TypeOfProps<R> & t.TypeOfPartialProps<O>
  const must = Object.entries(required)
  const may = new Map<string, t.Mixed>(Object.entries(optional ?? {}))
  const name = `{ ${[...Object.keys(required), ...Object.keys(optional ?? {}).map((key) => `${key}?`)].join(', ')} }`
  return new t.Type<A, unknown, unknown>(
    name,
    (u): u is A => isObject(u) && must.every(([key, codec]) => codec.is(u[key])),
    (u, context) => {
      if (!isObject(u)) return t.failure(u, context)
      const out: Record<string, unknown> = {}
      for (let i = 0; i < must.length; i++) {
        const [key, codec] = must[i]!
        const value = u[key]
        const read = codec.validate(value, NOWHERE)
        if (E.isLeft(read)) return t.failures(whyNot(codec, key, value, context))
        out[key] = read.right
      }
      // By what is there, since most of what may be is not.
      for (const key in u) {
        const codec = may.get(key)
        const value = u[key]
        if (codec === undefined || value === undefined || value === null) continue
        const read = codec.validate(value, NOWHERE)
        if (E.isRight(read)) out[key] = read.right
      }
      return t.success(out as A)
    },
    t.identity,
  )
}

/** The errors with the way there, which is made only when something is wrong. */
const whyNot = (codec: t.Mixed, key: string, actual: unknown, context: t.Context): t.Errors => {
  const read = codec.validate(actual, [...context, { key, type: codec, actual }])
  return E.isLeft(read) ? read.left : []
}

/** Where nobody asks what was wrong, nobody keeps the way there. */
const NOWHERE: t.Context = []

export const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

/** The items of a list; nothing for what is no list. */
export const itemsOf = (u: unknown): readonly unknown[] => (Array.isArray(u) ? u : [])

/** An id: a text that is not empty, or an integer, which becomes its digits. */
export const id: t.Type<string, unknown, unknown> = new t.Type(
  'an id',
  (u): u is string => typeof u === 'string' && u.length > 0,
  (u, context) =>
    typeof u === 'string' && u.length > 0
      ? t.success(u)
      : Number.isSafeInteger(u)
        ? t.success(String(u))
        : t.failure(u, context),
  t.identity,
)

/** What a provider says in a word: a text or a number. Anything else has none: not every object can be a text. */
export const wordOf = (u: unknown): string | undefined =>
  typeof u === 'string' ? u : typeof u === 'number' ? String(u) : undefined

/** The last instant that a date can hold. */
const LAST_INSTANT = 8_640_000_000_000_000

/** As ms this is March 1973, as seconds the year 5138. */
const SECONDS_BELOW = 100_000_000_000

const timeOf = (u: unknown, context: t.Context): t.Validation<Instant> => {
  const n = typeof u === 'number' ? u : typeof u === 'string' && /^\d{1,16}$/.test(u) ? Number(u) : Number.NaN
  const at = Math.floor(n < SECONDS_BELOW ? n * 1000 : n)
  return at >= 0 && at <= LAST_INSTANT ? t.success(at) : t.failure(u, context)
}

/**
 * A time since 1970, as a number or in digits; becomes ms. Whether seconds or ms were meant is told by its size:
 * providers promise the one and send the other, such as test webhooks of Instagram.
 */
export const unixTime: t.Type<Instant, unknown, unknown> = new t.Type(
  'seconds or milliseconds since 1970',
  (u): u is Instant => Number.isSafeInteger(u),
  timeOf,
  t.identity,
)

/** A finite number, also where it is written as a text. */
export const numeric: t.Type<number, unknown, unknown> = new t.Type(
  'a number',
  (u): u is number => Number.isFinite(u),
  (u, context) => {
    const n = typeof u === 'string' && u.trim() !== '' ? Number(u) : u
    return typeof n === 'number' && Number.isFinite(n) ? t.success(n) : t.failure(u, context)
  },
  t.identity,
)

/** The fields of `value` that are there, so that absent ones are absent and not undefined. */
export const present = <T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } => {
  const out: Partial<T> = {}
  for (const key in value) if (value[key] !== undefined) out[key] = value[key]
  return out as { [K in keyof T]?: Exclude<T[K], undefined> }
}
