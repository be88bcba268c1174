import { choose, fitsMenu } from '@ramal/channel'
import { type Conversation, type ConversationCommand, conversationDecider } from '@ramal/conversation'
import type { EngineContext } from './context.js'
import { endpointOf } from './send-facts.js'

type Receive = Extract<ConversationCommand, { type: 'receive' }>

/** Where a customer was shown a menu as numbered text, the channel cannot tell their choice from other words. */
const asChosen = ({ adapters }: EngineContext, command: Receive, state: Readonly<Conversation>): Receive => {
  const { content, keyword } = command
  const { menu } = state
  if (!menu || content.kind !== 'text' || keyword !== undefined) return command
  const { endpoint } = endpointOf(adapters, state) ?? {}
  if (!endpoint || fitsMenu(menu, endpoint.capabilities)) return command
  const chosen = choose(menu, content.text)
  return chosen ? { ...command, content: chosen } : command
}

/** Decides on what comes in. A number or a title that answers a menu is the choice of it; `raw` keeps what was written. */
export const receiving = (engine: EngineContext): typeof conversationDecider => ({
  ...conversationDecider,
  decide: (command, state) =>
    conversationDecider.decide(
      command.type === 'receive' ? asChosen(engine, command, state) : command,
      state,
    ),
})
