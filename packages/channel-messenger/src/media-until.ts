import type { Instant } from '@ramal/core'

const SECOND = 1000
const WEEK = 7 * 86_400_000

const secondsOf = (text: string | null, radix: 10 | 16): number =>
  text !== null && /^[0-9a-f]{8,10}$/i.test(text) ? Number.parseInt(text, radix) : Number.NaN

/**
 * Until when the address of a file holds. Those of Meta's hosts say so themselves: in seconds, `oe` in hexadecimal
 * or `ext` in decimal digits. Others are tried for a week.
 */
export const mediaUntil = (reference: string, receivedAt: Instant): Instant => {
  const otherwise = receivedAt + WEEK
  if (!URL.canParse(reference)) return otherwise
  const { searchParams } = new URL(reference)
  const said = [secondsOf(searchParams.get('oe'), 16), secondsOf(searchParams.get('ext'), 10)]
    .map((seconds) => seconds * SECOND)
    .filter((until) => until > receivedAt)
  return Math.min(otherwise, ...said)
}
