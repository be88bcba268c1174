import { judgeAbility } from '../eligibility.js'
import type { Policy } from '../policy/index.js'
import type { AgentState } from '../state.js'
import { type Basis, type Member, nextRound, type TicketClass } from './shape.js'
import { hear } from './ticket-class.js'

/** Classes, and members, that meet in a queue or in the name of an agent. */
interface Home {
  readonly classes: Set<TicketClass>
  readonly members: Set<Member>
}

/** Who could be offered what, as far as neither load nor presence comes into it. */
export interface Roster {
  readonly members: Map<string, Member>
  readonly homes: Map<string, Home>
}

export const roster = (): Roster => ({ members: new Map(), homes: new Map() })

const homeOf = ({ homes }: Roster, name: string): Home => {
  let home = homes.get(name)
  if (!home) {
    home = { classes: new Set(), members: new Set() }
    homes.set(name, home)
  }
  return home
}

const homesOf = (id: string, queues: readonly string[]): readonly string[] => [
  ...queues.map((queue) => `q/${queue}`),
  `a/${id}`,
]

const couldServe = (policy: Policy, { sample }: TicketClass, agent: AgentState): boolean =>
  agent.registered && judgeAbility(policy, sample, agent).verdict === 'ok'

export const addClass = (to: Roster, policy: Policy, of: TicketClass): void => {
  const round = nextRound()
  for (const name of of.homes) {
    const { classes, members } = homeOf(to, name)
    classes.add(of)
    for (const member of members) {
      if (member.found === round) continue
      member.found = round
      if (!couldServe(policy, of, member.agent)) continue
      member.classes.push(of)
      hear(of, member)
    }
  }
}

export const dropClass = (from: Roster, of: TicketClass): void => {
  of.dropped = true
  for (const name of of.homes) homeOf(from, name).classes.delete(of)
}

const withdraw = (from: Roster, member: Member, { queues }: Basis): void => {
  for (const name of homesOf(member.agent.id, queues)) homeOf(from, name).members.delete(member)
  member.basis = undefined
  member.classes = []
}

const enrol = (to: Roster, policy: Policy, member: Member): void => {
  const { agent } = member
  const { queues, skills, kind, team, registered } = agent
  member.basis = { queues, skills, kind, team, registered }
  const round = nextRound()
  for (const name of homesOf(agent.id, queues)) {
    const { members, classes } = homeOf(to, name)
    members.add(member)
    for (const of of classes) {
      if (of.mark === round) continue
      of.mark = round
      if (couldServe(policy, of, agent)) member.classes.push(of)
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
export const memberOf = (to: Roster, policy: Policy, agent: AgentState): Member => {
  let member = to.members.get(agent.id)
  if (!member) {
    member = { agent, stamp: 0, shut: true, present: false, classes: [], basis: undefined, mark: 0, found: 0 }
    to.members.set(agent.id, member)
  }
  const { basis } = member
  if (basis && (agent.presence === 'signedOut' || !isBasis(basis, agent))) withdraw(to, member, basis)
  if (!member.basis && agent.presence === 'available') enrol(to, policy, member)
  return member
}

/** Tells every class that they might be of use to that they changed. */
export const announce = (member: Member, heard: (of: TicketClass) => void): void => {
  const { classes } = member
  let kept = 0
  for (const of of classes) {
    if (of.dropped) continue
    classes[kept++] = of
    hear(of, member)
    heard(of)
  }
  classes.length = kept
}
