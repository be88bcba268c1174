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

/** No message that is one of the words is longer. */
const LONGEST = 80

/**
 * Which keyword a message is, if it is one and nothing else: `STOP` is, `please stop calling it that` is not. Only
 * whole messages count, since whoever is misunderstood hears nothing from us any more.
 */
export const recogniseKeyword = ({ stop, ambiguous, start }: Keywords, text: string): Keyword | undefined => {
  if (text.length > LONGEST) return undefined
  const said = plainWords(text)
  if (said === '') return undefined
  const isOneOf = (words: readonly string[]) => words.some((word) => plainWords(word) === said)
  if (isOneOf(stop)) return { kind: 'stop', ambiguous: false }
  if (isOneOf(ambiguous)) return { kind: 'stop', ambiguous: true }
  return isOneOf(start) ? { kind: 'start', ambiguous: false } : undefined
}
