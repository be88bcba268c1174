import type { Instant } from '@ramal/core'

/** What one agent's time went to, in ms. */
export interface AgentTime {
  /** With at least one contact, or in wrap-up. */
  readonly busy: number
  /** Available, with nothing to do. */
  readonly idle: number
  /** Signed in, neither: breaks and other work. */
  readonly away: number
}

/** Handling, of handling and availability: not utilisation, which would count breaks below the line. */
export const occupancyOf = ({ busy, idle }: AgentTime): number | undefined =>
  busy + idle === 0 ? undefined : busy / (busy + idle)

type Doing = keyof AgentTime | 'off'

interface Row {
  presence: 'off' | 'available' | 'away'
  /** Contacts and wrap-ups that hold the agent. */
  readonly holds: Set<string>
  since: Instant
  readonly slots: Map<number, { busy: number; idle: number; away: number }>
}

/** Follows what agents do and cuts it into slots of time. Events come in order; one that is late counts as now. */
export interface AgentTimes {
  be(agent: string, presence: Row['presence'], at: Instant): void
  hold(agent: string, what: string, at: Instant): void
  release(agent: string, what: string, at: Instant): void
  /** From a moment to another, cut at slots. As of `to` for what still goes on. */
  time(agent: string, from: Instant, to: Instant): AgentTime
  readonly agents: readonly string[]
}

/** @param slot length of a slot in ms; `time` counts whole slots, so ask for multiples of it */
export const agentTimes = (slot = 900_000): AgentTimes => {
  const rows = new Map<string, Row>()
  const rowOf = (agent: string, at: Instant): Row => {
    let row = rows.get(agent)
    if (!row) {
      row = { presence: 'off', holds: new Set(), since: at, slots: new Map() }
      rows.set(agent, row)
    }
    return row
  }
  const doing = ({ presence, holds }: Row): Doing =>
    holds.size > 0 ? 'busy' : presence === 'available' ? 'idle' : presence

  const spend = (slots: Row['slots'], what: keyof AgentTime, from: Instant, to: Instant) => {
    for (let at = from; at < to; ) {
      const number = Math.floor(at / slot)
      const end = Math.min(to, (number + 1) * slot)
      let times = slots.get(number)
      if (!times) {
        times = { busy: 0, idle: 0, away: 0 }
        slots.set(number, times)
      }
      times[what] += end - at
      at = end
    }
  }

  const upTo = (agent: string, at: Instant): Row => {
    const row = rowOf(agent, at)
    const what = doing(row)
    if (what !== 'off' && at > row.since) spend(row.slots, what, row.since, at)
    row.since = Math.max(row.since, at)
    return row
  }

  return {
    be(agent, presence, at) {
      upTo(agent, at).presence = presence
    },
    hold(agent, what, at) {
      upTo(agent, at).holds.add(what)
    },
    release(agent, what, at) {
      upTo(agent, at).holds.delete(what)
    },
    time(agent, from, to) {
      const row = rows.get(agent)
      const sum = { busy: 0, idle: 0, away: 0 }
      if (!row) return sum
      const slots = new Map([...row.slots].map(([number, times]) => [number, { ...times }]))
      const what = doing(row)
      if (what !== 'off' && to > row.since) spend(slots, what, row.since, to)
      for (const [number, times] of slots) {
        if (number * slot < from || number * slot >= to) continue
        sum.busy += times.busy
        sum.idle += times.idle
        sum.away += times.away
      }
      return sum
    },
    get agents() {
      return [...rows.keys()].sort()
    },
  }
}
