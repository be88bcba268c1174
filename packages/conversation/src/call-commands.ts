import type { Instant } from '@ramal/core'
import type { Purpose } from '@ramal/customer'
import { isOnlyCalls } from './call.js'
import type { ConversationEvent } from './events.js'
import type { Opening } from './messages.js'
import { decideAccept, revokeOffers } from './offers.js'
import { type Decision, refuse, so } from './refusal.js'
import type { Conversation } from './shape.js'

type DataOf<T extends ConversationEvent['type']> = Extract<ConversationEvent, { type: T }>['data']

/** What becomes of calls, as the telephone side reports it. */
export type CallCommand =
  /** Opens the conversation, or joins one in which the customer writes. */
  | {
      readonly type: 'offerCall'
      readonly call: string
      readonly opening: Opening
      readonly from?: string
      readonly to?: string
    }
  /** The agent wants to call the customer: in a conversation of its own, which they ask for, or in one that they have. */
  | {
      readonly type: 'placeCall'
      readonly call: string
      readonly agent: string
      readonly to: string
      readonly opening: Opening
      readonly purpose?: Purpose
      /** The conversation that it is about, where it opens another one. */
      readonly about?: string
      readonly overcommit?: boolean
    }
  | { readonly type: 'nameCall'; readonly call: string; readonly name: string }
  /** An agent's phone is about to be rung. */
  | {
      readonly type: 'ringCall'
      readonly call: string
      readonly leg: string
      readonly agent: string
      readonly offer?: string
    }
  /** With a leg that rings for an offer the offer is accepted by it. */
  | {
      readonly type: 'answerCall'
      readonly call: string
      readonly leg?: string
      readonly agent?: string
    }
  /** No answer lets the offer lapse; anything else declines it. Who had accepted loses the ticket again. */
  | {
      readonly type: 'missCall'
      readonly call: string
      readonly leg: string
      readonly cause: DataOf<'CallMissed'>['cause']
    }
  /** An agent's phone is about to be left: it rings in vain by now, or the customer goes elsewhere. */
  | { readonly type: 'releaseCall'; readonly call: string; readonly leg: string }
  | { readonly type: 'holdCall'; readonly call: string }
  | { readonly type: 'resumeCall'; readonly call: string }
  | {
      readonly type: 'endCall'
      readonly call: string
      readonly at: Instant
      readonly by: DataOf<'CallEnded'>['by']
      readonly cause?: string
      readonly duration?: number
      readonly recording?: string
      readonly transferredTo?: string
      readonly attended?: boolean
      readonly outcome?: DataOf<'CallEnded'>['outcome']
    }
  | {
      readonly type: 'recordCall'
      readonly call: string
      readonly recording: string
      readonly duration?: number
    }
  /** The time after the call is over: a ticket that was nothing but calls is resolved, if nobody has done so. */
  | { readonly type: 'finishCalls' }

type Of<T extends CallCommand['type']> = Extract<CallCommand, { type: T }>

const TYPES: ReadonlySet<string> = new Set<CallCommand['type']>([
  'offerCall',
  'placeCall',
  'nameCall',
  'ringCall',
  'answerCall',
  'missCall',
  'releaseCall',
  'holdCall',
  'resumeCall',
  'endCall',
  'recordCall',
  'finishCalls',
])

export const isCallCommand = (command: { readonly type: string }): command is CallCommand =>
  TYPES.has(command.type)

const offer = (state: Readonly<Conversation>, { call, opening, from, to }: Of<'offerCall'>): Decision => {
  if (Object.hasOwn(state.calls, call)) return so()
  const offered: ConversationEvent = { type: 'CallOffered', data: { call, from, to } }
  if (state.status === 'absent')
    return so({ type: 'ConversationOpened', data: { ...opening, direction: 'inbound' } }, offered)
  // Two callers may show one number: a call never joins another call.
  if (state.status !== 'open' || state.call || isOnlyCalls(state))
    return refuse('notOpen', 'The conversation is over or is another call; a call opens one of its own.')
  return state.parked ? so({ type: 'TicketWoken', data: { reason: 'customer' } }, offered) : so(offered)
}

const place = (state: Readonly<Conversation>, command: Of<'placeCall'>): Decision => {
  const { call, agent, to, opening, purpose, about, overcommit } = command
  if (Object.hasOwn(state.calls, call)) return so()
  const by = { kind: 'human', id: agent } as const
  const placed: ConversationEvent = {
    type: 'CallPlaced',
    data: { call, agent, to, ...(purpose === undefined ? {} : { purpose }) },
  }
  if (state.status === 'absent')
    return so(
      { type: 'ConversationOpened', data: { ...opening, direction: 'outbound' } },
      placed,
      { type: 'PickRequested', data: { agent, by, ...(overcommit ? { overcommit } : {}) } },
      ...(about === undefined
        ? []
        : [{ type: 'ConversationLinked' as const, data: { to: about, by, reason: 'call' } }]),
    )
  return state.status === 'open' && state.call === undefined && state.assignee === agent
    ? so(placed)
    : refuse(
        'notOpen',
        `Agent ${agent} cannot call in this conversation: it is over, in a call, or not theirs.`,
      )
}

const ring = (state: Readonly<Conversation>, command: Of<'ringCall'>): Decision => {
  const { type: _, ...data } = command
  const { leg, agent, offer: id } = command
  if (Object.hasOwn(state.call?.legs ?? {}, leg)) return so()
  const wanted = state.assignee === agent || (id !== undefined && state.offers[id]?.outcome === 'open')
  return wanted
    ? so({ type: 'CallRang', data })
    : refuse('offerGone', `Agent ${agent} neither has the ticket nor an offer of it.`)
}

const answer = (state: Readonly<Conversation>, { call, leg, agent }: Of<'answerCall'>): Decision => {
  const answered = (by: string | undefined): ConversationEvent => ({
    type: 'CallAnswered',
    data: { call, agent: by },
  })
  if (leg === undefined) {
    return state.call?.answered && agent === state.call.agent ? so() : so(answered(agent))
  }
  const rung = state.call?.legs[leg]
  if (!rung) return refuse('unknownOffer', `No phone was rung as ${leg} for call ${call}.`)
  if (state.call?.agent === rung.agent) return so()
  if (rung.over) return refuse('offerGone', `The phone that was rung as ${leg} is not waited for any more.`)
  // Accepted at the desk before it was answered, or taken from the queue.
  if (state.assignee === rung.agent) return so(answered(rung.agent))
  const accepted = decideAccept(state, rung.offer ?? '', rung.agent)
  return accepted._tag === 'Left' ? accepted : so(...accepted.right, answered(rung.agent))
}

const miss = (state: Readonly<Conversation>, { call, leg, cause }: Of<'missCall'>): Decision => {
  const rung = state.call?.legs[leg]
  if (!rung) return refuse('unknownOffer', `No phone was rung as ${leg} for call ${call}.`)
  const { agent, offer: id = '', over } = rung
  if (over || state.call?.agent === agent) return so()
  const events: ConversationEvent[] = [{ type: 'CallMissed', data: { call, leg, agent, cause } }]
  // The customer was never called: the agent has the ticket, and may try again.
  if (state.call?.placed && !state.call.answered) {
    const outcome = cause === 'failed' ? 'failed' : 'cancelled'
    return so(...events, {
      type: 'CallEnded',
      data: { call, by: 'system', cause: `agent: ${cause}`, outcome },
    })
  }
  if (state.offers[id]?.outcome === 'open')
    events.push(
      cause === 'noAnswer'
        ? { type: 'OfferExpired', data: { offer: id, agent } }
        : { type: 'OfferDeclined', data: { offer: id, agent, reason: cause } },
    )
  if (state.status === 'open' && state.assignee === agent)
    events.push({ type: 'TicketRequeued', data: { agent, reason: cause } })
  return so(...events)
}

const end = (state: Readonly<Conversation>, command: Of<'endCall'>): Decision => {
  const { type: _, at, attended, outcome = 'cancelled', ...said } = command
  const { transferredTo } = said
  const placed = state.call?.placed ?? false
  const reached = state.call?.answered ?? false
  const data = { ...said, ...(placed ? { outcome: reached ? ('answered' as const) : outcome } : {}) }
  const open = state.status === 'open'
  const gone = transferredTo !== undefined || state.transferred?.kind === 'outside'
  const events: ConversationEvent[] = []
  if (open && transferredTo !== undefined && state.transferred?.kind !== 'outside')
    events.push(...revokeOffers(state, 'transferred'), {
      type: 'TicketTransferred',
      data: {
        to: { kind: 'outside', address: transferredTo },
        mode: attended ? 'warm' : 'cold',
        by: state.assignee === undefined ? { kind: 'system' } : { kind: 'human', id: state.assignee },
      },
    })
  events.push({ type: 'CallEnded', data })
  // Nobody came: where nothing was written or promised either, that was the whole of it.
  const isAwaited = placed || state.callback !== undefined
  if (open && !gone && !isAwaited && state.call?.agent === undefined && isOnlyCalls(state))
    events.push(...revokeOffers(state, 'abandoned'), {
      type: 'ConversationAbandoned',
      data: { waited: Math.max(0, at - (state.call?.waitingSince ?? at)), reason: data.cause },
    })
  return so(...events)
}

const finish = (state: Readonly<Conversation>): Decision =>
  state.status === 'open' &&
  state.callEndedAt !== undefined &&
  !state.transferred &&
  // Whoever put it off, or promised to call back, means to come back to it.
  !state.parked &&
  state.callback === undefined &&
  isOnlyCalls(state)
    ? so(...revokeOffers(state, 'resolved'), {
        type: 'ConversationResolved',
        data: { by: { kind: 'system' }, disposition: 'callEnded' },
      })
    : so()

export const decideCall = (state: Readonly<Conversation>, command: CallCommand): Decision => {
  if (command.type === 'offerCall') return offer(state, command)
  if (command.type === 'placeCall') return place(state, command)
  if (command.type === 'finishCalls') return finish(state)
  const { call } = command
  if (!Object.hasOwn(state.calls, call))
    return refuse('unknownCall', `Call ${call} was not offered in this conversation.`)
  if (command.type === 'recordCall') {
    const { type: _, ...data } = command
    const known = state.calls[call]?.recordings.includes(command.recording)
    return known ? so() : so({ type: 'CallRecorded', data })
  }
  // What is reported late, of a call that is over, changes nothing.
  if (state.call?.id !== call) return so()
  switch (command.type) {
    case 'nameCall':
      return state.call.name === command.name
        ? so()
        : so({ type: 'CallNamed', data: { call, name: command.name } })
    case 'ringCall':
      return ring(state, command)
    case 'answerCall':
      return answer(state, command)
    case 'missCall':
      return miss(state, command)
    case 'releaseCall': {
      const rung = state.call.legs[command.leg]
      if (!rung) return refuse('unknownOffer', `No phone was rung as ${command.leg} for call ${call}.`)
      const { leg } = command
      return rung.over ? so() : so({ type: 'CallReleased', data: { call, leg, agent: rung.agent } })
    }
    case 'holdCall':
      return state.call.held ? so() : so({ type: 'CallHeld', data: { call } })
    case 'resumeCall':
      return state.call.held ? so({ type: 'CallResumed', data: { call } }) : so()
    case 'endCall':
      return end(state, command)
  }
}
