import type { Scoring } from '../rank.js'
import type { AgentState, Ticket } from '../state.js'
import { deactivate, leavePool, tryJoin } from './pool.js'
import { rollOf, seat } from './roll.js'
import {
  type Basis,
  FACTS,
  type Home,
  type Member,
  nextRound,
  type Pool,
  type Roll,
  type Roster,
  type Seat,
  STAMP,
  type TicketClass,
  TOLD,
} from './shape.js'

export const roster = (): Roster => ({
  members: [],
  ids: [],
  facts: new Int32Array(8 * FACTS),
  idle: new Float64Array(8),
  homes: new Map(),
  pools: new Map(),
})

type HomeOf = (name: string) => Home

const homeIn =
  ({ homes }: Roster): HomeOf =>
  (name) => {
    let home = homes.get(name)
    if (!home) {
      home = { pools: new Set(), active: new Set(), members: new Set(), roll: undefined }
      homes.set(name, home)
    }
    return home
  }

/** The roll of a queue, with all of its members; made when it is asked for. */
export const rollIn = (roster: Roster, home: Home, sample: Ticket, scoring: Scoring): Roll => {
  if (home.roll) return home.roll
  home.roll = rollOf(roster, sample, scoring)
  for (const member of home.members) seat(home.roll, member)
  return home.roll
}

/** The pool of a key, for one more class; made where it is the first. */
export const joinPool = (to: Roster, key: string, make: (homeOf: HomeOf) => Pool): Pool => {
  let pool = to.pools.get(key)
  if (!pool) {
    pool = make(homeIn(to))
    to.pools.set(key, pool)
    const round = nextRound()
    for (const { pools, members } of pool.homes) {
      pools.add(pool)
      for (const member of members) {
        if (member.mark === round) continue
        member.mark = round
        tryJoin(pool, member)
      }
    }
  }
  pool.classes++
  return pool
}

/** Says whether its pool went with it: then members are still to `forgetGone`. */
export const dropClass = (from: Roster, of: TicketClass): boolean => {
  const { pool } = of
  of.dropped = true
  deactivate(of)
  if (--pool.classes > 0) return false
  from.pools.delete(pool.key)
  for (const { pools } of pool.homes) pools.delete(pool)
  if (!pool.able) pool.roll.gone = true
  return true
}

const withoutGone = (seat: Seat | undefined): Seat | undefined => {
  if (!seat) return undefined
  const next = withoutGone(seat.next)
  return seat.roll.gone ? next : { ...seat, next }
}

export const forgetGone = ({ members }: Roster): void => {
  for (const member of members) {
    if (!member) continue
    member.pools = member.pools.filter(({ classes }) => classes > 0)
    member.seats = withoutGone(member.seats)
  }
}

const withdraw = ({ facts }: Roster, member: Member): void => {
  member.again = true
  facts[FACTS * member.agent.at + STAMP]!++
  for (const { members } of member.homes) members.delete(member)
  for (const pool of member.pools) leavePool(pool, member)
  for (let seat = member.seats; seat; seat = seat.next) seat.roll.free.push(seat.at)
  member.basis = undefined
  member.pools = []
  member.seats = undefined
  member.homes = []
}

const enrol = (to: Roster, member: Member): void => {
  const { agent } = member
  const { queues, skills, kind, team, registered } = agent
  member.again = true
  member.basis = { queues, skills, kind, team, registered }
  const names = [...[...new Set(queues)].map((queue) => `q/${queue}`), `a/${agent.id}`]
  member.homes = names.map(homeIn(to))
  const round = nextRound()
  for (const { members, pools, roll } of member.homes) {
    members.add(member)
    if (roll) seat(roll, member)
    for (const pool of pools) {
      if (pool.mark === round) continue
      pool.mark = round
      tryJoin(pool, member)
    }
  }
}

/** Nothing has changed that it depends on which tickets they could be offered. */
const isBasis = (basis: Basis, agent: AgentState): boolean =>
  basis.queues === agent.queues &&
  basis.skills === agent.skills &&
  basis.kind === agent.kind &&
  basis.team === agent.team &&
  basis.registered === agent.registered

const join = (to: Roster, agent: AgentState): Member => {
  const { at } = agent
  const member: Member = {
    agent,
    shut: true,
    present: false,
    load: agent,
    room: 0,
    spare: 0,
    capped: false,
    total: 0,
    version: -2,
    open: false,
    moved: false,
    again: true,
    changes: -1,
    asked: 0,
    served: 0,
    pools: [],
    seats: undefined,
    homes: [],
    basis: undefined,
    mark: 0,
  }
  if (at >= to.idle.length) {
    const { facts, idle } = to
    to.facts = new Int32Array(2 * FACTS * (at + 1))
    to.facts.set(facts)
    to.idle = new Float64Array(2 * (at + 1))
    to.idle.set(idle)
  }
  to.facts[FACTS * at + TOLD] = -1
  to.members[at] = member
  to.ids[at] = agent.id
  return member
}

/** The member that an agent is, enrolled for what they could be offered as they are now. */
export const memberOf = (to: Roster, agent: AgentState): Member => {
  const member = to.members[agent.at] ?? join(to, agent)
  const { basis } = member
  const { capacity, presence, version } = agent
  member.version = version
  member.total = capacity.total
  member.capped = capacity.caps !== undefined
  member.present = presence === 'available'
  if (basis && (presence === 'signedOut' || !isBasis(basis, agent))) withdraw(to, member)
  if (!member.basis && member.present) enrol(to, member)
  return member
}

/** Whether an agent is there, or not, as before, and could be offered what they could be offered before. */
export const stands = (member: Member | undefined, agent: AgentState): boolean => {
  if (!member || member.present !== (agent.presence === 'available')) return false
  return !member.present || (member.basis !== undefined && isBasis(member.basis, agent))
}
