import type { ChannelEvent, ChannelHost, SendFault } from '@ramal/channel'
import { finish } from '@ramal/channel'
import type { Instant } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type { AriCalls } from './ari-calls.js'
import type { AriFrame } from './ari-codec.js'
import { type AriEntry, calledBy, decodeFrame, instantOf, readFrame } from './ari-decode.js'
import { CONSULT, callOfTalk, legOf } from './ari-names.js'

export interface SessionContext {
  readonly calls: AriCalls
  readonly entry: AriEntry
  readonly host: ChannelHost
  readonly signal: AbortSignal
  readonly onTrouble: (error: Error) => void
}

const PAUSE = 1_000

/** Hands in what is reported until it is in the log: Asterisk says everything only once. */
export const deliver = async (
  { host, signal, onTrouble }: SessionContext,
  events: readonly ChannelEvent[],
): Promise<void> => {
  for (let pause = PAUSE; events.length > 0 && !signal.aborted; pause = Math.min(pause * 2, 30 * PAUSE)) {
    try {
      await host.ingest(events)
      return
    } catch (cause) {
      onTrouble(
        new Error('What Asterisk reported could not be stored; it is kept and tried again.', { cause }),
      )
      await host.clock.sleep(pause, signal)
    }
  }
}

/** What the frame alone does not say of the end of a call: who hung up first, and how long they talked. */
const completed = ({ calls }: SessionContext, event: ChannelEvent): ChannelEvent => {
  if (event.kind !== 'callEnded') return event
  const talk = calls.talks.get(event.call)
  const duration = talk && Math.max(0, event.at - talk.since)
  return { ...event, ...calls.endings.get(event.call), ...(duration === undefined ? {} : { duration }) }
}

/** A customer who has hung up in the meantime is no trouble. */
const noteTrouble = ({ onTrouble }: SessionContext, done: E.Either<SendFault, unknown>): void => {
  if (E.isLeft(done) && done.left.class !== 'recipient') onTrouble(new Error(done.left.reason))
}

/** An agent has the call when they are with the customer, and not before: who picks up and is gone has missed it. */
export const connected = async (
  { calls }: Pick<SessionContext, 'calls'>,
  event: ChannelEvent,
  at: Instant,
): Promise<ChannelEvent> => {
  if (event.kind !== 'callAnswered' || event.leg === undefined) return event
  const { call, leg, endpoint, peer } = event
  if (E.isRight(await calls.join(call, leg, at))) return event
  const dedupeKey = `ari:${call}:${leg}:missed`
  return { kind: 'callMissed', dedupeKey, at, endpoint, peer, call, leg, cause: 'failed' }
}

/** Notes who hung up; the first counts, and hanging up for others, which Asterisk calls soft, does not. */
const noteHangup = ({ calls, entry }: SessionContext, { channel, soft }: AriFrame): void => {
  if (!channel || soft) return
  const leg = legOf(channel.id)
  if (leg?.leg === CONSULT) return
  if (leg) {
    const talks = calls.talks.get(leg.call)?.leg === leg.leg
    if (talks && !calls.endings.has(leg.call)) calls.endings.set(leg.call, { by: 'agent' })
  } else if (calledBy(channel, entry) !== undefined && !calls.endings.has(channel.id))
    calls.endings.set(channel.id, { by: 'customer' })
}

/** Somebody has left: that may be the end of the call, or the customer has been passed on by it. */
const endTalk = async (session: SessionContext, { bridge, channel }: AriFrame): Promise<void> => {
  const call = callOfTalk(bridge?.id ?? '')
  if (call === undefined || channel?.id === call) return
  const left = await session.calls.leftOver(call)
  noteTrouble(session, left)
  if (E.isLeft(left) || left.right === undefined) return
  const at = session.host.clock.now()
  const dedupeKey = `ari:${call}:ended`
  const passedOn = { by: 'agent', transferredTo: left.right, attended: true } as const
  await deliver(session, [{ kind: 'callEnded', dedupeKey, at, endpoint: '', peer: [], call, ...passedOn }])
}

/** Whoever an agent asks picks up, or goes. */
const followAsked = async (session: SessionContext, type: string, call: string): Promise<void> => {
  const { calls } = session
  if (type === 'StasisStart') noteTrouble(session, await calls.askedAnswered(call))
  if (type === 'StasisEnd' || type === 'ChannelDestroyed') noteTrouble(session, await calls.askedGone(call))
}

/** An agent who wants to call a customer picks up, or hangs up before the customer has. */
const followCaller = async (session: SessionContext, type: string, call: string): Promise<void> => {
  const { calls, host } = session
  const isUp = type === 'StasisStart'
  // They did not answer: what was reported of it is the end.
  if (type === 'ChannelDestroyed') return noteTrouble(session, await calls.clear(call))
  if (!isUp && type !== 'StasisEnd') return
  const called = isUp ? await calls.callerUp(call) : undefined
  if (called && E.isRight(called)) return
  noteTrouble(session, called ?? E.right(undefined))
  const base = { dedupeKey: `ari:${call}:ended`, at: host.clock.now(), endpoint: '', peer: [], call }
  const how = isUp
    ? ({ by: 'system', outcome: 'failed' } as const)
    : ({ by: 'agent', outcome: 'cancelled' } as const)
  await deliver(session, [{ ...base, kind: 'callEnded', ...how }])
  noteTrouble(session, await calls.callOff(call))
  noteTrouble(session, await calls.clear(call))
}

/** Does what a frame asks for, once what it reports is in the log. */
export const handleFrame = async (session: SessionContext, json: unknown, size: number): Promise<void> => {
  const { calls, entry, host } = session
  const now = host.clock.now()
  const frame = readFrame(json)
  if (frame?.type === 'ChannelHangupRequest') noteHangup(session, frame)
  const leg = frame?.channel && legOf(frame.channel.id)
  const isCaller = leg !== undefined && calls.placedLeg(leg.call) === leg.leg
  // Who was asked says something about the customer only while an agent is there to be back with.
  const talk = leg && calls.talks.get(leg.call)?.leg
  const isNews = leg?.leg !== CONSULT || (talk !== undefined && talk !== CONSULT)
  const decoded = isNews ? finish(decodeFrame(json, entry, now), size) : []
  const at = instantOf(frame?.timestamp, now)
  const joined = await Promise.all(decoded.map((one) => connected(session, one, at)))
  const events = joined.map((one) => completed(session, one))
  const [event] = events
  await deliver(session, events)
  if (!frame) return
  if (leg?.leg === CONSULT && frame.type !== 'ChannelLeftBridge')
    return followAsked(session, frame.type, leg.call)
  if (isCaller) return followCaller(session, frame.type, leg.call)
  if (frame.type === 'ChannelLeftBridge') return endTalk(session, frame)
  if (event?.kind === 'callOffered') noteTrouble(session, await calls.park(event.call))
  const isOver = frame.type === 'StasisEnd' || frame.type === 'ChannelDestroyed'
  if (isOver && event?.kind === 'callEnded') noteTrouble(session, await calls.clear(event.call))
}

/** Frames of one call are taken in order. */
export const orderOf = (json: unknown): string => {
  const frame = readFrame(json)
  const channel = frame?.channel ?? frame?.peer ?? frame?.transferer_first_leg
  const id = channel?.id ?? ''
  return callOfTalk(frame?.bridge?.id ?? '') ?? legOf(id)?.call ?? id
}
