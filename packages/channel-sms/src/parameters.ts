import type { RawRequest } from '@ramal/channel'

/** What a request says in its address and, as a form, in its body. */
export interface Parameters {
  /** The first that is not empty. */
  readonly get: (...names: readonly string[]) => string | undefined
  /** All of them, duplicates too, in order. */
  readonly pairs: readonly (readonly [string, string])[]
  /** For `raw`: the last of each name. */
  readonly record: Readonly<Record<string, string>>
}

const MAX_PARAMETERS = 1_000

const queryOf = (url: string): string => {
  const at = url.indexOf('?')
  return at < 0 ? '' : (url.slice(at + 1).split('#')[0] ?? '')
}

/** A form's fields as they were sent. */
export const formPairs = (body: Uint8Array): readonly (readonly [string, string])[] => [
  ...new URLSearchParams(new TextDecoder().decode(body)),
]

/** Never throws; what is no form has strange names. */
export const parametersOf = ({ url, body }: Pick<RawRequest, 'url' | 'body'>): Parameters => {
  const pairs = [...new URLSearchParams(queryOf(url)), ...formPairs(body)].slice(0, MAX_PARAMETERS)
  const all = new Map<string, string>()
  for (const [name, value] of pairs) if (value !== '' && !all.has(name)) all.set(name, value)
  return {
    pairs,
    record: Object.fromEntries(pairs.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()])),
    get: (...names) => {
      for (const name of names) {
        const value = all.get(name)
        if (value !== undefined) return value
      }
      return undefined
    },
  }
}

/** A file's or a gateway's time without a zone, such as `2017-05-03 06:04:45` or `20230727004929`: it is UTC. */
export const instantOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (/^\d{10}$/.test(text)) return Number(text) * 1000
  const compact = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text)
  const iso = compact
    ? `${compact[1]}-${compact[2]}-${compact[3]}T${compact[4]}:${compact[5]}:${compact[6]}Z`
    : /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?$/.test(text)
      ? `${text.replace(' ', 'T')}Z`
      : text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
  const at = Date.parse(iso)
  return Number.isNaN(at) || at < 0 ? undefined : at
}
