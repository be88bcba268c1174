import { blankContact, type Contact, foldContact, type View } from './contact.js'
import type { Judge, Verdict } from './judge.js'
import { keysOf } from './keys.js'
import type { ContactTable } from './table.js'

/** By start, then by name: an order that does not depend on what arrived first. */
export const sortContacts = (table: ContactTable, contacts: Contact[], count: number): void => {
  // The chain of a key begins with its newest contact: turned round, the contacts are in order, or nearly so.
  for (let i = 0, j = count - 1; i < j; i++, j--) {
    const newest = contacts[i]!
    contacts[i] = contacts[j]!
    contacts[j] = newest
  }
  for (let i = 1; i < count; i++) {
    const contact = contacts[i]!
    let j = i - 1
    while (j >= 0 && isAfter(table, contacts[j]!, contact)) {
      contacts[j + 1] = contacts[j]!
      j--
    }
    contacts[j + 1] = contact
  }
}

const isAfter = (table: ContactTable, a: Contact, b: Contact): boolean =>
  a.start > b.start || (a.start === b.start && table.contacts.name(a.number) > table.contacts.name(b.number))

/** As many contact objects as the largest key needs. */
export const contactPool = (): ((count: number) => Contact[]) => {
  const pool: Contact[] = []
  return (count) => {
    while (pool.length < count) pool.push(blankContact())
    return pool
  }
}

/** Judges every unit of a table in a view, from nothing. The verdict is valid during the call only. */
export const walkUnits = (
  table: ContactTable,
  judge: Judge,
  view: View,
  each: (verdict: Verdict) => void,
): void => {
  const keyOf = keysOf(table, judge.definition)
  const groups = new Map<number, number>()
  const total = table.contacts.size
  const nextInGroup = new Int32Array(total + 1)
  const contact = blankContact()
  for (let c = 1; c <= total; c++) {
    const key = keyOf(foldContact(table, c, view, contact), view)
    if (key === 0) continue
    nextInGroup[c] = groups.get(key) ?? 0
    groups.set(key, c)
  }
  const pool = contactPool()
  for (const head of groups.values()) {
    let count = 0
    for (let c = head; c !== 0; c = nextInGroup[c]!) foldContact(table, c, view, pool(++count)[count - 1]!)
    const contacts = pool(count)
    sortContacts(table, contacts, count)
    judge.units(contacts, count, view.asOf, each)
  }
}
