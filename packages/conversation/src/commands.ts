import { canonicalJson, type Decider, type Instant } from '@ramal/core'
import { type AttachmentCommand, decideAttachment, isAttachmentCommand } from './attachments.js'
import { type CallCommand, decideCall, isCallCommand } from './call-commands.js'
import { type ControlCommand, decideControl } from './control.js'
import type { Actor, ConversationEvent } from './events.js'
import {
  decideNotify,
  decideOutcome,
  decideReceive,
  decideReport,
  decideSend,
  type NotifyCommand,
  type OutcomeCommand,
  type ReceiveCommand,
  type ReportCommand,
  type SendCommand,
} from './messages.js'
import { decideAccept, decideDecline, revokeOffers } from './offers.js'
import { type ConversationRefusal, type Decision, refuse, so } from './refusal.js'
import type { Conversation, TransferTarget } from './shape.js'
import { conversationReducer } from './state.js'
import { decideSteering, isSteering, type SteeringCommand } from './steering.js'

/** `override`: for supervisors, even if the ticket is not theirs. */
export type ConversationCommand =
  | ReceiveCommand
  | ControlCommand
  | SendCommand
  | NotifyCommand
  | OutcomeCommand
  | ReportCommand
  | SteeringCommand
  | CallCommand
  | AttachmentCommand
  | { readonly type: 'acceptOffer'; readonly offer: string; readonly agent: string }
  | {
      readonly type: 'declineOffer'
      readonly offer: string
      readonly agent: string
      readonly reason?: string
      readonly retryAt?: Instant
    }
  | {
      readonly type: 'resolve'
      readonly by: Actor
      readonly disposition: string
      readonly note?: string
      /**
       * The assignee keeps the ticket's capacity until then, or until they say that they have finished. After a
       * call they had it already, from its end on.
       */
      readonly wrapUpUntil?: Instant
      readonly override?: boolean
    }
  | { readonly type: 'finishWrapUp'; readonly agent: string }
  | {
      readonly type: 'transfer'
      readonly to: TransferTarget
      /** `warm`, to who is being consulted: they have it at once, if they have room, and are not asked. */
      readonly mode: 'warm' | 'cold'
      readonly by: Actor
      readonly reason?: string
      readonly override?: boolean
    }
  | {
      readonly type: 'park'
      readonly by: Actor
      readonly until?: Instant
      readonly reason?: string
      readonly override?: boolean
    }
  | { readonly type: 'wake'; readonly reason: 'due' | 'agent' }
  | { readonly type: 'promiseCallback'; readonly by: Actor; readonly at?: Instant }
  | { readonly type: 'correctIntent'; readonly intent: string; readonly by: Actor }
  | { readonly type: 'abandon'; readonly waited?: number; readonly reason?: string }
  | { readonly type: 'reopen'; readonly by: Actor; readonly reason: string }
  | { readonly type: 'close'; readonly reason: string }
  | { readonly type: 'markSpam'; readonly by: Actor }
  | { readonly type: 'unmarkSpam'; readonly by: Actor }
  | { readonly type: 'link'; readonly to: string; readonly by: Actor; readonly reason?: string }
  | { readonly type: 'unlink'; readonly from: string; readonly by: Actor; readonly reason?: string }
  | {
      readonly type: 'answerSurvey'
      readonly resolved?: boolean
      readonly score?: number
      readonly scale?: number
      readonly comment?: string
    }

/** The same data; what is absent and what is undefined are the same too. */
const same = (a: object | undefined, b: object): boolean =>
  a !== undefined && canonicalJson(a) === canonicalJson(b)

const notOpen = (state: Readonly<Conversation>, doing: string): Decision =>
  refuse('notOpen', `The conversation is ${state.status}: it cannot be ${doing}.`)

const ifAssignee = (
  state: Readonly<Conversation>,
  { by, override }: { readonly by: Actor; readonly override?: boolean },
  then: () => Decision,
): Decision =>
  by.kind === 'human' && state.assignee !== by.id && !override
    ? refuse(
        'notAssigned',
        `The ticket is ${state.assignee ? `assigned to ${state.assignee}` : 'not assigned'}, not to ${by.id}.`,
      )
    : then()

const resolve = (
  state: Readonly<Conversation>,
  command: Extract<ConversationCommand, { type: 'resolve' }>,
): Decision => {
  const { by, disposition, note, wrapUpUntil } = command
  if (state.status === 'resolved') return so()
  if (state.status !== 'open') return notOpen(state, 'resolved')
  return ifAssignee(state, command, () => {
    const wrapUp: readonly ConversationEvent[] =
      wrapUpUntil !== undefined && state.assignee !== undefined && state.callEndedAt === undefined
        ? [{ type: 'WrapUpStarted', data: { agent: state.assignee, until: wrapUpUntil } }]
        : []
    return so(...revokeOffers(state, 'resolved'), ...wrapUp, {
      type: 'ConversationResolved',
      data: { by, disposition, note },
    })
  })
}

const decideLife = (state: Readonly<Conversation>, command: ConversationCommand): Decision | undefined => {
  switch (command.type) {
    case 'resolve':
      return resolve(state, command)
    case 'abandon':
      return state.status === 'open'
        ? so(...revokeOffers(state, 'abandoned'), {
            type: 'ConversationAbandoned',
            data: { waited: command.waited, reason: command.reason },
          })
        : so()
    case 'reopen':
      if (state.status === 'open') return so()
      return state.status === 'resolved'
        ? so({ type: 'ConversationReopened', data: { by: command.by, reason: command.reason } })
        : notOpen(state, 'reopened')
    case 'close':
      return state.status === 'closed'
        ? so()
        : so(...revokeOffers(state, 'closed'), {
            type: 'ConversationClosed',
            data: { reason: command.reason },
          })
    case 'markSpam':
      return state.spam ? so() : so({ type: 'SpamMarked', data: { by: command.by } })
    case 'unmarkSpam':
      return state.spam ? so({ type: 'SpamUnmarked', data: { by: command.by } }) : so()
    case 'link': {
      const { type: _, ...data } = command
      return state.links.includes(data.to) ? so() : so({ type: 'ConversationLinked', data })
    }
    case 'unlink': {
      const { type: _, ...data } = command
      return state.links.includes(data.from) ? so({ type: 'ConversationUnlinked', data }) : so()
    }
    case 'answerSurvey': {
      const { type: _, ...data } = command
      return same(state.survey, data) ? so() : so({ type: 'SurveyAnswered', data })
    }
  }
  return undefined
}

const decideTicket = (state: Readonly<Conversation>, command: ConversationCommand): Decision | undefined => {
  switch (command.type) {
    case 'noteControl':
      return decideControl(state, command)
    case 'acceptOffer':
      return decideAccept(state, command.offer, command.agent)
    case 'declineOffer':
      return decideDecline(state, command.offer, command.agent, command.reason, command.retryAt)
    case 'finishWrapUp':
      return state.wrapUp?.agent === command.agent
        ? so({ type: 'WrapUpFinished', data: { agent: command.agent } })
        : so()
    case 'transfer': {
      const { type: _, override: __, ...data } = command
      if (state.status !== 'open') return notOpen(state, 'transferred')
      if (same(state.transferred, data.to)) return so()
      return ifAssignee(state, command, () =>
        so(...revokeOffers(state, 'transferred'), { type: 'TicketTransferred', data }),
      )
    }
    case 'park': {
      const { type: _, override: __, ...data } = command
      if (state.status !== 'open') return notOpen(state, 'parked')
      if (state.parked && state.parked.until === data.until) return so()
      return ifAssignee(state, command, () =>
        so(...revokeOffers(state, 'parked'), { type: 'TicketParked', data }),
      )
    }
    case 'wake':
      return state.parked
        ? so({ type: 'TicketWoken', data: { reason: command.reason } })
        : refuse('notParked', 'The ticket is not parked.')
    case 'promiseCallback':
      if (state.callback && state.callback.at === command.at) return so()
      return state.status === 'open'
        ? so({ type: 'CallbackPromised', data: { by: command.by, at: command.at } })
        : notOpen(state, 'promised a call back')
    case 'correctIntent':
      return state.intent === command.intent
        ? so()
        : so({ type: 'IntentCorrected', data: { intent: command.intent, by: command.by } })
  }
  return undefined
}

const decideMessage = (state: Readonly<Conversation>, command: ConversationCommand): Decision | undefined => {
  switch (command.type) {
    case 'receive':
      return decideReceive(state, command)
    case 'send':
      return decideSend(state, command)
    case 'notify':
      return decideNotify(state, command)
    case 'reportDelivery':
      return decideReport(state, command)
    case 'attemptSend':
    case 'confirmSent':
    case 'refuseSend':
    case 'deferSend':
    case 'failSend':
    case 'doubtSend':
      return decideOutcome(state, command)
  }
  return undefined
}

export const conversationDecider: Decider<
  ConversationCommand,
  ConversationEvent,
  Conversation,
  ConversationRefusal
> = {
  ...conversationReducer,
  decide(command, state) {
    const message = decideMessage(state, command)
    if (message) return message
    if (isCallCommand(command)) return decideCall(state, command)
    if (state.status === 'absent')
      return refuse('unknownConversation', `There is no such conversation; "${command.type}" needs one.`)
    if (isAttachmentCommand(command)) return decideAttachment(state, command)
    if (isSteering(command)) return decideSteering(state, command)
    const decided = decideTicket(state, command) ?? decideLife(state, command)
    return decided ?? refuse('unknownCommand', `There is no command "${command.type}".`)
  },
}
