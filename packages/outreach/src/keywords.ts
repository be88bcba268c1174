/** The words by which a customer says, on one channel, whether they want to be written to. */
export interface Keywords {
  readonly stop: readonly string[]
  /** They count as `stop` only while nobody is talking with the customer. */
  readonly ambiguous: readonly string[]
  readonly start: readonly string[]
}

export interface Keyword {
  readonly kind: 'stop' | 'start'
  /** It may be an answer to what somebody has asked. */
  readonly ambiguous: boolean
}

/** Without case, accents, punctuation and doubled spaces, so that `Pare!` and `PARE` are one. */
export const plainWords = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s]/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** By what is left of a word. Made once for each set of keywords: this is asked of every message. */
const tables = new WeakMap<Keywords, ReadonlyMap<string, Keyword>>()

const tableOf = (keywords: Keywords): ReadonlyMap<string, Keyword> => {
  const known = tables.get(keywords)
  if (known) return known
  const table = new Map<string, Keyword>()
  const put = (words: readonly string[], keyword: Keyword) => {
    for (const word of words) if (!table.has(plainWords(word))) table.set(plainWords(word), keyword)
  }
  put(keywords.stop, { kind: 'stop', ambiguous: false })
  put(keywords.ambiguous, { kind: 'stop', ambiguous: true })
  put(keywords.start, { kind: 'start', ambiguous: false })
  tables.set(keywords, table)
  return table
}

/** No message that is one of the words is longer. */
const LONGEST = 80

/**
 * Which keyword a message is, if it is one and nothing else: `STOP` is, `please stop calling it that` is not. Only
 * whole messages count, since whoever is misunderstood hears nothing from us any more.
 */
export const recogniseKeyword = (keywords: Keywords, text: string): Keyword | undefined =>
  text.length > LONGEST ? undefined : tableOf(keywords).get(plainWords(text))
