import { blankContact, type Contact, foldContact, type View } from './contact.js'
import type { FcrDefinition } from './definition.js'
import type { Interner } from './interner.js'
import type { ContactTable } from './table.js'

/** Follows pointers to the end. In a circle the smallest name is the end, wherever one begins. */
const follow = (from: number, names: Interner, next: (n: number) => number): number => {
  let n = next(from)
  if (n === 0) return from
  const seen = [from]
  while (n !== 0) {
    const circle = seen.indexOf(n)
    if (circle >= 0)
      return seen.slice(circle).reduce((best, m) => (names.name(m) < names.name(best) ? m : best))
    seen.push(n)
    n = next(n)
  }
  return seen.at(-1)!
}

/** The customer that a customer belongs to in a view, after merges and splits. */
export const rootCustomer = (table: ContactTable, customer: number, { asOf, known }: View): number =>
  table.moves.size === 0
    ? customer
    : follow(customer, table.customers, (c) => {
        let into = 0
        for (const move of table.moves.get(c) ?? []) {
          if (move.at > asOf) break
          if (move.recordedAt <= known) into = move.into
        }
        return into
      })

/** The most customers, tickets, intents and channels that a table can tell apart. */
const MOST = 2 ** 26

/**
 * The key of a contact: equal for contacts about the same issue. Negative for a contact that stands alone, since
 * nobody can tell who it was; 0 for one that does not count.
 */
export type KeyOf = (contact: Contact, view: View) => number

export const keysOf = (table: ContactTable, { key, crossChannel }: FcrDefinition): KeyOf => {
  // Three numbers do not fit into one double: customer and intent are numbered first.
  const issues = new Map<number, number>()
  const issueOf = (both: number): number => {
    let issue = issues.get(both)
    if (issue === undefined) {
      issue = issues.size + 1
      issues.set(both, issue)
    }
    return issue
  }
  const other = blankContact()

  const ownKey = (contact: Contact, view: View): number => {
    if (key === 'ticket') {
      const ticket = table.ticket[contact.number]!
      if (ticket === 0) return -contact.number
      return crossChannel ? ticket : ticket * MOST + contact.channel
    }
    if (contact.customer === 0) return -contact.number
    const customer = rootCustomer(table, contact.customer, view)
    if (key === 'customer') return crossChannel ? customer : customer * MOST + contact.channel
    const issue = customer * MOST + contact.intent
    return crossChannel ? issue : issueOf(issue) * MOST + contact.channel
  }

  const linkOf = (number: number, view: View): number => {
    const { link } = foldContact(table, number, view, other)
    return link !== 0 && foldContact(table, link, view, other).counts ? link : 0
  }

  return (contact, view) => {
    if (!contact.counts) return 0
    if (contact.link === 0) return ownKey(contact, view)
    const end = follow(contact.number, table.contacts, (n) => linkOf(n, view))
    return end === contact.number ? ownKey(contact, view) : ownKey(foldContact(table, end, view, other), view)
  }
}
