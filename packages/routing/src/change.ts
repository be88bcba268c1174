import type { Requirement, Verdict } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import { askedOf, declinedUntil, freeFor, type Judgement } from './eligibility.js'
import { judgeAll, judgeFitness } from './judge-all.js'
import type { Policy } from './policy/index.js'
import { describeRequirement, meets } from './requirements.js'
import type { AgentState, RoutingState, Ticket } from './state.js'

/** What would have to change, for one agent or for time to pass, so that a ticket finds somebody. */
export interface Change {
  readonly agent: string
  /** Each in words, such as `becomes available`, `has 2 more free`. */
  readonly what: readonly string[]
  readonly verdicts: readonly Verdict[]
  /** When time alone brings it. */
  readonly at?: Instant
}

/** How much is asked of people: to wait costs the least, to learn a skill the most. Of skills, for each. */
const EFFORT: Readonly<Record<Verdict, number>> = {
  ok: 0,
  offered: 1,
  declined: 1,
  sticky: 1,
  calendar: 1,
  capacity: 2,
  channelCap: 2,
  unavailable: 3,
  notResponding: 3,
  draining: 3,
  notInQueue: 6,
  skill: 8,
  excluded: 20,
}

/** One thing that keeps an agent from a ticket, and what it takes. */
interface Step {
  readonly verdict: Verdict
  readonly what: readonly string[]
  readonly effort: number
  /** Of two that ask for the same: levels to learn, room to make. */
  readonly distance: number
  readonly at?: Instant | undefined
}

/** Levels that an agent lacks of a skill; of anything else that is asked for, one. */
const gap = ({ skills }: AgentState, asked: Requirement): number =>
  'skill' in asked ? Math.abs(asked.level - (skills[asked.skill] ?? 0)) : 1

const toLearn = (policy: Policy, ticket: Ticket, agent: AgentState): Step => {
  const unmet = askedOf(policy, ticket).requirements.filter((one) => !meets(agent, one))
  return {
    verdict: 'skill',
    what: unmet.map((one) => `has ${describeRequirement(one)}`),
    effort: EFFORT.skill * unmet.length,
    distance: unmet.reduce((sum, one) => sum + gap(agent, one), 0),
  }
}

const WORDS: Readonly<Partial<Record<Verdict, string>>> = {
  notResponding: 'becomes available again',
  draining: 'goes on working',
  excluded: 'is no longer excluded',
  offered: 'answers the offer',
}

const stepFor = (policy: Policy, ticket: Ticket, agent: AgentState, verdict: Verdict): Step => {
  const of = (what: string, more: { readonly at?: Instant; readonly distance?: number } = {}): Step => ({
    verdict,
    what: [what],
    effort: EFFORT[verdict],
    distance: 0,
    ...more,
  })
  const { channel, preferred } = ticket
  switch (verdict) {
    case 'skill':
      return toLearn(policy, ticket, agent)
    case 'capacity': {
      const missing = policy.channel(channel).cost - freeFor(policy, agent, agent, channel)
      return of(`has ${missing} more free`, { distance: missing })
    }
    case 'channelCap':
      return of(`ends one of ${agent.counts.get(channel)} on ${channel}, or may have more`)
    case 'unavailable':
      return of(agent.presence === 'signedOut' ? 'signs in and becomes available' : 'becomes available')
    case 'notInQueue':
      return of(`serves ${ticket.queue}`)
    case 'declined': {
      const until = declinedUntil(policy, ticket, ticket.declined.get(agent.id)!)
      return of('may be asked again', Number.isFinite(until) ? { at: until } : {})
    }
    case 'sticky':
      return of(`need not wait for ${preferred!.agents.join(', ')}`, {
        at: preferred!.at + (preferred!.for ?? policy.transferWaits),
      })
    default:
      return of(WORDS[verdict] ?? verdict)
  }
}

/** The first step of relaxation after which nothing that the ticket asks for keeps the agent from it. */
const relaxedFor = (policy: Policy, ticket: Ticket, agent: AgentState): Step | undefined => {
  const { relaxation } = policy.queue(ticket.queue ?? '')
  const at = relaxation.findIndex(
    (_, i) => i >= ticket.step && judgeFitness(policy, { ...ticket, step: i + 1 }, agent).length === 0,
  )
  if (at < 0) return undefined
  const what = [`it asks for less: step ${at + 1}`]
  return { verdict: 'skill', what, effort: 1, distance: 0, at: ticket.enteredAt + relaxation[at]!.after }
}

const FITNESS: ReadonlySet<Verdict> = new Set(['skill', 'notInQueue'])

/** What opens the ticket to anybody at all. */
const unheld = (policy: Policy, ticket: Ticket, { verdict }: Judgement, now: Instant): Step => {
  const { hours = '', maxOffers } = policy.queue(ticket.queue ?? '')
  return verdict === 'calendar'
    ? { verdict, what: [`${hours} opens`], effort: 1, distance: 0, at: policy.nextChange(hours, now) }
    : { verdict, what: [`it may be offered more than ${maxOffers} times`], effort: 6, distance: 0 }
}

/**
 * What would free a ticket, agent by agent, the least first: as much as is asked of people, then by how far it is,
 * then by when time alone brings it.
 */
export const leastChanges = (
  state: RoutingState,
  policy: Policy,
  ticket: Ticket,
  agents: readonly AgentState[],
  held: Judgement | undefined,
  now: Instant,
): readonly Change[] => {
  const opening = held ? [unheld(policy, ticket, held, now)] : []
  return agents
    .map((agent) => {
      const verdicts = judgeAll(state, policy, ticket, agent, now)
      const relaxed = verdicts.some((one) => FITNESS.has(one)) ? relaxedFor(policy, ticket, agent) : undefined
      const rest = relaxed ? verdicts.filter((one) => !FITNESS.has(one)) : verdicts
      const steps = [
        ...opening,
        ...(relaxed ? [relaxed] : []),
        ...rest.map((one) => stepFor(policy, ticket, agent, one)),
      ]
      const moments = steps.map(({ at }) => at)
      const isTime = moments.length > 0 && moments.every((at) => at !== undefined)
      return {
        agent: agent.id,
        what: steps.flatMap(({ what }) => what),
        verdicts: [...opening.map(({ verdict }) => verdict), ...verdicts],
        at: isTime ? Math.max(...(moments as number[])) : undefined,
        effort: steps.reduce((sum, { effort }) => sum + effort, 0),
        distance: steps.reduce((sum, { distance }) => sum + distance, 0),
      }
    })
    .sort(
      (a, b) =>
        a.effort - b.effort ||
        a.distance - b.distance ||
        (a.at ?? Infinity) - (b.at ?? Infinity) ||
        (a.agent < b.agent ? -1 : 1),
    )
    .map(({ effort: _, distance: __, ...change }) => change)
}
