import type { ChannelEvent } from '@ramal/channel'
import type { Opening } from '@ramal/conversation'
import type { EngineContext } from './context.js'
import type { Notice } from './notices.js'

type Message = Extract<ChannelEvent, { kind: 'message' }>

/** The notification that a message answers: the one it quotes, or the last one, where that is not long ago. */
const answeredBy = (
  { directory, sending }: EngineContext,
  channel: string,
  { endpoint, peer, replyTo, at }: Message,
): Notice | undefined => {
  const quoted = replyTo === undefined ? undefined : directory.sent(channel, replyTo)
  const notice = quoted && directory.notices.of(quoted.conversation)
  if (notice) return notice
  const last = directory.thread(channel, endpoint, peer[0]!)?.conversations.at(-1)
  const latest = last === undefined ? undefined : directory.notices.of(last)
  return latest && at - latest.at <= sending.repliesWithin ? latest : undefined
}

/** What a message opens a conversation with: where it answers a notification, with what that was about. */
export const openingOf = (
  engine: EngineContext,
  channel: string,
  event: Message,
  who: { readonly customer: string; readonly alias: string | undefined },
): Opening => {
  const notice = answeredBy(engine, channel, event)
  return {
    channel,
    endpoint: event.endpoint,
    customer: who.customer,
    alias: who.alias,
    peer: event.peer[0],
    segment: engine.directory.segmentOf(engine.directory.membersOf(who.customer)),
    notification: notice?.conversation,
    intent: notice?.intent,
    labels: notice?.labels,
    language: notice?.language,
  }
}
