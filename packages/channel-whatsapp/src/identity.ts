import type { Identifier } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import { type Contact, contact } from './codecs.js'

const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/
const PARENT_USER_ID = /^[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}$/
const NUMBER = /^\+?(\d{1,20})$/

/** What kind of name this is, by its form: user ids have been seen where numbers are promised. */
export const identifierOf = (text: string | undefined, portfolio: string): Identifier | undefined => {
  if (text === undefined) return undefined
  const number = NUMBER.exec(text)?.[1]
  if (number !== undefined) return { kind: 'wa_id', value: number, verified: true }
  if (USER_ID.test(text)) return { kind: 'bsuid', scope: portfolio, value: text, verified: true }
  if (PARENT_USER_ID.test(text))
    return { kind: 'parent_bsuid', scope: portfolio, value: text, verified: true }
  return undefined
}

const order: readonly Identifier['kind'][] = ['wa_id', 'bsuid', 'parent_bsuid']

/** Each once; the address to answer to first, which is the number where there is one. */
export const identifiersOf = (
  texts: readonly (string | undefined)[],
  portfolio: string,
): readonly Identifier[] => {
  const found: Identifier[] = []
  for (const text of texts) {
    const identifier = identifierOf(text, portfolio)
    // The form tells the kind: what has the same value is the same.
    if (identifier && !found.some(({ value }) => value === identifier.value)) found.push(identifier)
  }
  return found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

/** Who is meant by an item, with everything that its payload asserts about that person. */
export interface Person {
  readonly peer: readonly Identifier[]
  readonly profileName: string | undefined
}

/** An id of a form that we do not know yet: somebody writes under it all the same, and waits for an answer. */
const opaque = (text: string | undefined): readonly Identifier[] =>
  text === undefined || text.length > 256 ? [] : [{ kind: 'wa_id', value: text, verified: true }]

export const readContacts = (list: readonly unknown[] = []): readonly Contact[] =>
  list.flatMap((u) => {
    const read = contact.decode(u)
    return E.isRight(read) ? [read.right] : []
  })

/**
 * Joins the ids of an item with those of its contact. The contact is found by an equal id, never by its place:
 * payloads are batched, and the lists differ in length. An item without any id takes the only contact there is.
 */
export const personOf = (
  ids: readonly (string | undefined)[],
  contacts: readonly Contact[],
  portfolio: string,
): Person => {
  const own = ids.filter((text) => text !== undefined)
  const theirs =
    own.length === 0
      ? contacts.length === 1
        ? contacts[0]
        : undefined
      : contacts.find((c) => own.some((text) => text === c.wa_id || text === c.user_id))
  const known = identifiersOf([...own, theirs?.wa_id, theirs?.user_id, theirs?.parent_user_id], portfolio)
  const peer = known.length > 0 ? known : opaque(own[0])
  const profileName = theirs?.profile?.name ?? theirs?.profile?.username
  return { peer, profileName: profileName || undefined }
}
