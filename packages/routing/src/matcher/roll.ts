import type { Scoring } from '../rank.js'
import type { Ticket } from '../state.js'
import type { Member, Roll, Roster } from './shape.js'

export const rollOf = (roster: Roster, sample: Ticket, scoring: Scoring): Roll => ({
  roster,
  sample,
  scoring,
  members: [],
  free: [],
  gone: false,
  order: undefined,
})

/** The seat of a member, or -1. */
export const seatOn = (roll: Roll, { seats }: Member): number => {
  for (let seat = seats; seat; seat = seat.next) if (seat.roll === roll) return seat.at
  return -1
}

/** Gives a member a seat, or the one that they have. */
export const seat = (roll: Roll, member: Member): number => {
  const known = seatOn(roll, member)
  if (known >= 0) return known
  const at = roll.free.pop() ?? roll.members.length
  roll.members[at] = member
  member.seats = { roll, at, next: member.seats }
  return at
}
