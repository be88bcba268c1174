import { type Identifier, identifierKey } from './identifier.js'

interface Rule {
  readonly country: string
  readonly long: RegExp
  readonly short: RegExp
  readonly inserted: string
}

/**
 * One number, two ways to write it: numbers that were lengthened, of which WhatsApp and the networks use now one
 * form, now the other. Each rule tells the longer form from the shorter one, both in digits without `+`.
 * - Brazil: mobile numbers got a 9 before their eight digits, which begin with 6 to 9
 * - Argentina: mobile numbers have a 9 after the country code when called from abroad
 * - Mexico: mobile numbers had a 1 after the country code until 2019
 */
const rules: readonly Rule[] = [
  {
    country: '55',
    long: /^(55[1-9][1-9])9([6-9]\d{7})$/,
    short: /^(55[1-9][1-9])([6-9]\d{7})$/,
    inserted: '9',
  },
  { country: '54', long: /^(54)9(\d{10})$/, short: /^(54)(\d{10})$/, inserted: '9' },
  { country: '52', long: /^(52)1(\d{10})$/, short: /^(52)(\d{10})$/, inserted: '1' },
]

const otherForm = (digits: string): string | undefined => {
  for (const { country, long, short, inserted } of rules) {
    if (!digits.startsWith(country)) continue
    const longer = long.exec(digits)
    if (longer) return `${longer[1]}${longer[2]}`
    const shorter = short.exec(digits)
    if (shorter) return `${shorter[1]}${inserted}${shorter[2]}`
  }
  return undefined
}

/**
 * The other ways in which the same number may be written, of the same kind and scope; none for most. Numbers are
 * kept as they came, and only compared by their variants: which form works is the channel's affair.
 */
export const variantsOf = (identifier: Identifier): readonly Identifier[] => {
  const { kind, value } = identifier
  if (kind !== 'wa_id' && kind !== 'e164') return []
  const plus = value.startsWith('+') ? '+' : ''
  const other = otherForm(value.slice(plus.length))
  return other === undefined ? [] : [{ ...identifier, value: plus + other }]
}

/** One text for an identifier and all its variants: what to look up by. */
export const matchKey = (identifier: Identifier): string => {
  let key = identifierKey(identifier)
  for (const variant of variantsOf(identifier)) {
    const other = identifierKey(variant)
    if (other < key) key = other
  }
  return key
}

/**
 * The same telephone number as other channels name it: WhatsApp by its digits, telephony with a plus before them.
 * Whether it is the same person is for the brand to say: numbers are given to new people.
 */
export const sameNumberAs = ({ kind, value }: Identifier): readonly Identifier[] => {
  const digits = value.replace(/^\+/, '')
  if (!/^[1-9]\d{7,14}$/.test(digits)) return []
  if (kind === 'wa_id') return [{ kind: 'e164', value: `+${digits}` }]
  return kind === 'e164' ? [{ kind: 'wa_id', value: digits }] : []
}
