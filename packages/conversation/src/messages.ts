import type { Instant } from '@ramal/core'
import type { Identifier, Purpose } from '@ramal/customer'
import type { Content } from './content.js'
import { layAside, ownerAt } from './control.js'
import type { Actor, ConversationEvent, Delivery } from './events.js'
import { type Decision, refuse, so } from './refusal.js'
import type { Conversation, OutboundMessage } from './shape.js'

/** What a first message says of the thread that it opens. */
export interface Opening {
  readonly channel: string
  readonly endpoint: string
  readonly customer: string
  /** The customer whose address `peer` is, where they are merged into `customer`. */
  readonly alias?: string | undefined
  readonly peer?: Identifier
  readonly language?: string
  readonly intent?: string
  readonly segment?: string
  readonly labels?: readonly string[]
  readonly notification?: string
}

export interface ReceiveCommand {
  readonly type: 'receive'
  readonly message: string
  readonly content: Content
  readonly opening: Opening
  readonly providerId?: string
  readonly replyTo?: string
  readonly forwarded?: boolean
  /** Another application has the thread, and it was said to that one. */
  readonly elsewhere?: boolean
  /** When it was said. */
  readonly at?: Instant
  /** A rule deals with it: whoever gives the command has done so, and may answer, once. */
  readonly keyword?: {
    readonly kind: 'stop' | 'start'
    readonly answer?: Omit<SendCommand, 'type'>
  }
  readonly raw?: unknown
}

/** A word that a rule deals with opens no ticket, and neither reopens nor wakes one. */
const decideKeyword = (
  state: Readonly<Conversation>,
  { message, content, opening, providerId, raw, keyword, elsewhere }: ReceiveCommand,
): Decision => {
  const received: ConversationEvent = {
    type: 'MessageReceived',
    data: { message, content, providerId, keyword: keyword?.kind, raw },
  }
  const answer: readonly ConversationEvent[] =
    keyword?.answer && state.control === 'us' && !elsewhere
      ? [{ type: 'SendRequested', data: keyword.answer }]
      : []
  if (state.status !== 'absent') return so(received, ...answer)
  return so(
    { type: 'ConversationOpened', data: { direction: 'inbound', keyword: keyword?.kind, ...opening } },
    received,
    ...answer,
    { type: 'ConversationClosed', data: { reason: 'keyword' } },
  )
}

/**
 * A message opens the conversation, reopens it when it was resolved, and wakes it when it was parked: not, however,
 * while another application has the thread, which answers.
 */
export const decideReceive = (state: Readonly<Conversation>, command: ReceiveCommand): Decision => {
  const { message, content, opening, providerId, replyTo, forwarded, elsewhere = false, raw } = command
  if (Object.hasOwn(state.received, message)) return so()
  if (state.status === 'closed')
    return refuse('closed', 'The conversation is closed; a message opens a new one.')
  if (command.keyword !== undefined) return decideKeyword(state, command)
  if (state.idle)
    return refuse(
      'idle',
      'All there is in the conversation is what we wrote; an answer to it opens a new one.',
    )
  const before: ConversationEvent[] = []
  if (state.status === 'absent')
    before.push({ type: 'ConversationOpened', data: { direction: 'inbound', ...opening } })
  if (state.status === 'resolved')
    before.push({ type: 'ConversationReopened', data: { by: { kind: 'customer' }, reason: 'message' } })
  // Where it is said is whose the thread is.
  const owner = ownerAt(state, elsewhere ? 'other' : 'us', command.at)
  if (state.control !== owner) before.push({ type: 'ThreadControlChanged', data: { owner } })
  if (state.parked && owner === 'us') before.push({ type: 'TicketWoken', data: { reason: 'customer' } })
  const received: ConversationEvent = {
    type: 'MessageReceived',
    data: { message, content, providerId, replyTo, forwarded, raw },
  }
  return so(...before, received, ...(owner === 'other' ? layAside(state) : []))
}

export interface SendCommand {
  readonly type: 'send'
  /** Our id of the message: the same id again is the same message. */
  readonly message: string
  readonly content: Content
  readonly by: Actor
  readonly purpose?: Purpose
  readonly replyTo?: string
  readonly tag?: string
  readonly notification?: string
  readonly campaign?: string
  /** From then on it is of no use, and is not sent any more. Default: as the sending rules say of its purpose. */
  readonly expiresAt?: Instant
}

export const decideSend = (state: Readonly<Conversation>, command: SendCommand): Decision => {
  const { type: _, ...data } = command
  if (Object.hasOwn(state.outbound, command.message)) return so()
  if (state.status === 'absent') return refuse('unknownConversation', 'There is no such conversation.')
  if (state.status === 'closed') return refuse('closed', 'The conversation is closed; nothing is sent in it.')
  if (command.by.kind === 'human' && state.assignee !== command.by.id)
    return refuse(
      'notAssigned',
      state.assignee === undefined
        ? `The ticket is not assigned; accept an offer or pick it before answering.`
        : `The ticket is assigned to ${state.assignee}, not to ${command.by.id}.`,
    )
  if (state.control === 'other')
    return refuse('notOurThread', 'Another application has control of this thread; take it over first.')
  return so({ type: 'SendRequested', data })
}

/** We write first. Nobody is asked to work on it, and an answer to it opens a conversation of its own. */
export interface NotifyCommand extends Omit<SendCommand, 'type'> {
  readonly type: 'notify'
  readonly opening: Opening
}

/** Goes into a conversation that is going on; what is over or was never answered is not gone on with. */
export const decideNotify = (state: Readonly<Conversation>, command: NotifyCommand): Decision => {
  const { type: _, opening, ...data } = command
  if (Object.hasOwn(state.outbound, command.message)) return so()
  if (state.status === 'absent')
    return so(
      { type: 'ConversationOpened', data: { ...opening, direction: 'outbound' } },
      { type: 'SendRequested', data },
    )
  if (state.status === 'resolved') return refuse('notOpen', 'The conversation is resolved; open a new one.')
  if (state.idle && state.status === 'open')
    return refuse('idle', 'Another notification has opened this conversation; open a new one.')
  return decideSend(state, { ...data, type: 'send' })
}

/** What became of a send. Reported once by whoever called the provider. */
export type OutcomeCommand =
  | { readonly type: 'attemptSend'; readonly message: string }
  | {
      readonly type: 'confirmSent'
      readonly message: string
      readonly providerId?: string
      readonly parts?: number
    }
  | {
      readonly type: 'refuseSend'
      readonly message: string
      readonly reason: string
      readonly rule?: string
      readonly retryAt?: Instant
    }
  | {
      readonly type: 'deferSend'
      readonly message: string
      readonly rule: string
      readonly reason: string
      readonly until: Instant
    }
  | {
      readonly type: 'failSend'
      readonly message: string
      readonly reason: string
      readonly class: string
      readonly code?: string
      readonly retryAt?: Instant
    }
  | { readonly type: 'doubtSend'; readonly message: string; readonly reason: string }

const sentOf = ({ outbound }: Readonly<Conversation>, message: string): OutboundMessage | undefined =>
  Object.hasOwn(outbound, message) ? outbound[message] : undefined

/** Said by who judges a send, before the provider is called. */
const isBefore = ({ type }: OutcomeCommand): boolean => type === 'attemptSend' || type === 'deferSend'

/** Whether what a command says of a send is known already, or comes too late to change it. */
const isSettled = (sent: OutboundMessage, command: OutcomeCommand): boolean => {
  switch (sent.state) {
    case 'sent':
      // A report may have told that it was sent, before the answer tells its name.
      return (
        command.type !== 'confirmSent' || command.providerId === undefined || sent.providerId !== undefined
      )
    case 'refused':
      return true
    case 'failed':
      // It may be tried again, and before that it is judged again.
      return command.type === 'confirmSent' || command.type === 'failSend' || command.type === 'doubtSend'
    case 'attempted':
      // One who attempts is enough.
      return isBefore(command)
    case 'uncertain':
      // What may have been sent is never sent again.
      return isBefore(command) || command.type === 'doubtSend'
    case 'requested':
      return command.type === 'deferSend' && sent.deferredUntil === command.until
  }
}

export const decideOutcome = (state: Readonly<Conversation>, command: OutcomeCommand): Decision => {
  const { type, ...data } = command
  const sent = sentOf(state, command.message)
  if (!sent) return refuse('unknownMessage', `Message ${command.message} was not sent in this conversation.`)
  if (isSettled(sent, command)) return so()
  switch (type) {
    case 'attemptSend':
      return so({ type: 'SendAttempted', data: { ...data, attempt: sent.attempts + 1 } })
    case 'confirmSent':
      return so({ type: 'MessageSent', data })
    case 'refuseSend':
      return so({ type: 'SendRefused', data: data as { message: string; reason: string } })
    case 'deferSend':
      return so({
        type: 'SendDeferred',
        data: data as Extract<ConversationEvent, { type: 'SendDeferred' }>['data'],
      })
    case 'failSend':
      return so({ type: 'SendFailed', data: data as { message: string; reason: string; class: string } })
    case 'doubtSend':
      return so({ type: 'SendUncertain', data: data as { message: string; reason: string } })
  }
}

export interface ReportCommand {
  readonly type: 'reportDelivery'
  readonly message: string
  readonly to: Delivery
  readonly providerId?: string
  readonly reason?: string
  readonly code?: string
  readonly category?: string
  readonly billable?: boolean
}

export const decideReport = (state: Readonly<Conversation>, command: ReportCommand): Decision => {
  const { type: _, ...data } = command
  const sent = sentOf(state, command.message)
  if (!sent) return refuse('unknownMessage', `Message ${command.message} was not sent in this conversation.`)
  // Each step is a fact, also one that comes after a later one.
  return sent.reported[command.to] ? so() : so({ type: 'DeliveryAdvanced', data })
}
