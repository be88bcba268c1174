import type { Verdict } from '@ramal/conversation'
import { type Decision, onTicket } from './decision.js'
import { freeFor, type Judgement, roomFor } from './eligibility.js'
import { endOffers, type House } from './house.js'
import { compareRanked, type Ranked, rankOf } from './rank.js'
import type { AgentState, Hold, Ticket } from './state.js'

/** What people asked for is checked as offers are: nobody is given more than they can carry, unless it is said. */

const UNKNOWN: Judgement = { verdict: 'unavailable', detail: 'no such agent is registered' }
const GONE: Judgement = { verdict: 'unavailable', detail: 'signed out' }

type Carried = Pick<AgentState, 'load' | 'interruptible' | 'counts'>

/** What an agent carries beside one thing of a ticket. */
const without = ({ load, interruptible, counts }: Carried, { channel }: Ticket, hold: Hold): Carried => ({
  load: load - hold.cost,
  interruptible: interruptible - (hold.interruptible ? hold.cost : 0),
  counts: new Map(counts).set(channel, (counts.get(channel) ?? 0) - 1),
})

/** Whoever is signed in may be given something by hand, if they have room. */
const judgeByHand = (
  { policy }: House,
  ticket: Ticket,
  agent: AgentState | undefined,
  cost: number,
  carried: Carried | undefined = agent,
): Judgement => {
  if (!agent?.registered) return UNKNOWN
  if (agent.presence === 'signedOut') return GONE
  if (ticket.excluded.includes(agent.id)) return { verdict: 'excluded' }
  return roomFor(policy, agent, carried ?? agent, ticket.channel, cost)
}

/** What an agent carries, but for what they hold of this very ticket: that ends when they have it. */
const carriedBeside = (ticket: Ticket, agent: AgentState | undefined): Carried | undefined => {
  const own = [...ticket.offers.values(), ticket.wrapUp, ticket.consult].find(
    (one) => one?.agent === agent?.id,
  )
  return agent && own ? without(agent, ticket, own) : agent
}

const answerPick = (house: House, ticket: Ticket): void => {
  const { state, policy, decisions, agents } = house
  const { agent: id, by, overcommit } = ticket.pick!
  // Somebody was given something by hand in this pass: their room is known in the next.
  if (agents.has(id)) return
  const { cost } = policy.channel(ticket.channel)
  const agent = state.agents.get(id)
  const { verdict, detail } = judgeByHand(house, ticket, agent, cost, carriedBeside(ticket, agent))
  const full = verdict === 'capacity' || verdict === 'channelCap'
  if (verdict !== 'ok' && !(full && overcommit)) {
    decisions.push(onTicket(ticket.id, { type: 'PickRefused', data: { agent: id, verdict, detail } }))
    return
  }
  agents.add(id)
  endOffers(house, ticket, 'OfferRevoked', 'picked')
  const data = { agent: id, cost, by, overcommitted: full ? true : undefined }
  decisions.push(onTicket(ticket.id, { type: 'TicketPicked', data }))
}

interface Helper extends Ranked {
  readonly agent: AgentState
}

const bestOf = (house: House, ticket: Ticket, queue: string, cost: number): AgentState | undefined => {
  const { state, policy } = house
  const asked = { ...ticket, queue }
  let best: Helper | undefined
  for (const id of state.members.get(queue) ?? []) {
    const agent = state.agents.get(id)!
    if (agent.presence !== 'available' || id === ticket.assigned?.agent || house.agents.has(id)) continue
    if (judgeByHand(house, ticket, agent, cost).verdict !== 'ok') continue
    const one = { id, agent, score: rankOf(state, policy, asked, agent, agent) }
    if (!best || compareRanked(one, best) < 0) best = one
  }
  return best?.agent
}

const answerConsult = (house: House, ticket: Ticket): void => {
  const { state, policy, decisions, agents } = house
  const { kind, id } = ticket.consultWanted!
  const channel = policy.channel(ticket.channel)
  const cost = channel.consultCost ?? channel.cost
  const refuse = (verdict: Verdict, agent: string | undefined, detail: string | undefined): Decision =>
    onTicket(ticket.id, { type: 'ConsultRefused', data: { verdict, agent, detail } })
  if (kind === 'agent') {
    if (agents.has(id)) return
    const { verdict, detail } = judgeByHand(house, ticket, state.agents.get(id), cost)
    if (verdict !== 'ok') {
      decisions.push(refuse(verdict, id, detail))
      return
    }
  }
  const helper = kind === 'agent' ? id : bestOf(house, ticket, id, cost)?.id
  if (helper === undefined) {
    decisions.push(refuse('unavailable', undefined, `nobody in ${id} is available and has room`))
    return
  }
  agents.add(helper)
  decisions.push(onTicket(ticket.id, { type: 'ConsultStarted', data: { agent: helper, cost } }))
}

/** Somebody wrote in a conversation that had gone to sleep: its agent needs the room that they gave away. */
const wake = (house: House, ticket: Ticket): void => {
  const { state, policy, decisions, agents } = house
  const { agent: id } = ticket.assigned!
  const { cost, dormancy } = policy.channel(ticket.channel)
  if (agents.has(id)) return
  const agent = state.agents.get(id)!
  const fits = freeFor(policy, agent, without(agent, ticket, ticket.assigned!), ticket.channel) >= cost
  const onWake = fits ? undefined : (dormancy?.onWake ?? 'overcommit')
  if (onWake === 'wait') return
  agents.add(id)
  // Who has just answered of their own accord keeps it: nobody waits for anybody else.
  decisions.push(
    onWake === 'requeue' && ticket.unansweredSince !== undefined
      ? onTicket(ticket.id, {
          type: 'TicketRequeued',
          data: { agent: id, reason: 'awoke while they were full' },
        })
      : onTicket(ticket.id, {
          type: 'TicketAwoke',
          data: { agent: id, cost, overcommitted: fits ? undefined : true },
        }),
  )
}

export const answerAsked = (house: House, ticket: Ticket): void => {
  if (ticket.pick) return answerPick(house, ticket)
  if (ticket.consultWanted) return answerConsult(house, ticket)
  if (ticket.assigned?.dormantSince !== undefined) wake(house, ticket)
}
