import { type CallCommand, type ChannelEvent, isPlacedCall, present, type SendFault } from '@ramal/channel'
import type { Instant } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { ariBridge, ariChannel } from './ari-codec.js'
import { ariConsult, type Done, type Room, type Talk } from './ari-consult.js'
import { CONSULT, fitsAsterisk, legChannel, talkBridge, waitBridge } from './ari-names.js'
import { ariPlace, type Unreached } from './ari-place.js'
import { type Ari, segment } from './ari-rest.js'
import type { AsteriskOptions } from './asterisk-options.js'
import { exclusive } from './exclusive.js'

type By = Extract<ChannelEvent, { kind: 'callEnded' }>['by']
const DONE: Done = E.right(undefined)
/** One for each agent who talks to a customer. */
const recordingOf = (leg: string): string => `ramal-${leg}`

const refused = (reason: string): Done => E.left({ class: 'content', reason })

/**
 * What we do with calls at Asterisk. What it remembers of them is read from Asterisk again after a restart, but for
 * who hung up first.
 */
export interface AriCalls {
  /** Who talks, by call. */
  readonly talks: Map<string, Talk>
  /** Who ended a call, or passed it on, before Asterisk says that it is over. */
  readonly endings: Map<
    string,
    { readonly by: By; readonly transferredTo?: string; readonly outcome?: Unreached }
  >
  prepare(): Promise<Done>
  /** Answers a customer, if that is yet to be done, and lets them wait with music. */
  park(call: string): Promise<Done>
  /** Joins a customer and the agent who picked up. Where either is gone, the other is left as they were. */
  join(call: string, leg: string, at: Instant): Promise<Done>
  /**
   * Somebody has left where customer and agent talk. With nobody left to talk to, the call is ended. Gives to whom
   * the customer was passed on by that, if they were. Asterisk is asked who is there, because whoever takes the
   * place of an agent enters only after the agent has left.
   */
  leftOver(call: string): Promise<E.Either<SendFault, string | undefined>>
  /** The customer has gone: whoever rings or talks for them need not. */
  clear(call: string): Promise<Done>
  dropLeg(call: string, leg: string): Promise<Done>
  /** Whoever an agent asks has picked up. */
  askedAnswered(call: string): Promise<Done>
  /** Whoever an agent asked has gone, or did not come. */
  askedGone(call: string): Promise<Done>
  /** An agent who wants to call a customer has picked up. A fault: the customer cannot be called. */
  callerUp(call: string): Promise<Done>
  /** The agent's attempt of a call that is being placed. */
  placedLeg(call: string): string | undefined
  /** A call that is being placed will not be: whoever rings for it need not. */
  callOff(call: string): Promise<Done>
  control(command: CallCommand): Promise<Done>
}

export const ariCalls = (ari: Ari, options: AsteriskOptions): AriCalls => {
  const { app = 'ramal', music, record, transferContext } = options
  const talks: AriCalls['talks'] = new Map()
  const endings: AriCalls['endings'] = new Map()
  const asked: Room['asked'] = new Map()
  const placing = ariPlace(ari, options)
  const wait = waitBridge(app)

  const enter = async (bridge: string, channel: string): Promise<Done> => {
    const entered = await ari.ask('POST', `bridges/${segment(bridge)}/addChannel`, { channel })
    if (E.isRight(entered)) return DONE
    // A channel that is not there is a bad request to Asterisk.
    return entered.left.code === 'http 400' ? E.left({ ...entered.left, class: 'recipient' }) : entered
  }

  const dropLeg: AriCalls['dropLeg'] = (call, leg) =>
    ari.settle('DELETE', `channels/${segment(legChannel(call, leg))}`)

  const prepare: AriCalls['prepare'] = async () => {
    const made = await ari.settle('POST', `bridges/${segment(wait)}`, { type: 'holding', name: wait })
    if (E.isLeft(made)) return made
    return ari.settle('POST', `bridges/${segment(wait)}/moh`, { mohClass: music })
  }

  const park: AriCalls['park'] = async (call) => {
    const answered = await ari.settle('POST', `channels/${segment(call)}/answer`)
    return E.isLeft(answered) ? answered : enter(wait, call)
  }

  const hangUp = async (call: string, by: By): Promise<Done> => {
    const leg = placing.forget(call)
    if (!endings.has(call)) endings.set(call, leg === undefined ? { by } : { by, outcome: 'cancelled' })
    talks.delete(call)
    const gone = await ari.settle('DELETE', `channels/${segment(call)}`)
    if (leg === undefined) return gone
    const left = await dropLeg(call, leg)
    return E.isLeft(gone) ? gone : left
  }

  const connect: AriCalls['join'] = async (call, leg, at) => {
    if (placing.forget(call) !== undefined) await placing.quiet(call, leg)
    const bridge = talkBridge(call)
    const made = await ari.settle('POST', `bridges/${segment(bridge)}`, { type: 'mixing', name: bridge })
    if (E.isLeft(made)) return made
    // The agent first: when they are gone by now, the customer goes on waiting with music.
    const agent = await enter(bridge, legChannel(call, leg))
    if (E.isLeft(agent)) return agent
    const customer = await enter(bridge, call)
    if (E.isLeft(customer)) return customer
    talks.set(call, { leg, since: at })
    if (!record) return DONE
    // Or Asterisk would tell us of its end only if somebody of ours were still in it.
    const heard = { eventSource: `bridge:${bridge}` }
    const told = await ari.settle('POST', `applications/${segment(app)}/subscription`, heard)
    if (E.isLeft(told)) return told
    const recording = { name: recordingOf(leg), format: 'wav', ifExists: 'fail' }
    return ari.settle('POST', `bridges/${segment(bridge)}/record`, recording)
  }

  const others: Room['others'] = async (call) => {
    const found = await ari.ask('GET', `bridges/${segment(talkBridge(call))}`)
    if (E.isLeft(found)) return found.left.class === 'recipient' ? E.right(undefined) : found
    const bridge = ariBridge.decode(found.right)
    return E.right(E.isRight(bridge) ? (bridge.right.channels ?? []).filter((id) => id !== call) : [])
  }

  const clear: AriCalls['clear'] = async (call) => {
    talks.delete(call)
    endings.delete(call)
    const caller = placing.forget(call)
    if (caller !== undefined) await dropLeg(call, caller)
    const inside = await others(call)
    if (E.isLeft(inside)) return inside
    for (const channel of inside.right ?? []) {
      const gone = await ari.settle('DELETE', `channels/${segment(channel)}`)
      if (E.isLeft(gone)) return gone
    }
    if (asked.delete(call)) await dropLeg(call, CONSULT)
    return ari.settle('DELETE', `bridges/${segment(talkBridge(call))}`)
  }

  const ring: Room['ring'] = async (call, leg, address, timeout) => {
    const channelId = legChannel(call, leg)
    if (!fitsAsterisk(channelId)) return refused(`The id of call ${call} is too long for another one on it.`)
    const found = await ari.ask('GET', `channels/${segment(call)}`)
    if (E.isLeft(found)) return found
    const customer = ariChannel.decode(found.right)
    const number = E.isRight(customer) ? customer.right.caller?.number : undefined
    return ari.settle('POST', 'channels', {
      endpoint: address,
      app,
      appArgs: leg === CONSULT ? CONSULT : 'agent',
      channelId,
      originator: call,
      timeout: Math.max(1, Math.ceil(timeout / 1000)),
      ...present({ callerId: number || undefined }),
    })
  }

  const release = async (call: string, leg: string): Promise<Done> => {
    const inside = await others(call)
    if (E.isLeft(inside)) return inside
    if (!inside.right?.includes(legChannel(call, leg))) return dropLeg(call, leg)
    // Forgotten first, so that the agent's leaving does not end the call. The place stays: its name cannot be used again.
    talks.delete(call)
    const waiting = await enter(wait, call)
    if (record) await ari.settle('POST', `recordings/live/${segment(recordingOf(leg))}/stop`)
    const gone = await dropLeg(call, leg)
    return E.isLeft(waiting) ? waiting : gone
  }

  /** Between the music and the agent, as long as there is one. */
  const move = async (call: string, bridge: string): Promise<Done> => {
    const inside = await others(call)
    if (E.isLeft(inside)) return inside
    return inside.right?.length ? enter(bridge, call) : refused('Nobody talks in this call.')
  }

  const transfer = async (call: string, address: string): Promise<Done> => {
    if (transferContext === undefined)
      return refused('Customers can be passed on when the option transferContext names a context.')
    const talk = talks.get(call)
    const before = endings.get(call)
    talks.delete(call)
    endings.set(call, { by: 'agent', transferredTo: address })
    const gone = await ari.ask('POST', `channels/${segment(call)}/continue`, {
      context: transferContext,
      extension: address,
      priority: 1,
    })
    if (E.isRight(gone)) return talk ? dropLeg(call, talk.leg) : DONE
    if (talk) talks.set(call, talk)
    if (before) endings.set(call, before)
    else endings.delete(call)
    return gone
  }

  const room: Room = { talks, asked, enter, ring, dropLeg, others, talk: talkBridge, wait }
  const consult = ariConsult(room)

  /**
   * One thing after the other with each call: what is asked for in the moment in which somebody picks up happens
   * before that or after it.
   */
  const alone = exclusive()
  const act: AriCalls['control'] = async ({ call, endpoint, action }) => {
    switch (action.kind) {
      case 'place':
        return placing.begin(call, endpoint, action)
      case 'connect':
        return ring(call, action.leg, action.address, action.timeout)
      case 'release':
        return release(call, action.leg)
      case 'hold':
        return move(call, wait)
      case 'resume':
        return move(call, talkBridge(call))
      case 'transfer':
        return transfer(call, action.address)
      case 'consult':
        return consult.ask(call, action.address, action.timeout)
      case 'endConsult':
        return consult.end(call)
      case 'complete':
        return consult.complete(call)
      case 'hangUp':
        return hangUp(call, 'agent')
      case 'reject':
        endings.set(call, { by: 'agent' })
        return ari.settle('DELETE', `channels/${segment(call)}`, { reason: 'busy' })
      case 'answer':
        return refused('Asterisk has the media itself: it answers, and connects.')
    }
  }

  const leftOver: AriCalls['leftOver'] = async (call) => {
    const inside = await others(call)
    if (E.isLeft(inside)) return inside
    if (inside.right === undefined) talks.delete(call)
    // It may be over, or between two talks, by now.
    if (inside.right === undefined || !talks.has(call)) return E.right(undefined)
    if (inside.right.length > 0) return E.right(await consult.takenOver(call, inside.right))
    const ended = await hangUp(call, 'agent')
    return E.isLeft(ended) ? ended : E.right(undefined)
  }

  return {
    talks,
    endings,
    prepare,
    dropLeg,
    park: (call) => alone(call, () => park(call)),
    join: (call, leg, at) =>
      alone(call, async () => {
        const joined = await connect(call, leg, at)
        if (E.isRight(joined) || talks.has(call)) return joined
        await dropLeg(call, leg)
        // Whom we have called ourselves waits for nobody else.
        if (isPlacedCall(call)) await hangUp(call, 'system')
        return joined
      }),
    leftOver: (call) => alone(call, () => leftOver(call)),
    clear: (call) => alone(call, () => clear(call)),
    askedAnswered: (call) => alone(call, () => consult.answered(call)),
    askedGone: (call) => alone(call, () => consult.gone(call)),
    callerUp: (call) => alone(call, () => placing.callerUp(call)),
    placedLeg: placing.legOf,
    callOff: (call) => alone(call, () => hangUp(call, 'agent')),
    control: (command) => alone(command.call, () => act(command)),
  }
}
