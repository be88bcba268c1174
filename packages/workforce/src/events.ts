import { duration, type EventOf, eventFamily, eventType, integer, nonEmpty, oneOf, record } from '@ramal/core'
import * as t from 'io-ts'

/** Skill name to level, 1 to 10; a skill without a level has 1. */
export const skills = t.record(t.string, integer(1, 10))

/**
 * What an agent can carry at a time. Each ticket costs what the policy says for its channel, from one pool;
 * `caps` bound the number of tickets of a channel within it. Offers and wrap-up hold it too.
 */
export const capacity = record(
  { total: integer(0, 1_000_000) },
  { caps: t.record(t.string, integer(0, 10_000)) },
)

export const agentKind = oneOf('human', 'bot')

export const workforceEvents = eventFamily(
  'agent',
  eventType(
    'AgentRegistered',
    record(
      { kind: agentKind, skills, capacity, queues: t.array(nonEmpty) },
      { name: t.string, team: t.string },
    ),
  ),
  eventType('SkillsChanged', record({ skills })),
  eventType('CapacityChanged', record({ capacity })),
  eventType('QueuesChanged', record({ queues: t.array(nonEmpty) })),
  eventType('AgentSignedIn', record({})),
  eventType('AgentBecameAvailable', record({})),
  eventType('AgentBecameUnavailable', record({ reason: nonEmpty })),
  /** Let an offer lapse: no more offers until they say that they are available. */
  eventType('AgentStoppedResponding', record({}, { offer: t.string, conversation: t.string })),
  /** Ends what they have and takes no more. */
  eventType('AgentDraining', record({}, { reason: t.string, within: duration })),
  eventType('AgentSignedOut', record({}, { reason: t.string })),
)

export type WorkforceEvent = EventOf<typeof workforceEvents>
