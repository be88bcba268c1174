import type { Identifier } from '@ramal/customer'

/**
 * One way to write a number, so that the same one is the same text whatever provider brings it: international
 * ones with a plus, short codes and national ones as they came. Never judged: a network knows its own numbers.
 */
export const numberOf = (text: string): string => {
  const bare = text.trim().replaceAll(/[\s().-]/g, '')
  if (/^00[1-9]\d{6,13}$/.test(bare)) return `+${bare.slice(2)}`
  return /^[1-9]\d{6,14}$/.test(bare) ? `+${bare}` : bare
}

/** Nothing for a sender who is a name, such as a bank's: nobody can be answered there. */
export const peerOf = (from: string): readonly Identifier[] => {
  const value = numberOf(from)
  return /^\+?\d{3,15}$/.test(value) ? [{ kind: 'e164', value }] : []
}
