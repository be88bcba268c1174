/** A value that a variable may have. */
export type Value = string | number | boolean

/** Every value of each variable that makes a difference. */
export type Domains = ReadonlyMap<string, readonly Value[]>

/** All that have, for each variable named, one of these values. */
export type Box = ReadonlyMap<string, readonly Value[]>

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

export const only = (variable: string, values: readonly Value[]): Region =>
  values.length === 0 ? NOTHING : [new Map([[variable, values]])]

const meet = (a: Box, b: Box): Box | undefined => {
  const both = new Map(a)
  for (const [variable, values] of b) {
    const own = both.get(variable)
    const common = own ? own.filter((value) => values.includes(value)) : values
    if (common.length === 0) return undefined
    both.set(variable, common)
  }
  return both
}

export const intersect = (a: Region, b: Region): Region => {
  const boxes: Box[] = []
  for (const one of a)
    for (const other of b) {
      const both = meet(one, other)
      if (both) boxes.push(both)
    }
  return bounded(boxes)
}

export const unite = (regions: readonly Region[]): Region => bounded(regions.flat())

/** What of a box is not in another: boxes that do not overlap. */
const without = (domains: Domains, box: Box, other: Box): readonly Box[] => {
  if (!meet(box, other)) return [box]
  const pieces: Box[] = []
  let rest = box
  for (const [variable, values] of other) {
    const own = rest.get(variable) ?? domains.get(variable) ?? []
    const outside = own.filter((value) => !values.includes(value))
    if (outside.length > 0) pieces.push(new Map(rest).set(variable, outside))
    rest = new Map(rest).set(
      variable,
      own.filter((value) => values.includes(value)),
    )
  }
  return pieces
}

export const subtract = (domains: Domains, a: Region, b: Region): Region => {
  let left = a
  for (const other of b) left = bounded(left.flatMap((box) => without(domains, box, other)))
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
