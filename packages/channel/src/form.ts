import type { HttpRequest } from './http.js'
import type { RawRequest } from './request.js'

type Pairs = readonly (readonly [string, string])[]

/** What a request says in its address and, as a form, in its body. */
export interface Parameters {
  /** The first that is not empty. */
  readonly get: (...names: readonly string[]) => string | undefined
  /** All of them, duplicates too, in order. */
  readonly pairs: Pairs
  /** For `raw`: the last of each name. */
  readonly record: Readonly<Record<string, string>>
}

const MAX_PARAMETERS = 1_000

const queryOf = (url: string): string => {
  const at = url.indexOf('?')
  return at < 0 ? '' : (url.slice(at + 1).split('#')[0] ?? '')
}

const utf8 = new TextDecoder()

const pairsOf = (text: string): Pairs => {
  const pairs: (readonly [string, string])[] = []
  new URLSearchParams(text).forEach((value, name) => {
    pairs.push([name, value])
  })
  return pairs
}

/** A form is read twice, to be verified and to be decoded; parsed it is once. */
const parsed = new WeakMap<Uint8Array, Pairs>()

/** A form's fields as they were sent. */
export const formPairs = (body: Uint8Array): Pairs => {
  const before = parsed.get(body)
  if (before) return before
  const pairs = pairsOf(utf8.decode(body))
  parsed.set(body, pairs)
  return pairs
}

/** One by one, at a tenth of what `Object.fromEntries` costs: it is left the name that cannot be assigned. */
const recordOf = (pairs: Pairs): Readonly<Record<string, string>> => {
  if (pairs.some(([name]) => name === '__proto__'))
    return Object.fromEntries(pairs.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]))
  const record: Record<string, string> = {}
  for (const [name, value] of pairs) record[name.toWellFormed()] = value.toWellFormed()
  return record
}

/** Never throws; what is no form has strange names. */
export const parametersOf = ({ url, body }: Pick<RawRequest, 'url' | 'body'>): Parameters => {
  const query = queryOf(url)
  const form = formPairs(body)
  const given = query === '' ? form : [...pairsOf(query), ...form]
  const pairs = given.length > MAX_PARAMETERS ? given.slice(0, MAX_PARAMETERS) : given
  const all = new Map<string, string>()
  for (const [name, value] of pairs) if (value !== '' && !all.has(name)) all.set(name, value)
  return {
    pairs,
    record: recordOf(pairs),
    get: (...names) => {
      for (const name of names) {
        const value = all.get(name)
        if (value !== undefined) return value
      }
      return undefined
    },
  }
}

/** Fields as the body of a request; those that are undefined are left out. */
export const formOf = (
  fields: Readonly<Record<string, string | undefined>>,
): Pick<HttpRequest, 'body' | 'headers'> => ({
  body: new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    ),
  ).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})
