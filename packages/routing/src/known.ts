import type { ConversationCommand, ConversationRefusal } from '@ramal/conversation'
import type { AgentCommand, AgentRefusal } from '@ramal/workforce'
import type { RoutingState } from './state.js'

const refusal = (reason: 'unknownAgent' | 'unknownQueue', message: string): ConversationRefusal => ({
  _tag: 'ConversationRefusal',
  reason,
  message,
})

const unknownAgent = ({ agents }: RoutingState, id: string): ConversationRefusal | undefined =>
  agents.get(id)?.registered
    ? undefined
    : refusal('unknownAgent', `No agent ${id} is registered; register them first, or name another.`)

const unknownQueue = ({ policy, members }: RoutingState, name: string): ConversationRefusal | undefined =>
  policy && !Object.hasOwn(policy.data.queues, name) && (members.get(name)?.size ?? 0) === 0
    ? refusal(
        'unknownQueue',
        `The policy "${policy.data.name}" has no queue "${name}", and nobody serves it: a ticket there would wait for ever.`,
      )
    : undefined

/**
 * Why a command names somebody or something that there is not: a conversation alone cannot know. Undefined when it
 * names what is known, or nothing.
 */
export const refuseUnknown = (
  state: RoutingState,
  command: ConversationCommand,
): ConversationRefusal | undefined => {
  switch (command.type) {
    case 'pick':
    case 'exclude':
      return unknownAgent(state, command.agent)
    case 'transfer':
    case 'consult':
      if (command.to.kind === 'agent') return unknownAgent(state, command.to.agent)
      return command.to.kind === 'queue' ? unknownQueue(state, command.to.queue) : undefined
  }
  return undefined
}

/** Why a capacity would be less than an agent holds by now. Undefined when it would not, or when that is meant. */
export const refuseBelowUse = (
  { agents }: RoutingState,
  id: string,
  command: AgentCommand,
): AgentRefusal | undefined => {
  const agent = agents.get(id)
  if ((command.type !== 'changeCapacity' && command.type !== 'register') || command.overcommit || !agent)
    return undefined
  const { total, caps = {} } = command.type === 'register' ? command.profile.capacity : command.capacity
  // What is no capacity at all, its codec refuses.
  if (!(total >= 0)) return undefined
  const held = agent.load - agent.interruptible
  const over = [...agent.counts].find(
    ([channel, count]) => count > (caps[channel] ?? Number.POSITIVE_INFINITY),
  )
  if (held <= total && !over) return undefined
  const what = over
    ? `${over[1]} tickets on ${over[0]}, and would have ${caps[over[0]]}`
    : `${held}, and would have ${total}`
  return {
    _tag: 'AgentRefusal',
    reason: 'inUse',
    message: `${id} holds ${what}. Let them finish, or say "overcommit": they keep what they have and get nothing new.`,
  }
}
