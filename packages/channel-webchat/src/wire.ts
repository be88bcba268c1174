import type { ThreadItem } from '@ramal/channel'
import type { Content, Delivery } from '@ramal/conversation'
import { signedPath } from './attachments.js'
import { clientMsgIdOf } from './message.js'
import type { Settings } from './options.js'

type From = 'visitor' | 'agent' | 'bot' | 'system'

/** What goes to the browser of a thread's item: nothing of how the brand works inside. */
export type WireItem = { readonly at: number } & (
  | {
      readonly kind: 'message'
      readonly id: string
      readonly from: From
      readonly content: WireContent
      readonly name?: string
      readonly clientMsgId?: string
    }
  | { readonly kind: 'edited'; readonly id: string; readonly content: WireContent }
  | { readonly kind: 'revoked'; readonly id: string }
  | { readonly kind: 'reaction'; readonly id: string; readonly from: From; readonly emoji?: string }
  | { readonly kind: 'delivery'; readonly id: string; readonly to: Delivery }
  | { readonly kind: 'joined'; readonly name?: string }
  | { readonly kind: 'resolved' }
)

/** A file gets the address where it can be fetched, relative to where the adapter is mounted, for an hour. */
type WireContent = Content & { readonly url?: string }

const FILE_LIFETIME = 60 * 60 * 1000

const fromOf = (kind: string): From =>
  kind === 'customer' ? 'visitor' : kind === 'bot' || kind === 'system' ? kind : 'agent'

const contentOf = (settings: Settings, content: Content, now: number): WireContent => {
  if (content.kind !== 'media' || content.reference === undefined) return content
  const { reference, ...rest } = content
  if (/^https?:\/\//.test(reference)) return { ...rest, url: reference }
  return { ...rest, url: signedPath(settings, reference, now + FILE_LIFETIME) }
}

export const wireItem = (settings: Settings, item: ThreadItem, now: number): WireItem => {
  const { at } = item
  switch (item.kind) {
    case 'message': {
      const from = fromOf(item.by.kind)
      const name = from === 'agent' && item.by.id !== undefined ? settings.agentName(item.by.id) : undefined
      return {
        kind: 'message',
        at,
        id: item.message,
        from,
        content: contentOf(settings, item.content, now),
        ...(name === undefined ? {} : { name }),
        ...(from === 'visitor' && item.providerId !== undefined
          ? { clientMsgId: clientMsgIdOf(item.providerId) }
          : {}),
      }
    }
    case 'edited':
      return { kind: 'edited', at, id: item.message, content: contentOf(settings, item.content, now) }
    case 'revoked':
      return { kind: 'revoked', at, id: item.message }
    case 'reaction': {
      const emoji = item.emoji === undefined ? {} : { emoji: item.emoji }
      return { kind: 'reaction', at, id: item.message, from: fromOf(item.by.kind), ...emoji }
    }
    case 'delivery':
      return { kind: 'delivery', at, id: item.message, to: item.to }
    case 'joined': {
      const name = settings.agentName(item.agent)
      return { kind: 'joined', at, ...(name === undefined ? {} : { name }) }
    }
    case 'resolved':
      return { kind: 'resolved', at }
  }
}
