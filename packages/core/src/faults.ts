import type * as t from 'io-ts'

const textOf = (value: unknown): string => {
  // JSON writes NaN as null, and refuses a bigint and a circle.
  if (typeof value === 'number') return String(value)
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}

const shown = (value: unknown): string => {
  const text = textOf(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** A path such as `queues[2].strategy`, from the keys of an io-ts context. */
const pathOf = (context: t.Context): string =>
  context
    .map(({ key }) => key)
    // io-ts numbers the members of an intersection or a union, which are no part of the user's data.
    .filter((key, i) => key !== '' && !(/^\d+$/.test(key) && isCombined(context[i - 1]?.type)))
    .reduce((path, key) => (/^\d+$/.test(key) ? `${path}[${key}]` : path ? `${path}.${key}` : key), '')

const isCombined = (type: unknown): boolean => {
  const tag = (type as { _tag?: string } | undefined)?._tag
  return tag === 'IntersectionType' || tag === 'UnionType'
}

/** Each fault once, as `path: expected X, found Y`, at most `limit` of them. */
export const listFaults = (errors: t.Errors, limit = 5): readonly string[] => {
  const seen = new Set<string>()
  for (const { context, value, message } of errors) {
    const expected = nameOf(context.at(-1)?.type)
    const where = pathOf(context)
    seen.add(message ?? `${where || 'value'}: expected ${shortened(expected)}, found ${shown(value)}`)
  }
  const all = [...seen]
  return all.length <= limit ? all : [...all.slice(0, limit), `and ${all.length - limit} more`]
}

const PLAIN: Readonly<Record<string, string>> = {
  InterfaceType: 'an object',
  PartialType: 'an object',
  IntersectionType: 'an object',
  DictionaryType: 'an object',
  ArrayType: 'a list',
  ReadonlyArrayType: 'a list',
}

/** Whoever wrote a text where an object belongs is not helped by all of its fields. */
const nameOf = (type: t.Decoder<unknown, unknown> | undefined): string =>
  PLAIN[(type as { _tag?: string } | undefined)?._tag ?? ''] ?? type?.name ?? 'something else'

/** A list of what may stand there is of use only as a whole. */
const LONGEST = 300

const shortened = (name: string): string =>
  name.length > LONGEST ? `${name.slice(0, LONGEST - 3)}...` : name

export const describeFaults = (errors: t.Errors): string => listFaults(errors).join('; ')
