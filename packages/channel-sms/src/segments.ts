/** One septet each: GSM 03.38, the default alphabet. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)

/** Two septets each: behind an escape. */
const EXTENDED = new Set('\f^{}\\[~]|€')

export interface Segments {
  readonly encoding: 'GSM-7' | 'UCS-2'
  /** How many short messages the text is sent, and paid, as. */
  readonly count: number
  /** Septets in GSM-7, UTF-16 code units in UCS-2. */
  readonly units: number
  /** How many units more would fit without another segment. */
  readonly left: number
}

const LIMITS = { 'GSM-7': { single: 160, part: 153 }, 'UCS-2': { single: 70, part: 67 } } as const

/** Units of each character that must not be torn; nothing when one is not in GSM-7. */
const septets = (text: string): readonly number[] | undefined => {
  const units: number[] = []
  for (const character of text) {
    if (BASIC.has(character)) units.push(1)
    else if (EXTENDED.has(character)) units.push(2)
    else return undefined
  }
  return units
}

/** A segment that would end within an escape or a surrogate pair ends before it. */
const countParts = (units: readonly number[], part: number): { count: number; used: number } => {
  let count = 1
  let used = 0
  for (const unit of units) {
    if (used + unit > part) {
      count++
      used = 0
    }
    used += unit
  }
  return { count, used }
}

/**
 * What a text costs: one segment of 160 septets or 70 code units, or several of 153 or 67, since each then
 * carries a header. One character outside GSM-7, such as ã, õ, ç or an emoji, makes all of it UCS-2.
 * Source: 3GPP TS 23.038 and 23.040; without national shift tables, which few networks keep.
 */
export const segmentsOf = (text: string): Segments => {
  const gsm = septets(text)
  const encoding = gsm ? 'GSM-7' : 'UCS-2'
  const units = gsm ?? [...text].map((character) => character.length)
  const { single, part } = LIMITS[encoding]
  const total = units.reduce((sum, unit) => sum + unit, 0)
  if (total <= single) return { encoding, count: 1, units: total, left: single - total }
  const { count, used } = countParts(units, part)
  return { encoding, count, units: total, left: part - used }
}

/** The texts of the segments, cut as `segmentsOf` counts them. */
export const splitSegments = (text: string): readonly string[] => {
  const { encoding, count } = segmentsOf(text)
  if (count === 1) return [text]
  const { part } = LIMITS[encoding]
  const parts: string[] = []
  let current = ''
  let used = 0
  for (const character of text) {
    const unit = encoding === 'UCS-2' ? character.length : EXTENDED.has(character) ? 2 : 1
    if (used + unit > part) {
      parts.push(current)
      current = ''
      used = 0
    }
    current += character
    used += unit
  }
  return [...parts, current]
}
