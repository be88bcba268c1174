import type { Instant } from '@ramal/core'
import { breakdown, type Cell, flagsOf } from './breakdown.js'
import { growBytes, growFloats, growInts } from './columns.js'
import { blankContact, foldContact } from './contact.js'
import { type Counts, FLAG } from './counts.js'
import type { BusinessClock, FcrDefinition } from './definition.js'
import type { Dimension } from './dimension.js'
import type { FcrFact } from './fact.js'
import { heap } from './heap.js'
import { judgeOf, reasonsOf, STATE, STATES, type Verdict } from './judge.js'
import { keysOf } from './keys.js'
import { type ContactTable, contactTable, recordFact } from './table.js'
import { CAUSES, CODES, TIME, type Transition } from './transition.js'
import { contactPool, sortContacts } from './walk.js'

export interface LiveOptions {
  readonly definition: FcrDefinition
  /** For a definition that counts in business hours. */
  readonly business?: BusinessClock | undefined
  /** Breakdowns to keep up to date, each by one or more dimensions. Default: by channel. */
  readonly groups?: readonly (readonly Dimension[])[] | undefined
  /** IANA time zone of the dimension `day`. Default: UTC. */
  readonly zone?: string | undefined
}

/**
 * First-contact resolution kept up to date fact by fact. What changed is judged once, in `refresh`, whatever the
 * number of facts before it. The counts are sums of transitions, and equal to those of a walk over everything.
 */
export interface LiveFcr {
  readonly table: ContactTable
  readonly definition: FcrDefinition
  /** The moment of the last refresh. */
  readonly asOf: Instant
  record(fact: FcrFact): void
  /** Judges what changed, as of a moment; an earlier one than before counts as that. Returns the transitions. */
  refresh(asOf: Instant): number
  /** When time alone changes something next. Infinity: never. */
  nextDue(): Instant
  readonly total: Counts
  /** One of the breakdowns of the options. @throws RangeError for another */
  by(...dimensions: readonly Dimension[]): readonly Cell[]
  /** Called in `refresh` with each transition. Returns how to stop. */
  onTransition(listener: (transition: Transition) => void): () => void
}

export const liveFcr = ({
  definition,
  business,
  groups: wanted = [['channel']],
  zone,
}: LiveOptions): LiveFcr => {
  if (definition.attribution === 'each' && wanted.length > 0)
    throw new RangeError('A breakdown that counts a unit for each contact is made by `fcr`, not kept live.')
  const table = contactTable()
  const judge = judgeOf(definition, table, business)
  const keyOf = keysOf(table, definition)
  const wakes = heap()
  const heads = new Map<number, number>()
  const pool = contactPool()
  const scratch = blankContact()
  const listeners = new Set<(transition: Transition) => void>()
  const groups = [[], ...wanted].map((dimensions) => breakdown(table, definition, dimensions, zone))

  // By contact: its key and the next one with it, and what it is as the first of a unit.
  let key = new Float64Array(64)
  let nextWithKey = new Int32Array(64)
  let state = new Uint8Array(64)
  let reasons = new Int32Array(64)
  let size = new Int32Array(64)
  let wakeAt = new Float64Array(64)
  let judgedIn = new Int32Array(64)
  let dirty = new Uint8Array(64)
  let why = new Uint8Array(64)
  const dirtyContacts: number[] = []
  const dirtyCustomers: number[] = []
  let asOf = Number.NEGATIVE_INFINITY
  let round = 0
  let transitions = 0
  let cause = TIME

  const makeRoom = (contact: number) => {
    if (contact < key.length) return
    const needed = Math.max(contact, table.contacts.size) + 1
    key = growFloats(key, needed)
    nextWithKey = growInts(nextWithKey, needed)
    state = growBytes(state, needed)
    reasons = growInts(reasons, needed)
    size = growInts(size, needed)
    wakeAt = growFloats(wakeAt, needed)
    judgedIn = growInts(judgedIn, needed)
    dirty = growBytes(dirty, needed)
    why = growBytes(why, needed)
    for (const group of groups) group.cellOf = growInts(group.cellOf, needed)
  }

  const touch = (contact: number, because: number) => {
    makeRoom(contact)
    if (dirty[contact] === 0) {
      dirty[contact] = 1
      dirtyContacts.push(contact)
      why[contact] = because
    } else if (because !== TIME) why[contact] = because
  }

  const wake = (at: Instant, contact: number) => {
    if (!(at > asOf) || at === Number.POSITIVE_INFINITY || wakeAt[contact] === at) return
    wakeAt[contact] = at
    wakes.push(at, contact)
  }

  const touchCustomer = (customer: number, because: number, seen: Set<number>) => {
    if (seen.has(customer)) return
    seen.add(customer)
    for (let c = table.ofCustomer[customer] ?? 0; c !== 0; c = table.sameCustomer[c]!) touch(c, because)
    for (const merged of table.mergedInto.get(customer) ?? []) touchCustomer(merged, because, seen)
  }

  const leave = (contact: number) => {
    const old = key[contact]!
    const head = heads.get(old)!
    if (head === contact) {
      const next = nextWithKey[contact]!
      if (next === 0) heads.delete(old)
      else heads.set(old, next)
    } else {
      let before = head
      while (nextWithKey[before] !== contact) before = nextWithKey[before]!
      nextWithKey[before] = nextWithKey[contact]!
    }
    nextWithKey[contact] = 0
  }

  const put = (contact: number, v: Verdict | undefined) => {
    const oldState = state[contact]!
    const newState = v ? flagsOf(v) : STATE.none
    if (oldState === STATE.none && newState === STATE.none) return
    const newReasons = v?.reasons ?? 0
    const newSize = v?.own ?? 0
    if (v) wake(v.closesAt, contact)
    for (const group of groups) {
      const oldCell = group.cellOf[contact]!
      const newCell = v ? group.cellFor(v) : 0
      group.cells.add(oldCell, oldState, reasons[contact]!, size[contact]!, -1)
      group.cells.add(newCell, newState, newReasons, newSize, 1)
      group.cellOf[contact] = newCell
    }
    const from = oldState & FLAG.state
    const to = newState & FLAG.state
    state[contact] = newState
    reasons[contact] = newReasons
    size[contact] = newSize
    if (from === to) return
    transitions++
    if (listeners.size === 0) return
    const transition: Transition = {
      unit: table.contacts.name(contact),
      from: STATES[from]!,
      to: STATES[to]!,
      reasons: reasonsOf(newReasons),
      revised: from === STATE.success || from === STATE.failed,
      cause: CAUSES[cause]!,
      asOf,
    }
    for (const listener of listeners) listener(transition)
  }

  const judgeKey = (one: number) => {
    round++
    const view = { asOf, known: Number.POSITIVE_INFINITY }
    let count = 0
    const head = heads.get(one) ?? 0
    for (let c = head; c !== 0; c = nextWithKey[c]!) foldContact(table, c, view, pool(++count)[count - 1]!)
    const contacts = pool(count)
    sortContacts(table, contacts, count)
    judge.units(contacts, count, asOf, (v) => {
      const first = v.members[0]!.number
      judgedIn[first] = round
      put(first, v)
    })
    for (let c = head; c !== 0; c = nextWithKey[c]!) if (judgedIn[c] !== round) put(c, undefined)
  }

  /** Finds the key of each contact that changed; the keys that must be judged again, each with its cause. */
  const settleKeys = (): Map<number, number> => {
    const affected = new Map<number, number>()
    const view = { asOf, known: Number.POSITIVE_INFINITY }
    // A contact that is linked to one that changed takes its key: the list grows while it is gone through.
    for (let i = 0; i < dirtyContacts.length; i++) {
      const contact = dirtyContacts[i]!
      const because = why[contact]!
      if (table.linkers.size > 0)
        for (const linker of table.linkers.get(contact) ?? []) touch(linker, because)
      foldContact(table, contact, view, scratch)
      wake(scratch.nextAt, contact)
      const old = key[contact]!
      const now = keyOf(scratch, view)
      if (now !== old) {
        if (old !== 0) {
          leave(contact)
          affected.set(old, because)
        }
        key[contact] = now
        if (now === 0) {
          cause = because
          put(contact, undefined)
        } else {
          nextWithKey[contact] = heads.get(now) ?? 0
          heads.set(now, contact)
        }
      }
      if (now !== 0) affected.set(now, because)
    }
    for (const contact of dirtyContacts) dirty[contact] = 0
    dirtyContacts.length = 0
    return affected
  }

  return {
    table,
    definition,
    get asOf() {
      return asOf
    },
    record(fact) {
      const touched = recordFact(table, fact)
      const because = CODES.get(fact.kind)!
      if (touched > 0) touch(touched, because)
      else if (touched < 0) {
        touchCustomer(-touched, because, new Set())
        dirtyCustomers.push(-touched)
      }
    },
    refresh(moment) {
      if (moment > asOf) asOf = moment
      transitions = 0
      for (const customer of dirtyCustomers)
        for (const move of table.moves.get(customer) ?? []) if (move.at > asOf) wakes.push(move.at, -customer)
      dirtyCustomers.length = 0
      while (wakes.next() <= asOf) {
        const woken = wakes.pop()
        if (woken > 0) touch(woken, TIME)
        else touchCustomer(-woken, TIME, new Set())
      }
      for (const [one, because] of settleKeys()) {
        cause = because
        judgeKey(one)
      }
      return transitions
    },
    nextDue: () => wakes.next(),
    get total() {
      return groups[0]!.cells.counts(0)
    },
    by(...dimensions) {
      const group = groups.find((g) => g.dimensions.join() === dimensions.join())
      if (!group || dimensions.length === 0)
        throw new RangeError(
          `There is no live breakdown by ${dimensions.join(' and ') || 'nothing'}; name it in \`groups\`.`,
        )
      return group.list()
    },
    onTransition(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
