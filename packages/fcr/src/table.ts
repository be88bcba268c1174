import type { Instant } from '@ramal/core'
import { type Bytes, type Floats, growBytes, growFloats, growInts, type Ints } from './columns.js'
import type { FcrFact } from './fact.js'
import { type Interner, interner } from './interner.js'

/** Kinds of facts in the table. The order of a contact's facts is by time, then by arrival. */
export const KIND = {
  queued: 1,
  joined: 2,
  transferred: 3,
  replied: 4,
  callbackPromised: 5,
  ended: 6,
  reopened: 7,
  intentSet: 8,
  spam: 9,
  linked: 10,
  unlinked: 11,
  surveyed: 12,
} as const

export const OUTCOME = { resolved: 1, contained: 2, closed: 3, abandoned: 4 } as const
/** Flags of a `joined` fact: level from bit 4, team from bit 8. */
export const JOINED = { bot: 1, warm: 2, cold: 4 } as const

export interface CustomerMove {
  readonly at: Instant
  readonly recordedAt: Instant
  /** The customer whom the moved one belongs to from now on; 0 for a split. */
  readonly into: number
}

/**
 * The facts of all contacts in columns: about 30 bytes a fact and 60 a contact, beside its name. It keeps facts
 * only, so any definition, any moment and any state of knowledge can be judged from it.
 * The arrays grow; read them from the table each time.
 */
export interface ContactTable {
  readonly contacts: Interner
  readonly customers: Interner
  readonly channels: Interner
  readonly endpoints: Interner
  readonly intents: Interner
  readonly tickets: Interner
  readonly queues: Interner
  readonly agents: Interner
  readonly teams: Interner
  readonly dispositions: Interner
  /** By contact, from 1. `startAt` is NaN until the start is known. */
  startAt: Floats
  startKnown: Floats
  customer: Ints
  channel: Ints
  endpoint: Ints
  ticket: Ints
  outbound: Bytes
  /** First and last fact. 0: none. */
  head: Ints
  tail: Ints
  /** By customer: its contact that started last; `sameCustomer` leads on. */
  ofCustomer: Ints
  sameCustomer: Ints
  /** By fact, from 1. */
  at: Floats
  known: Floats
  kind: Bytes
  a: Ints
  b: Ints
  next: Ints
  facts: number
  /** Merges and splits of a customer, in order of time. */
  readonly moves: Map<number, CustomerMove[]>
  /** Customers that were ever merged into a customer. */
  readonly mergedInto: Map<number, Set<number>>
  /** Contacts that were ever linked to a contact. */
  readonly linkers: Map<number, Set<number>>
}

export const contactTable = (): ContactTable => ({
  contacts: interner(),
  customers: interner(),
  channels: interner(),
  endpoints: interner(),
  intents: interner(),
  tickets: interner(),
  queues: interner(),
  agents: interner(),
  teams: interner(),
  dispositions: interner(),
  startAt: new Float64Array(64).fill(Number.NaN),
  startKnown: new Float64Array(64),
  customer: new Int32Array(64),
  channel: new Int32Array(64),
  endpoint: new Int32Array(64),
  ticket: new Int32Array(64),
  outbound: new Uint8Array(64),
  head: new Int32Array(64),
  tail: new Int32Array(64),
  ofCustomer: new Int32Array(64),
  sameCustomer: new Int32Array(64),
  at: new Float64Array(256),
  known: new Float64Array(256),
  kind: new Uint8Array(256),
  a: new Int32Array(256),
  b: new Int32Array(256),
  next: new Int32Array(256),
  facts: 0,
  moves: new Map(),
  mergedInto: new Map(),
  linkers: new Map(),
})

/** The number of a contact; a name that is new gets the next one. */
const contactOf = (table: ContactTable, name: string): number => {
  const contact = table.contacts.of(name)
  if (contact >= table.startAt.length) {
    const needed = contact + 1
    table.startAt = growFloats(table.startAt, needed, Number.NaN)
    table.startKnown = growFloats(table.startKnown, needed)
    table.customer = growInts(table.customer, needed)
    table.channel = growInts(table.channel, needed)
    table.endpoint = growInts(table.endpoint, needed)
    table.ticket = growInts(table.ticket, needed)
    table.outbound = growBytes(table.outbound, needed)
    table.head = growInts(table.head, needed)
    table.tail = growInts(table.tail, needed)
    table.sameCustomer = growInts(table.sameCustomer, needed)
  }
  return contact
}

const addRow = (
  table: ContactTable,
  contact: number,
  kind: number,
  at: Instant,
  known: Instant,
  a: number,
  b: number,
): void => {
  const row = ++table.facts
  if (row >= table.at.length) {
    table.at = growFloats(table.at, row + 1)
    table.known = growFloats(table.known, row + 1)
    table.kind = growBytes(table.kind, row + 1)
    table.a = growInts(table.a, row + 1)
    table.b = growInts(table.b, row + 1)
    table.next = growInts(table.next, row + 1)
  }
  table.at[row] = at
  table.known[row] = known
  table.kind[row] = kind
  table.a[row] = a
  table.b[row] = b
  const tail = table.tail[contact]!
  if (tail === 0) {
    table.head[contact] = row
    table.tail[contact] = row
  } else if (table.at[tail]! <= at) {
    table.next[tail] = row
    table.tail[contact] = row
  } else insertRow(table, contact, row, at)
}

/** A fact that came late: it goes behind everything that happened before it or at the same moment. */
const insertRow = (table: ContactTable, contact: number, row: number, at: Instant): void => {
  let before = 0
  for (let r = table.head[contact]!; r !== 0 && table.at[r]! <= at; r = table.next[r]!) before = r
  if (before === 0) {
    table.next[row] = table.head[contact]!
    table.head[contact] = row
  } else {
    table.next[row] = table.next[before]!
    table.next[before] = row
  }
}

const addMove = (table: ContactTable, moved: number, move: CustomerMove): void => {
  const moves = table.moves.get(moved) ?? []
  let i = moves.length
  while (i > 0 && moves[i - 1]!.at > move.at) i--
  moves.splice(i, 0, move)
  table.moves.set(moved, moves)
}

const remember = (map: Map<number, Set<number>>, key: number, value: number): void => {
  const set = map.get(key)
  if (set) set.add(value)
  else map.set(key, new Set([value]))
}

/**
 * Takes a fact in. Returns the number of the contact that it is about, or minus the number of the customer who
 * was merged or split; 0 for a fact that changes nothing, such as a second start.
 */
export const recordFact = (table: ContactTable, fact: FcrFact): number => {
  const { at } = fact
  const known = fact.recordedAt ?? at
  if (fact.kind === 'customersMerged') {
    const into = table.customers.of(fact.customer)
    const moved = table.customers.of(fact.merged)
    addMove(table, moved, { at, recordedAt: known, into })
    remember(table.mergedInto, into, moved)
    return -moved
  }
  if (fact.kind === 'customersSplit') {
    const moved = table.customers.of(fact.split)
    addMove(table, moved, { at, recordedAt: known, into: 0 })
    return -moved
  }
  const c = contactOf(table, fact.contact)
  switch (fact.kind) {
    case 'started': {
      if (!Number.isNaN(table.startAt[c]!)) return 0
      table.startAt[c] = at
      table.startKnown[c] = known
      const customer = table.customers.of(fact.customer)
      table.customer[c] = customer
      if (customer >= table.ofCustomer.length) table.ofCustomer = growInts(table.ofCustomer, customer + 1)
      if (customer !== 0) {
        table.sameCustomer[c] = table.ofCustomer[customer]!
        table.ofCustomer[customer] = c
      }
      table.channel[c] = table.channels.of(fact.channel)
      table.endpoint[c] = table.endpoints.of(fact.endpoint)
      table.ticket[c] = table.tickets.of(fact.ticket)
      table.outbound[c] = fact.direction === 'outbound' ? 1 : 0
      if (fact.intent) addRow(table, c, KIND.intentSet, at, known, table.intents.of(fact.intent), 0)
      break
    }
    case 'queued':
      addRow(table, c, KIND.queued, at, known, table.queues.of(fact.queue), 0)
      break
    case 'joined': {
      const flags =
        (fact.by === 'bot' ? JOINED.bot : 0) |
        (fact.transfer === 'warm' ? JOINED.warm : fact.transfer === 'cold' ? JOINED.cold : 0) |
        (Math.min(fact.level ?? 0, 15) << 4) |
        (table.teams.of(fact.team) << 8)
      addRow(table, c, KIND.joined, at, known, table.agents.of(fact.agent), flags)
      break
    }
    case 'transferred':
      addRow(table, c, KIND.transferred, at, known, fact.mode === 'warm' ? 1 : 2, fact.escalation ? 1 : 0)
      break
    case 'replied':
      addRow(table, c, KIND.replied, at, known, fact.by === 'agent' ? 1 : 2, 0)
      break
    case 'ended': {
      const outcome = OUTCOME[fact.outcome] | (table.dispositions.of(fact.disposition) << 4)
      addRow(table, c, KIND.ended, at, known, outcome, table.agents.of(fact.agent))
      break
    }
    case 'intentSet':
      addRow(table, c, KIND.intentSet, at, known, table.intents.of(fact.intent), 0)
      break
    case 'spamMarked':
    case 'spamUnmarked':
      addRow(table, c, KIND.spam, at, known, fact.kind === 'spamMarked' ? 1 : 0, 0)
      break
    case 'linked': {
      const to = contactOf(table, fact.to)
      addRow(table, c, KIND.linked, at, known, to, 0)
      remember(table.linkers, to, c)
      break
    }
    case 'unlinked':
      addRow(table, c, KIND.unlinked, at, known, contactOf(table, fact.from), 0)
      break
    case 'surveyed':
      addRow(table, c, KIND.surveyed, at, known, fact.resolved ? 1 : 2, 0)
      break
    default:
      addRow(table, c, KIND[fact.kind], at, known, 0, 0)
  }
  return c
}
