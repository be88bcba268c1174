import {
  type AgentState,
  type Changes,
  type Digest,
  follow,
  type RoutingState,
  type Ticket,
} from './state.js'

/** Two 32-bit hashes of a text: FNV-1a from two seeds, each finished as MurmurHash3 does. */
const hashPair = (text: string): readonly [number, number] => {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    a = Math.imul(a ^ c, 0x01000193)
    b = Math.imul(b ^ c, 0x01000193)
    b ^= b >>> 15
  }
  return [finish(a), finish(b)]
}

const finish = (h: number): number => {
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const sorted = (entries: Iterable<readonly [string, unknown]>): readonly (readonly [string, unknown])[] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1))

const textOfTicket = (t: Ticket): string =>
  JSON.stringify([
    t.id,
    t.version,
    t.place,
    t.channel,
    t.customer,
    t.intent,
    t.language,
    t.labels,
    t.since,
    t.transferred,
    t.enteredAt,
    t.queue,
    t.priority,
    t.band,
    t.expedited,
    t.byHand,
    t.asks,
    t.step,
    sorted(t.offers),
    t.offersMade,
    sorted(t.declined),
    t.excluded,
    t.preferred,
    t.escalated,
    t.assigned,
    t.consult,
    t.lastAgent,
    t.activeAt,
    t.stirred,
    t.unansweredSince,
    t.parkedUntil,
    t.wrapUp,
    t.resolvedAt,
    t.pick,
    t.consultWanted,
  ])

const textOfAgent = (a: AgentState): string =>
  JSON.stringify([
    a.id,
    a.version,
    a.registered,
    a.kind,
    a.team,
    a.presence,
    a.presenceSince,
    a.drainsWithin,
    sorted(Object.entries(a.skills)),
    a.capacity.total,
    sorted(Object.entries(a.capacity.caps ?? {})),
    [...a.queues].sort(),
    a.load,
    a.interruptible,
    sorted(a.counts),
    a.idleSince,
    a.offeredAt,
    a.assignedAt,
    a.endedAt,
    sorted(a.turns),
  ])

type Texts = {
  readonly [K in keyof Changes]: (state: RoutingState, id: string) => string | undefined
}

const TEXTS: Texts = {
  tickets: ({ tickets }, id) => {
    const ticket = tickets.get(id)
    return ticket && textOfTicket(ticket)
  },
  agents: ({ agents }, id) => {
    const agent = agents.get(id)
    return agent && textOfAgent(agent)
  },
  customers: ({ lastAgents }, id) => {
    const last = lastAgents.get(id)
    return last && JSON.stringify([id, last])
  },
}

const KINDS = ['tickets', 'agents', 'customers'] as const

const startDigest = (state: RoutingState): Digest => {
  const changes = follow(state)
  for (const id of state.tickets.keys()) changes.tickets.add(id)
  for (const id of state.agents.keys()) changes.agents.add(id)
  for (const id of state.lastAgents.keys()) changes.customers.add(id)
  return { changes, of: { tickets: new Map(), agents: new Map(), customers: new Map() }, sum: [0, 0] }
}

/**
 * A hash of the whole state, kept as the sum of the hashes of its tickets, agents and customers: only those that
 * changed are hashed again. Two logs that lead to the same state give the same one, in whatever order they got there.
 */
export const digestOf = (state: RoutingState): string => {
  state.digest ??= startDigest(state)
  const { changes, of, sum } = state.digest
  for (const kind of KINDS) {
    const known = of[kind]
    for (const id of changes[kind]) {
      const [oldA, oldB] = known.get(id) ?? [0, 0]
      const text = TEXTS[kind](state, id)
      const [a, b] = text === undefined ? [0, 0] : hashPair(text)
      sum[0] = (sum[0] - oldA + a) >>> 0
      sum[1] = (sum[1] - oldB + b) >>> 0
      if (text === undefined) known.delete(id)
      else known.set(id, [a, b])
    }
    changes[kind].clear()
  }
  return sum.map((n) => n.toString(16).padStart(8, '0')).join('')
}
