import type { Instant } from '@ramal/core'
import type { Contact, View } from './contact.js'
import type { FcrDefinition } from './definition.js'
import { cohortMoment, credited, type Dimension, nameOf, valueIn } from './dimension.js'
import { type Reason, reasonsOf, STATES, type UnitState, type Verdict } from './judge.js'
import { type ContactTable, KIND } from './table.js'

/** One unit: an issue, or a contact, as a definition sees it. */
export interface Unit {
  /** Its first contact. In a log of conversations a contact is a conversation. */
  readonly unit: string
  /** All its contacts in the order of their starts; of a unit that is a contact, itself and the one that repeats it. */
  readonly contacts: readonly string[]
  readonly state: UnitState
  readonly reasons: readonly Reason[]
  readonly start: Instant
  /** When the window is over. Nothing while the first contact has not ended. */
  readonly due: Instant | undefined
  /** When the first reason came up. */
  readonly failedAt: Instant | undefined
}

const instant = (at: Instant): Instant | undefined => (Number.isNaN(at) ? undefined : at)

export const unitOf = (table: ContactTable, v: Verdict): Unit => ({
  unit: table.contacts.name(v.members[0]!.number),
  contacts: v.members.slice(0, v.size).map(({ number }) => table.contacts.name(number)),
  state: STATES[v.state] as UnitState,
  reasons: reasonsOf(v.reasons),
  start: v.members[0]!.start,
  due: instant(v.due),
  failedAt: instant(v.failedAt),
})

/** Every value that a contact has in a dimension, for attribution to each. */
const eachValue = (table: ContactTable, dimension: Dimension, contact: Contact, view: View, day: number) => {
  const kind = dimension === 'queue' ? KIND.queued : KIND.joined
  if (dimension !== 'queue' && dimension !== 'agent' && dimension !== 'team')
    return [valueIn(dimension, contact, 'each', day)]
  const values = new Set<number>()
  for (let row = table.head[contact.number]!; row !== 0; row = table.next[row]!)
    if (table.kind[row] === kind && table.at[row]! <= view.asOf && table.known[row]! <= view.known)
      values.add(dimension === 'team' ? table.b[row]! >> 8 : table.a[row]!)
  return values.size === 0 ? [0] : [...values]
}

const product = (lists: readonly (readonly number[])[]): number[][] =>
  lists.reduce<number[][]>((tuples, list) => tuples.flatMap((t) => list.map((v) => [...t, v])), [[]])

/** The cells that a unit counts in: one, or with attribution to each one for every combination of values it has. */
export const placesOf = (
  table: ContactTable,
  definition: FcrDefinition,
  dimensions: readonly Dimension[],
  dayOf: (at: Instant) => number,
  view: View,
  v: Verdict,
): readonly (readonly number[])[] => {
  const day = dayOf(cohortMoment(definition, v))
  if (definition.attribution !== 'each') {
    const contact = credited(definition, v)
    return [dimensions.map((dimension) => valueIn(dimension, contact, definition.attribution, day))]
  }
  const seen = new Map<string, readonly number[]>()
  for (let i = 0; i < v.own; i++)
    for (const tuple of product(dimensions.map((d) => eachValue(table, d, v.members[i]!, view, day))))
      seen.set(tuple.join(), tuple)
  return [...seen.values()]
}

export const namesOf = (
  table: ContactTable,
  dimensions: readonly Dimension[],
  values: readonly number[],
): readonly string[] => dimensions.map((dimension, i) => nameOf(table, dimension, values[i]!))
