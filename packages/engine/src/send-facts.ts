import type { ChannelAdapter, Endpoint } from '@ramal/channel'
import type { Actor, Content, Conversation } from '@ramal/conversation'
import type { Deep, Instant } from '@ramal/core'
import { type Customer, combined, type MessagePurpose, type Purpose } from '@ramal/customer'
import { capCounts, type Reach, type SendFacts, type SendingRules } from '@ramal/outreach'
import type { LastWords } from './contacts.js'
import type { Adapters } from './context.js'
import { type Template, templateFault } from './templates.js'

/** Who confirms a keyword: messages of this actor say nothing else. */
export const KEYWORDS: Actor = { kind: 'system', id: 'keywords' }

/** What is known of a message from its request. */
export interface Request {
  readonly message: string
  readonly content: Deep<Content>
  readonly by: Actor
  readonly purpose?: Purpose | undefined
  readonly tag?: string | undefined
  readonly expiresAt?: Instant | undefined
}

/** What a message is for, where it is not said: an answer. Where it is for everything, the strictest. */
export const purposeOf = (purpose: Purpose | undefined): MessagePurpose =>
  purpose === undefined ? 'service' : purpose === 'all' ? 'marketing' : purpose

export const senderOf = ({ kind }: Actor): 'human' | 'bot' | 'system' =>
  kind === 'human' || kind === 'bot' ? kind : 'system'

export const endpointOf = (
  adapters: Adapters,
  { channel, endpoint }: Pick<Conversation, 'channel' | 'endpoint'>,
): { readonly adapter: ChannelAdapter; readonly endpoint: Endpoint } | undefined => {
  const adapter = adapters.byEndpoint(channel, endpoint)
  const found = adapter?.endpoints.find(({ id }) => id === endpoint)
  return adapter && found ? { adapter, endpoint: found } : undefined
}

/** Whether any cap counts a message, so that it has to be known what went before. */
export const isCapped = (rules: SendingRules, kind: { purpose: MessagePurpose; channel: string }): boolean =>
  rules.caps.some((cap) => capCounts(cap, kind))

/** Everything that rules ask for, from what was read. */
export const factsOf = (
  { message, content, by, purpose, tag, expiresAt }: Request,
  { channel, endpoint, outbound }: Pick<Conversation, 'channel' | 'endpoint' | 'outbound'>,
  seen: {
    readonly requestedAt: Instant
    readonly customers: readonly Customer[]
    readonly reaches: readonly Reach[]
    readonly last: LastWords
    readonly window: SendFacts['window']
    /** Where it is a template of which something was reported. */
    readonly template: Template | undefined
  },
): SendFacts => {
  const { consent, stopped, timeZone, forgotten } = combined(seen.customers)
  return {
    message,
    purpose: purposeOf(purpose),
    channel,
    endpoint,
    content: content.kind === 'template' ? 'template' : 'free',
    templateFault: seen.template && templateFault(seen.template),
    sender: senderOf(by),
    tag,
    requestedAt: seen.requestedAt,
    expiresAt,
    heldBy: outbound[message]?.heldBy,
    confirms: by.kind === KEYWORDS.kind && by.id === KEYWORDS.id,
    customer: { consent, stopped, timeZone, forgotten },
    window: seen.window,
    ...seen.last,
    sent: seen.reaches.flatMap(({ sent }) => Object.values(sent)),
  }
}
