import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import { categoryOf, type Fact, idOf, type Recorded } from '@ramal/core'
import { type WorkforceEvent, workforceEvents } from '@ramal/workforce'
import { foldAgent, noteLeaving } from './fold-agent.js'
import { foldPolicyChange, foldTicket } from './fold-ticket.js'
import { policyFrom } from './policy/index.js'
import { type PolicyEvent, policyEvents } from './policy-events.js'
import { estimatesFrom } from './resolution.js'
import type { RoutingState } from './state.js'

/** The categories that routing reads. */
export const ROUTING_CATEGORIES = ['conversation', 'agent', 'policy'] as const

const foldPolicy = (state: RoutingState, { type, data }: PolicyEvent): void => {
  switch (type) {
    case 'PolicyPublished':
      state.policy = policyFrom(data.data, data.zones)
      for (const agent of state.agents.values()) noteLeaving(state, agent)
      return foldPolicyChange(state)
    case 'ShadowPolicyPublished':
      state.shadow = policyFrom(data.data, data.zones)
      return
    case 'ShadowPolicyWithdrawn':
      state.shadow = undefined
      return
    case 'ResolutionEstimated':
      state.estimates = estimatesFrom(data)
      return
  }
}

/** Changes a state that nobody else holds by one event of the log; other categories change nothing. */
export const applyToRouting = (state: RoutingState, recorded: Recorded | Fact): void => {
  switch (categoryOf(recorded.stream)) {
    case 'conversation': {
      const event = conversationEvents.upcast(recorded) as Fact<ConversationEvent> | undefined
      if (event) foldTicket(state, idOf(recorded.stream), event)
      return
    }
    case 'agent': {
      const event = workforceEvents.upcast(recorded) as Fact<WorkforceEvent> | undefined
      if (event) foldAgent(state, idOf(recorded.stream), event)
      return
    }
    case 'policy': {
      state.policies.set(recorded.stream, recorded.version)
      const event = policyEvents.upcast(recorded) as Fact<PolicyEvent> | undefined
      if (event) foldPolicy(state, event)
      return
    }
  }
}
