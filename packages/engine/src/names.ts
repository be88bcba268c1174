import { shortIdOf } from '@ramal/core'
import { type Identifier, matchKey } from '@ramal/customer'

/** The n-th conversation of a thread. Every node gives it the same name, so none opens it twice. */
export const conversationId = (channel: string, endpoint: string, peer: Identifier, n: number): string =>
  shortIdOf(`${channel}/${endpoint}/${matchKey(peer)}/${n}`)

/** Our ids of messages begin with the conversation that they are in. */
export const outboundId = (conversation: string, id: string): string => `${conversation}.${id}`

export const conversationOf = (message: string): string => message.slice(0, message.indexOf('.'))
