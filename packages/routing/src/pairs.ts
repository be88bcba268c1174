import type { Instant } from '@ramal/core'
import { askedOf, heldBack } from './eligibility.js'
import { lineUp } from './line.js'
import { loadsIn } from './loads.js'
import { type Judged, type Match, matchTicket, type Option } from './match.js'
import { type Ordered, orderKey } from './order.js'
import type { Asked, Policy, QueuePolicy } from './policy/index.js'
import type { RoutingState, Ticket } from './state.js'

/** The best ticket that somebody can take, and those who can, best first: as many as the decision needs. */
export interface Pair<J extends Option = Judged> extends Ordered {
  readonly ranked: readonly J[]
  /** Of the queue that it waits in. */
  readonly rules: QueuePolicy
  /** What it asks for at its step. */
  readonly asked: Asked
}

/** Waiting tickets and agents as a pass takes them. Nothing of it changes the state. */
export interface Pairs<J extends Option = Judged> {
  /** How many wait, but for those who were served. */
  readonly left: number
  next(): Pair<J> | undefined
  /** The ticket that `next` gave is offered to these. */
  serve(agents: readonly J[], cost: number): void
  /** The pass is over. */
  close(): void
}

/** Told of each ticket that was matched, with everybody's verdict: for explanations. It must change nothing. */
export type Observer = (ticket: Ticket, match: Match) => void

/** Tickets that no agent tells apart: what one of them cannot have, the others cannot either. */
export const classOf = ({
  id,
  queue,
  channel,
  intent,
  asks,
  step,
  declined,
  preferred,
  offers,
  excluded,
}: Ticket): string =>
  declined.size > 0 || preferred || offers.size > 0 || excluded.length > 0
    ? `= ${id}`
    : JSON.stringify([queue, channel, intent, step, asks])

const someoneIsFree = ({ agents }: RoutingState, { leastCost }: Policy): boolean => {
  for (const { presence, load, interruptible, capacity } of agents.values())
    if (presence === 'available' && load - interruptible + leastCost <= capacity.total) return true
  return false
}

/**
 * The plain way, which any faster one must agree with: all that waits in order, and every agent judged for it.
 * @param fresh tickets that the pass has classified, as they will be then
 */
export const plainPairs = (
  state: RoutingState,
  policy: Policy,
  fresh: readonly Ticket[],
  now: Instant,
  observe?: Observer,
): Pairs => {
  const waiting: Ordered[] = []
  const wait = (ticket: Ticket) => waiting.push({ ticket, key: orderKey(policy, ticket) })
  for (const id of state.waiting) wait(state.tickets.get(id)!)
  for (const ticket of fresh) wait(ticket)
  const line = waiting.length > 0 && someoneIsFree(state, policy) ? lineUp(policy, waiting) : undefined
  const { of, take } = loadsIn(state, policy, now)
  const blocked = new Set<string>()
  let served: Ordered
  return {
    get left() {
      return line?.left ?? waiting.length
    },
    next() {
      for (let one = line?.next(); one; one = line?.next()) {
        const kind = classOf(one.ticket)
        if (blocked.has(kind) || heldBack(policy, one.ticket, now)) continue
        const match = matchTicket(state, policy, one.ticket, of, now)
        observe?.(one.ticket, match)
        served = one
        if (match.ranked.length > 0) {
          const { ticket, key } = one
          const { ranked } = match
          return { ticket, key, ranked, rules: policy.queue(ticket.queue!), asked: askedOf(policy, ticket) }
        }
        blocked.add(kind)
      }
      return undefined
    },
    serve(agents, cost) {
      for (const { agent } of agents) take(agent, served.ticket, cost)
      line!.serve(served)
    },
    close() {},
  }
}
