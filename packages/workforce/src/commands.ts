import type { Decider } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type { WorkforceEvent } from './events.js'
import { type Agent, agentReducer, type Capacity, type Skills } from './state.js'

export interface AgentProfile {
  readonly kind: 'human' | 'bot'
  readonly skills: Skills
  readonly capacity: Capacity
  readonly queues: readonly string[]
  readonly name?: string
  readonly team?: string
}

export type AgentCommand =
  /** `overcommit`: even if they hold more than that by now; they keep it, and get nothing new, until they have room. */
  | { readonly type: 'register'; readonly profile: AgentProfile; readonly overcommit?: boolean }
  | { readonly type: 'changeSkills'; readonly skills: Skills }
  /** `overcommit` as with a registration. */
  | { readonly type: 'changeCapacity'; readonly capacity: Capacity; readonly overcommit?: boolean }
  | { readonly type: 'changeQueues'; readonly queues: readonly string[] }
  | { readonly type: 'signIn' }
  | { readonly type: 'becomeAvailable' }
  | { readonly type: 'becomeUnavailable'; readonly reason: string }
  /** Found out by whoever rang them, where the router does not find out itself. */
  | { readonly type: 'stopResponding'; readonly offer?: string; readonly conversation?: string }
  /** `within`: what they still have after so long is given to others, in ms. */
  | { readonly type: 'drain'; readonly reason?: string; readonly within?: number }
  | { readonly type: 'signOut'; readonly reason?: string }

/** Why an agent's command is refused; the state is as it was. */
export interface AgentRefusal {
  readonly _tag: 'AgentRefusal'
  /** `inUse`: told by who knows what agents hold; a stream of an agent does not. */
  readonly reason: 'unknownAgent' | 'notSignedIn' | 'inUse' | 'unknownCommand'
  readonly message: string
}

const refuse = (reason: AgentRefusal['reason'], message: string): E.Either<AgentRefusal, never> =>
  E.left({ _tag: 'AgentRefusal', reason, message })

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const none: readonly WorkforceEvent[] = []

const when = (needed: boolean, event: WorkforceEvent): E.Either<never, readonly WorkforceEvent[]> =>
  E.right(needed ? [event] : none)

/** A registration again changes what differs, event by event, so that a start-up script can be run twice. */
const register = (state: Readonly<Agent>, profile: AgentProfile): readonly WorkforceEvent[] => {
  const { kind, name, team, skills, capacity, queues } = profile
  if (!state.registered || state.kind !== kind || state.name !== name || state.team !== team) {
    return [{ type: 'AgentRegistered', data: { kind, skills, capacity, queues, name, team } }]
  }
  return [
    ...(same(state.skills, skills) ? none : [{ type: 'SkillsChanged', data: { skills } } as const]),
    ...(same(state.capacity, capacity) ? none : [{ type: 'CapacityChanged', data: { capacity } } as const]),
    ...(same(state.queues, queues) ? none : [{ type: 'QueuesChanged', data: { queues } } as const]),
  ]
}

export const agentDecider: Decider<AgentCommand, WorkforceEvent, Agent, AgentRefusal> = {
  ...agentReducer,
  decide(command, state) {
    if (command.type === 'register') return E.right(register(state, command.profile))
    if (!state.registered)
      return refuse('unknownAgent', `No such agent is registered; register them before "${command.type}".`)
    const { presence } = state
    switch (command.type) {
      case 'changeSkills':
        return when(!same(state.skills, command.skills), {
          type: 'SkillsChanged',
          data: { skills: command.skills },
        })
      case 'changeCapacity':
        return when(!same(state.capacity, command.capacity), {
          type: 'CapacityChanged',
          data: { capacity: command.capacity },
        })
      case 'changeQueues':
        return when(!same(state.queues, command.queues), {
          type: 'QueuesChanged',
          data: { queues: command.queues },
        })
      case 'signIn':
        return when(presence === 'signedOut', { type: 'AgentSignedIn', data: {} })
      case 'signOut':
        return when(presence !== 'signedOut', {
          type: 'AgentSignedOut',
          data: { reason: command.reason },
        })
    }
    if (presence === 'signedOut')
      return refuse('notSignedIn', `The agent is not signed in; sign in before "${command.type}".`)
    switch (command.type) {
      case 'becomeAvailable':
        return when(presence !== 'available', { type: 'AgentBecameAvailable', data: {} })
      case 'stopResponding':
        return when(presence === 'available', {
          type: 'AgentStoppedResponding',
          data: { offer: command.offer, conversation: command.conversation },
        })
      case 'becomeUnavailable':
        return when(!(presence === 'unavailable' && state.reason === command.reason), {
          type: 'AgentBecameUnavailable',
          data: { reason: command.reason },
        })
      case 'drain':
        // Said again with another limit, it is the limit that changes; it runs from now on.
        return when(
          presence !== 'draining' || (command.within ?? state.drainsWithin) !== state.drainsWithin,
          {
            type: 'AgentDraining',
            data: { reason: command.reason, within: command.within },
          },
        )
    }
    return refuse('unknownCommand', `There is no command "${(command as AgentCommand).type}".`)
  },
}
