import { conversationEvents } from '@ramal/conversation'
import { categoryOf, type Event, type Fact, type Instant, type StreamName, streamName } from '@ramal/core'
import { workforceEvents } from '@ramal/workforce'
import * as E from 'fp-ts/lib/Either.js'
import { classify } from '../classify.js'
import { dueBy } from '../due.js'
import { applyToRouting } from '../fold.js'
import { keepHouse } from '../housekeeping.js'
import type { LintedAgent } from '../lint/index.js'
import type { Policy } from '../policy/index.js'
import { nextDueOf } from '../route.js'
import { initialState, type RoutingState, type Ticket } from '../state.js'

/** An agent of a preview; present and available unless it is said that they are not. */
export interface PreviewAgent extends LintedAgent {
  readonly available?: boolean
}

/** What is known of a ticket when it comes. */
export interface PreviewFacts {
  readonly channel: string
  readonly endpoint?: string
  readonly language?: string
  readonly intent?: string
  readonly segment?: string
  readonly labels?: readonly string[]
  /** Decides the draw where a rule has several queues. Default `preview`. */
  readonly id?: string
  /** Who had this customer's last ticket. */
  readonly lastAgent?: string
}

const FAMILIES = { conversation: conversationEvents, agent: workforceEvents } as const

/** A log in memory of one ticket that nobody is offered, and the state that follows from it. */
export interface DryRun {
  readonly state: RoutingState
  /** The ticket, while it is not closed. */
  ticket(): Ticket | undefined
  /** What the policy alone makes of it at a moment, until nothing more is due. */
  settle(now: Instant): readonly Event[]
  /** When time alone may change something next, after a moment. */
  nextAfter(now: Instant): Instant | undefined
}

/** Passes that come to no rest in so many rounds would never. */
const ROUNDS = 1000

/** @throws TypeError when an agent or the ticket's facts are none that the log would take */
export const dryRun = (
  policy: Policy,
  agents: readonly PreviewAgent[],
  facts: PreviewFacts,
  start: Instant,
): DryRun => {
  const state = initialState()
  state.policy = policy
  const versions = new Map<StreamName, number>()
  const { id = 'preview', lastAgent, ...known } = facts
  const stream = streamName('conversation', id)

  const write = (to: StreamName, event: Event, at: Instant): void => {
    const version = (versions.get(to) ?? -1) + 1
    const meta = {
      id: `${to}/${version}`,
      at,
      tenant: 'preview',
      correlationId: 'preview',
      causationId: 'preview',
    }
    const family = FAMILIES[categoryOf(to) as keyof typeof FAMILIES]
    const encoded = family.encode(event as never, meta)
    if (E.isLeft(encoded)) throw new TypeError(`${to}: ${encoded.left.message}`)
    versions.set(to, version)
    applyToRouting(state, { ...encoded.right, stream: to, version } as Fact)
  }

  for (const { id: agent, available = true, ...registered } of agents) {
    const at = streamName('agent', agent)
    write(at, { type: 'AgentRegistered', data: registered }, start)
    write(at, { type: 'AgentSignedIn', data: {} }, start)
    if (available) write(at, { type: 'AgentBecameAvailable', data: {} }, start)
  }
  if (lastAgent !== undefined) state.lastAgents.set('preview', lastAgent)
  const opened = { endpoint: 'preview', ...known, direction: 'inbound', customer: 'preview' }
  write(stream, { type: 'ConversationOpened', data: opened }, start)

  const ticket = () => state.tickets.get(id)

  const decide = (now: Instant): readonly Event[] => {
    const own = ticket()
    if (own?.place === 'new') {
      const data = classify(state, policy, own, now)
      return data ? [{ type: 'TicketClassified', data }] : []
    }
    return keepHouse(state, policy, dueBy(state, now).due, now).map(({ event }) => event)
  }

  return {
    state,
    ticket,
    settle(now) {
      const all: Event[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const events = decide(now)
        if (events.length === 0) return all
        for (const event of events) write(stream, event, now)
        all.push(...events)
      }
      throw new RangeError(`Policy "${policy.data.name}" does not come to rest; lint it for cycles.`)
    },
    nextAfter: (now) => nextDueOf(state, policy, dueBy(state, now).next, now),
  }
}
