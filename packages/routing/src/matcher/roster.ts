import type { AgentState } from '../state.js'
import { type Basis, type Home, type Member, nextRound, type TicketClass } from './shape.js'
import { couldServe, join } from './ticket-class.js'

/** Who could be offered what, as far as neither load nor presence comes into it. */
export interface Roster {
  readonly members: Map<string, Member>
  readonly homes: Map<string, Home>
}

export const roster = (): Roster => ({ members: new Map(), homes: new Map() })

export const homeOf = ({ homes }: Roster, name: string): Home => {
  let home = homes.get(name)
  if (!home) {
    home = { classes: new Set(), active: new Set(), members: new Set(), order: undefined }
    homes.set(name, home)
  }
  return home
}

const homesOf = (id: string, queues: readonly string[]): readonly string[] => [
  ...queues.map((queue) => `q/${queue}`),
  `a/${id}`,
]

export const addClass = (to: Roster, of: TicketClass): void => {
  const seen = new Set<Member>()
  for (const name of of.homes) {
    const { classes, members } = homeOf(to, name)
    classes.add(of)
    for (const member of members) {
      if (of.homes.length > 1) {
        if (seen.has(member)) continue
        seen.add(member)
      }
      if (couldServe(of, member)) join(of, member)
    }
  }
}

export const dropClass = (from: Roster, of: TicketClass): void => {
  of.dropped = true
  of.active = false
  for (const name of of.homes) {
    const { classes, active } = homeOf(from, name)
    classes.delete(of)
    active.delete(of)
  }
}

/** Somebody waits where nobody did: who has got room meanwhile was not told to it. */
export const activate = (to: Roster, of: TicketClass): void => {
  if (of.active) return
  of.active = true
  of.blocked = false
  for (const name of of.homes) homeOf(to, name).active.add(of)
}

export const deactivate = (from: Roster, of: TicketClass): void => {
  of.active = false
  for (const name of of.homes) homeOf(from, name).active.delete(of)
}

const withdraw = (from: Roster, member: Member, { queues }: Basis): void => {
  for (const name of homesOf(member.agent.id, queues)) homeOf(from, name).members.delete(member)
  for (const of of member.classes) of.able.delete(member)
  member.basis = undefined
  member.classes = []
  member.homes = []
  member.own = undefined
}

const enrol = (to: Roster, member: Member): void => {
  const { agent } = member
  const { queues, skills, kind, team, registered } = agent
  member.basis = { queues, skills, kind, team, registered }
  member.homes = [...new Set(queues)].map((queue) => homeOf(to, `q/${queue}`))
  member.own = homeOf(to, `a/${agent.id}`)
  const round = nextRound()
  for (const name of homesOf(agent.id, queues)) {
    const { members, classes } = homeOf(to, name)
    members.add(member)
    for (const of of classes) {
      if (of.mark === round) continue
      of.mark = round
      if (couldServe(of, member)) join(of, member)
    }
  }
}

/** Nothing has changed that it depends on which tickets they could be offered. */
export const isBasis = (basis: Basis, agent: AgentState): boolean =>
  basis.queues === agent.queues &&
  basis.skills === agent.skills &&
  basis.kind === agent.kind &&
  basis.team === agent.team &&
  basis.registered === agent.registered

/** The member that an agent is, enrolled for what they could be offered as they are now. */
export const memberOf = (to: Roster, agent: AgentState): Member => {
  let member = to.members.get(agent.id)
  if (!member) {
    member = {
      agent,
      stamp: 0,
      shut: true,
      present: false,
      load: agent,
      room: 0,
      spare: 0,
      capped: false,
      classes: [],
      homes: [],
      own: undefined,
      basis: undefined,
      mark: 0,
    }
    to.members.set(agent.id, member)
  }
  const { basis } = member
  if (basis && (agent.presence === 'signedOut' || !isBasis(basis, agent))) withdraw(to, member, basis)
  if (!member.basis && agent.presence === 'available') enrol(to, member)
  return member
}

/** Whether an agent is there, or not, as before, and could be offered what they could be offered before. */
export const stands = ({ members }: Roster, agent: AgentState): boolean => {
  const member = members.get(agent.id)
  if (!member || member.present !== (agent.presence === 'available')) return false
  return !member.present || (member.basis !== undefined && isBasis(member.basis, agent))
}
