/** A value that a variable may have. */
export type Value = string | number | boolean

/** Every value of a variable that makes a difference, a bit for each. */
export interface Domain {
  readonly bits: ReadonlyMap<Value, bigint>
  readonly all: bigint
}

export type Domains = ReadonlyMap<string, Domain>

/** All that have, for each variable named, one of the values whose bits are set. */
export type Box = ReadonlyMap<string, bigint>

/** A set, as the union of boxes. What and, or, not say over finitely many values is always one. */
export type Region = readonly Box[]

export const EVERYTHING: Region = [new Map()]
export const NOTHING: Region = []

/** A region of more boxes than this is given up: the check that asks for it says nothing. */
const LIMIT = 4000

class TooManyBoxes extends Error {}

const bounded = (region: Region): Region => {
  if (region.length > LIMIT) throw new TooManyBoxes(`A region has more than ${LIMIT} boxes.`)
  return region
}

/** The answer of a question about regions; undefined when they are too many to tell. */
export const tell = <T>(question: () => T): T | undefined => {
  try {
    return question()
  } catch (error) {
    if (error instanceof TooManyBoxes) return undefined
    throw error
  }
}

export const domainOf = (values: Iterable<Value>): Domain => {
  const bits = new Map([...new Set(values)].map((value, i) => [value, 1n << BigInt(i)] as const))
  return { bits, all: (1n << BigInt(bits.size)) - 1n }
}

/** All for which a variable has one of these values; others than those of its domain count for none. */
export const only = (domains: Domains, variable: string, values: readonly Value[]): Region => {
  const bits = domains.get(variable)?.bits
  const mask = values.reduce((sum, value) => sum | (bits?.get(value) ?? 0n), 0n)
  return mask === 0n ? NOTHING : [new Map([[variable, mask]])]
}

const overlap = (a: Box, b: Box): boolean => {
  for (const [variable, mask] of b) {
    const own = a.get(variable)
    if (own !== undefined && (own & mask) === 0n) return false
  }
  return true
}

const meet = (a: Box, b: Box): Box => {
  const both = new Map(a)
  for (const [variable, mask] of b) both.set(variable, (both.get(variable) ?? mask) & mask)
  return both
}

export const intersect = (a: Region, b: Region): Region =>
  bounded(a.flatMap((one) => b.filter((other) => overlap(one, other)).map((other) => meet(one, other))))

export const unite = (regions: readonly Region[]): Region => bounded(regions.flat())

/** What of a box is not in another: boxes that do not overlap. */
const without = (domains: Domains, box: Box, other: Box): readonly Box[] => {
  if (!overlap(box, other)) return [box]
  const pieces: Box[] = []
  let rest = box
  for (const [variable, mask] of other) {
    const own = rest.get(variable) ?? domains.get(variable)!.all
    const outside = own & ~mask
    if (outside !== 0n) pieces.push(new Map(rest).set(variable, outside))
    rest = new Map(rest).set(variable, own & mask)
  }
  return pieces
}

export const subtract = (domains: Domains, a: Region, b: Region): Region => {
  let left = a
  for (const other of b) {
    if (left.length === 0) return left
    if (left.some((box) => overlap(box, other)))
      left = bounded(left.flatMap((box) => without(domains, box, other)))
  }
  return left
}

/** What and, or, not are made of: the same for conditions and for requirements. */
type Formula<T> =
  | T
  | { readonly all: readonly Formula<T>[] }
  | { readonly any: readonly Formula<T>[] }
  | { readonly not: Formula<T> }

export const regionOf = <T extends object>(
  domains: Domains,
  formula: Formula<T>,
  atom: (one: T) => Region,
): Region => {
  const inner = (one: Formula<T>): Region => regionOf(domains, one, atom)
  if ('all' in formula) return formula.all.map(inner).reduce(intersect, EVERYTHING)
  if ('any' in formula) return unite(formula.any.map(inner))
  if ('not' in formula) return subtract(domains, EVERYTHING, inner(formula.not))
  return atom(formula)
}
