import { type Event, type Fact, type Instant, random, type StreamName, streamName } from '@ramal/core'
import { applyToRouting, type Decision, initialState, type Policy, parsePolicy } from '@ramal/routing'

/** How big a contact center is. */
export interface Shape {
  readonly queues: number
  readonly agents: number
  /** Tickets that are there when it begins. */
  readonly waiting: number
  /** Queues that an agent serves. */
  readonly serves: number
  /** Different requirements, of no, one or two of 100 skills. */
  readonly profiles: number
}

const SKILLS = 100
const CAPACITY = 2
const CHANNELS = ['whatsapp', 'webchat', 'sms'] as const
export const T0: Instant = Date.UTC(2026, 2, 2, 9)

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

export const policyOf = (queues: number): Policy => {
  const parsed = parsePolicy({
    name: 'bench',
    classification: [{ queue: 'q0' }],
    queues: Object.fromEntries(range(queues).map((i) => [`q${i}`, { offerExpiresAfter: 86_000_000 }])),
  })
  if (parsed._tag === 'Left') throw new Error(parsed.left.faults.join('\n'))
  return parsed.right
}

/** Who works there and who comes, in the events that say so; the same with every run. */
export const people = ({ queues, serves, profiles }: Shape, policy: Policy) => {
  const chance = random('routing bench')
  const requirements = range(profiles).map((i) =>
    range(i % 3).map(() => ({ skill: `s${chance.below(SKILLS)}`, level: 1 + chance.below(2) })),
  )
  return {
    agent(): readonly Event[] {
      const skills = range(3 + chance.below(10)).map(() => [`s${chance.below(SKILLS)}`, 1 + chance.below(5)])
      const mine = [...new Set(range(serves).map(() => `q${chance.below(queues)}`))]
      const profile = { kind: 'human', skills: Object.fromEntries(skills), queues: mine }
      return [
        { type: 'AgentRegistered', data: { ...profile, capacity: { total: CAPACITY } } },
        { type: 'AgentSignedIn', data: {} },
        { type: 'AgentBecameAvailable', data: {} },
      ]
    },
    ticket(customer: string): readonly Event[] {
      const channel = CHANNELS[chance.below(CHANNELS.length)]!
      const asked = requirements[chance.below(profiles)]!.map((one) => ({ ...one }))
      const facts = { priority: 30 * chance.below(4), labels: [], policy: policy.hash }
      return [
        { type: 'ConversationOpened', data: { channel, endpoint: 'e1', direction: 'inbound', customer } },
        {
          type: 'TicketClassified',
          data: { queue: `q${chance.below(queues)}`, requirements: asked, ...facts },
        },
      ]
    },
  }
}

/** A center in memory: every event is folded at once, as the router folds what it reads. */
export const center = (shape: Shape) => {
  const policy = policyOf(shape.queues)
  const make = people(shape, policy)
  const state = initialState()
  /** Offers that nobody has answered yet, oldest first. */
  const open: { readonly id: string; readonly offer: string; readonly agent: string }[] = []
  let answered = 0
  let now = T0
  let events = 0
  let tickets = 0

  const write = (stream: StreamName, version: number, { type, data }: Event): void => {
    const meta = {
      id: `${++events}`,
      at: now,
      tenant: 't',
      correlationId: 'c',
      causationId: 'c',
      schemaVersion: 1,
    }
    applyToRouting(state, { type, data, meta, stream, version } as Fact)
  }
  const writeAll = (stream: StreamName, first: number, list: readonly Event[]): void => {
    now++
    for (const [i, event] of list.entries()) write(stream, first + i, event)
  }
  const versionOf = (id: string): number => state.tickets.get(id)!.version

  const arrive = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const id = `t${tickets++}`
      writeAll(streamName('conversation', id), 0, make.ticket(`c${id}`))
    }
  }
  writeAll('policy-main', 0, [{ type: 'PolicyPublished', data: { hash: policy.hash, data: policy.data } }])
  for (const i of range(shape.agents)) writeAll(streamName('agent', `a${i}`), 0, make.agent())
  arrive(shape.waiting)

  return {
    state,
    policy,
    arrive,
    get now() {
      return now
    },
    get events() {
      return events
    },
    /** How many offers are open. */
    get open() {
      return open.length - answered
    },
    /** What a pass decided, as the router reads it back. */
    fold(decisions: readonly Decision[]): void {
      now++
      for (const { stream, event } of decisions) {
        if (event.type !== 'OfferIssued')
          throw new Error(`Nothing else is due, and ${event.type} was decided.`)
        const id = stream.slice('conversation-'.length)
        write(stream, versionOf(id) + 1, event)
        open.push({ id, offer: event.data.offer, agent: event.data.agent })
      }
    },
    /** The oldest offers are accepted, and what they were for is resolved at once: so many have room again. */
    finish(count: number): void {
      for (const { id, offer, agent } of open.slice(answered, answered + count))
        writeAll(streamName('conversation', id), versionOf(id) + 1, [
          { type: 'OfferAccepted', data: { offer, agent } },
          { type: 'ConversationResolved', data: { by: { kind: 'human', id: agent }, disposition: 'done' } },
        ])
      answered += count
    },
  }
}

export type Center = ReturnType<typeof center>
