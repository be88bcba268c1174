import type { Ints } from './columns.js'
import { type Cells, type Counts, cells, FLAG } from './counts.js'
import type { FcrDefinition } from './definition.js'
import { cohortMoment, credited, type Dimension, dayCounter, nameOf, valueIn } from './dimension.js'
import type { Verdict } from './judge.js'
import type { ContactTable } from './table.js'

export interface Cell {
  /** One value for each dimension; empty where it is not known. */
  readonly values: readonly string[]
  readonly counts: Counts
}

/** Counters by one or more dimensions, and the cell that each unit is counted in. */
export interface Breakdown {
  readonly dimensions: readonly Dimension[]
  readonly cells: Cells
  /** By the first contact of a unit. Grown by whoever owns the units. */
  cellOf: Ints
  /** Where a unit belongs now. */
  cellFor(verdict: Verdict): number
  list(): readonly Cell[]
}

/** State, closed and identified in one small number. */
export const flagsOf = (v: Verdict): number => {
  const first = v.members[0]!
  return v.state | (v.closed ? FLAG.closed : 0) | (first.customer !== 0 ? FLAG.identified : 0)
}

const RADIX = 2 ** 26

/** Small numbers for tuples of numbers. */
export const tuples = (length: number) => {
  const levels = Array.from({ length }, () => new Map<number, number>())
  const all: number[][] = []
  return {
    numberOf(values: readonly number[]): number {
      let number = 0
      for (let i = 0; i < length; i++) {
        const both = number * RADIX + values[i]!
        let next = levels[i]!.get(both)
        if (next === undefined) {
          next = levels[i]!.size
          levels[i]!.set(both, next)
          if (i === length - 1) all[next] = values.slice()
        }
        number = next
      }
      return number
    },
    tuple: (number: number): readonly number[] => all[number] ?? [],
  }
}

export const breakdown = (
  table: ContactTable,
  definition: FcrDefinition,
  dimensions: readonly Dimension[],
  zone?: string,
): Breakdown => {
  const dayOf = dayCounter(zone)
  const keys = tuples(dimensions.length)
  const counters = cells()
  const values: number[] = dimensions.map(() => 0)
  if (dimensions.length === 0) counters.cell(0)
  return {
    dimensions,
    cells: counters,
    cellOf: new Int32Array(64),
    cellFor(v) {
      if (dimensions.length === 0) return 0
      const contact = credited(definition, v)
      for (let i = 0; i < dimensions.length; i++) {
        const day = dimensions[i] === 'day' ? dayOf(cohortMoment(definition, v)) : 0
        values[i] = valueIn(dimensions[i]!, contact, definition.attribution, day)
      }
      return counters.cell(keys.numberOf(values))
    },
    list: () =>
      [...counters.entries()].map(([key, cell]) => ({
        values: dimensions.map((dimension, i) => nameOf(table, dimension, keys.tuple(key)[i]!)),
        counts: counters.counts(cell),
      })),
  }
}
