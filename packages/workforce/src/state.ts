import type { Deep, Instant, Reducer } from '@ramal/core'
import type * as t from 'io-ts'
import { type capacity, type skills, type WorkforceEvent, workforceEvents } from './events.js'

/**
 * Only who is `available` is offered tickets. `draining` ends what they have; `notResponding` let an offer lapse.
 */
export type Presence = 'signedOut' | 'available' | 'unavailable' | 'notResponding' | 'draining'

export type Skills = Deep<t.TypeOf<typeof skills>>
export type Capacity = Deep<t.TypeOf<typeof capacity>>

export interface Agent {
  registered: boolean
  kind: 'human' | 'bot'
  name: string | undefined
  team: string | undefined
  skills: Skills
  capacity: Capacity
  queues: readonly string[]
  presence: Presence
  /** Why, where presence alone does not say it. */
  reason: string | undefined
  /** Of the last change of presence. */
  presenceSince: Instant
  /** While draining: after so long what they still have is given to others, in ms. */
  drainsWithin: number | undefined
}

export const unknownAgent = (): Agent => ({
  registered: false,
  kind: 'human',
  name: undefined,
  team: undefined,
  skills: {},
  capacity: { total: 0 },
  queues: [],
  presence: 'signedOut',
  reason: undefined,
  presenceSince: 0,
  drainsWithin: undefined,
})

const setPresence = (draft: Agent, presence: Presence, at: Instant, reason?: string): void => {
  draft.presence = presence
  draft.reason = reason
  draft.presenceSince = at
  draft.drainsWithin = undefined
}

export const agentReducer: Reducer<WorkforceEvent, Agent> = {
  events: workforceEvents,
  initial: unknownAgent,
  apply(draft, { type, data, meta: { at } }) {
    switch (type) {
      case 'AgentRegistered':
        draft.registered = true
        draft.kind = data.kind
        draft.name = data.name
        draft.team = data.team
        draft.skills = data.skills
        draft.capacity = data.capacity
        draft.queues = data.queues
        return
      case 'SkillsChanged':
        draft.skills = data.skills
        return
      case 'CapacityChanged':
        draft.capacity = data.capacity
        return
      case 'QueuesChanged':
        draft.queues = data.queues
        return
      case 'AgentSignedIn':
        return setPresence(draft, 'unavailable', at, 'signed in')
      case 'AgentBecameAvailable':
        return setPresence(draft, 'available', at)
      case 'AgentBecameUnavailable':
        return setPresence(draft, 'unavailable', at, data.reason)
      case 'AgentStoppedResponding':
        // An offer that lapses after the agent has gone says nothing new.
        if (draft.presence === 'available') setPresence(draft, 'notResponding', at, data.offer)
        return
      case 'AgentDraining':
        setPresence(draft, 'draining', at, data.reason)
        draft.drainsWithin = data.within
        return
      case 'AgentSignedOut':
        return setPresence(draft, 'signedOut', at, data.reason)
    }
  },
}
