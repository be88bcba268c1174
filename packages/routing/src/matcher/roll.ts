import type { Scoring } from '../rank.js'
import type { Ticket } from '../state.js'
import { FACTS, type Member, ROOM, type Roll, SPARE, STAMP, TOLD } from './shape.js'

export const rollOf = (sample: Ticket, scoring: Scoring): Roll => ({
  sample,
  scoring,
  members: [],
  free: [],
  left: [],
  facts: new Int32Array(0),
  gone: false,
  order: undefined,
})

/** The seat of a member, or -1. */
export const seatOn = (roll: Roll, { seats }: Member): number => {
  for (const seat of seats) if (seat.roll === roll) return seat.at
  return -1
}

/** They have changed: no place that was found for them before is theirs any more. */
export const writeFacts = ({ facts }: Roll, at: number, { room, spare }: Member): void => {
  const i = FACTS * at
  facts[i + STAMP]!++
  facts[i + ROOM] = room
  facts[i + SPARE] = spare
}

/** Gives a member a seat, or the one that they have. */
export const seat = (roll: Roll, member: Member): number => {
  const known = seatOn(roll, member)
  if (known >= 0) return known
  const at = roll.free.pop() ?? roll.members.length
  roll.members[at] = member
  if (FACTS * at >= roll.facts.length) {
    const facts = new Int32Array(2 * roll.facts.length + 8 * FACTS)
    facts.set(roll.facts)
    roll.facts = facts
  }
  writeFacts(roll, at, member)
  roll.facts[FACTS * at + TOLD] = -1
  member.seats.push({ roll, at })
  return at
}

/** The seat is nobody's. Its stamp goes on, so that whoever gets it next has another. */
export const vacate = (roll: Roll, at: number): void => {
  roll.facts[FACTS * at + STAMP]!++
  if (roll.order) roll.left.push(at)
  else roll.free.push(at)
}
