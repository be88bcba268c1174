import { compareOrdered, orderKey, type Policy, type RoutingState, type Ticket } from '@ramal/routing'

type Asked = readonly { readonly skill: string; readonly level: number }[]

/**
 * The usual fast way without an index: agents as bits in typed arrays, and for each waiting ticket, best first, one
 * scan over all of them. What it needs is laid out beforehand and not timed; tickets that ask for the same as one
 * before them that nobody could take are passed over.
 */
export const bitsetScan = (state: RoutingState, policy: Policy) => {
  const bits = new Map<string, number>()
  const bit = (name: string): number => {
    const known = bits.get(name)
    if (known !== undefined) return known
    bits.set(name, bits.size)
    return bits.size - 1
  }
  const asked = (ticket: Ticket): Asked => ticket.requirements as Asked
  const waiting = [...state.waiting]
    .map((id) => state.tickets.get(id)!)
    .map((ticket) => ({ ticket, key: orderKey(policy, ticket) }))
    .sort(compareOrdered)
  for (const { ticket } of waiting) {
    bit(ticket.queue!)
    for (const { skill, level } of asked(ticket)) bit(`${skill} ${level}`)
  }
  const words = (bits.size + 31) >> 5
  const needs = waiting.map(({ ticket }) => {
    const need = new Int32Array(words)
    const set = (at: number) => (need[at >> 5]! |= 1 << (at & 31))
    set(bit(ticket.queue!))
    for (const { skill, level } of asked(ticket)) set(bit(`${skill} ${level}`))
    return { id: ticket.id, need, kind: need.join() }
  })
  const agents = [...state.agents.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const has = new Int32Array(agents.length * words)
  const free = Int32Array.from(agents, ({ capacity, load }) => capacity.total - load)
  const idle = Float64Array.from(agents, ({ idleSince }) => idleSince)
  agents.forEach(({ queues, skills }, i) => {
    for (const [name, at] of bits) {
      const [skill, level] = name.split(' ')
      if (level === undefined ? queues.includes(name) : (skills[skill!] ?? 0) >= Number(level))
        has[i * words + (at >> 5)]! |= 1 << (at & 31)
    }
  })

  const best = (need: Int32Array): number => {
    let found = -1
    for (let i = 0; i < free.length; i++) {
      if (free[i]! < 1 || (found >= 0 && idle[i]! >= idle[found]!)) continue
      let w = 0
      while (w < words && (has[i * words + w]! & need[w]!) === need[w]) w++
      if (w === words) found = i
    }
    return found
  }

  /** Whom each ticket goes to, in order. */
  return (now: number): readonly string[] => {
    const blocked = new Set<string>()
    const taken: string[] = []
    let room = free.reduce((sum, one) => sum + Math.max(0, one), 0)
    for (const { id, need, kind } of needs) {
      if (room === 0) break
      if (blocked.has(kind)) continue
      const at = best(need)
      if (at < 0) {
        blocked.add(kind)
        continue
      }
      free[at]!--
      room--
      idle[at] = now
      taken.push(`${id} ${agents[at]!.id}`)
    }
    return taken
  }
}
