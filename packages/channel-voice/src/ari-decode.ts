import {
  type CallMissedReported,
  type ChannelEvent,
  isPlacedCall,
  numberOf,
  peerOf,
  present,
} from '@ramal/channel'
import { hashOf, type Instant } from '@ramal/core'
import type { Identifier } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import { type AriChannel, type AriFrame, ariFrame } from './ari-codec.js'
import { CALLER, CONSULT, callOfTalk, legOf } from './ari-names.js'

/** How calls come into our Stasis application: `Stasis(app,arg,number that was called)`. */
export interface AriEntry {
  readonly app: string
  /** The first argument of calls from customers. Whatever else enters the application is not ours. */
  readonly arg: string
  /** One way to write the numbers of callers, such as with the country code that the trunk leaves out. */
  readonly caller?: (number: string) => string
}

export const instantOf = (text: string | undefined, otherwise: Instant): Instant => {
  // ECMAScript knows +00:00; Asterisk writes +0000.
  const at = Date.parse((text ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(at) || at < 0 ? otherwise : at
}

/** The number that was called, if the channel is that of a customer; it says so for as long as it is with us. */
export const calledBy = (
  { dialplan, id }: AriChannel,
  entry: AriEntry,
  args?: readonly string[],
): string | undefined => {
  if (legOf(id)) return undefined
  // Whom we have called: our number is the second argument, once they have answered.
  if (isPlacedCall(id)) return args?.[1] ?? (dialplan?.app_data ?? '').split(',')[2] ?? ''
  const [app, arg, called] = args ? [entry.app, ...args] : (dialplan?.app_data ?? '').split(',')
  if (app !== entry.app || arg !== entry.arg) return undefined
  return called || dialplan?.exten || undefined
}

const peersOf = ({ caller }: AriChannel, entry: AriEntry): readonly Identifier[] =>
  peerOf((entry.caller ?? numberOf)(caller?.number ?? ''))

/** Of a customer's channel, once for each fact. */
const reported = (channel: AriChannel, entry: AriEntry, fact: string, at: Instant, called?: string) => ({
  dedupeKey: `ari:${channel.id}:${fact}`,
  at,
  endpoint: called ?? calledBy(channel, entry) ?? '',
  peer: peersOf(channel, entry),
  call: channel.id,
  ...(channel.caller?.name ? { profileName: channel.caller.name } : {}),
})

const ofLeg = (call: string, leg: string, fact: string, at: Instant) => ({
  dedupeKey: `ari:${call}:${leg}:${fact}`,
  at,
  endpoint: '',
  peer: [],
  call,
  leg,
})

const ofCall = (call: string, fact: string, at: Instant) => ({
  dedupeKey: `ari:${call}:${fact}`,
  at,
  endpoint: '',
  peer: [],
  call,
})

/** Why a phone was not answered. Source: ITU-T Q.850, as Asterisk uses it. 16 is what our own hanging up gives. */
const missedBy = (cause: number | undefined): CallMissedReported['cause'] => {
  if (cause === 17) return 'busy'
  if (cause === 21) return 'rejected'
  return cause === 16 || cause === 18 || cause === 19 ? 'noAnswer' : 'failed'
}

export const offeredEvent = (
  channel: AriChannel,
  entry: AriEntry,
  at: Instant,
  args?: readonly string[],
): ChannelEvent | undefined => {
  const called = isPlacedCall(channel.id) ? undefined : calledBy(channel, entry, args)
  if (called === undefined) return undefined
  const from = channel.caller?.number
  return {
    ...reported(channel, entry, 'offered', at, called),
    kind: 'callOffered',
    direction: 'inbound',
    ...(from ? { from } : {}),
    to: called,
  }
}

/** The call of which an agent has passed the customer on, and to whom, if that worked. */
const transferOf = (frame: AriFrame): { readonly call: string; readonly to: string } | undefined => {
  if (frame.result !== undefined && frame.result !== 'Success') return undefined
  const legs =
    frame.type === 'BridgeBlindTransfer'
      ? [frame.channel]
      : [frame.transferer_first_leg, frame.transferer_second_leg]
  const call = legs.map((leg) => leg && legOf(leg.id)?.call).find((found) => found !== undefined)
  const target = frame.transfer_target
  const to = frame.exten || target?.caller?.number || target?.connected?.number || target?.name
  return call === undefined ? undefined : { call, to: to || 'unknown' }
}

/** What ARI sends; most of it is no news about a call: what is heard, what is set, who is registered. */
const KNOWN =
  /^(Application|Bridge|Channel|ContactStatus|DeviceState|Dial$|Endpoint|PeerStatus|Playback|Recording|REST|Stasis|TextMessage)/

/** Who was asked did not come, or has gone: the customer is back, unless they were passed on. */
const consultEvents = ({ type, timestamp }: AriFrame, call: string, at: Instant): readonly ChannelEvent[] =>
  type === 'ChannelDestroyed' || type === 'StasisEnd'
    ? [{ ...ofCall(call, `callResumed:${timestamp ?? ''}`, at), kind: 'callResumed' }]
    : []

const eventsOf = (frame: AriFrame, entry: AriEntry, receivedAt: Instant): readonly ChannelEvent[] => {
  const at = instantOf(frame.timestamp, receivedAt)
  const { channel } = frame
  const leg = channel && legOf(channel.id)
  // Whom an agent asks is no agent: only that they have gone says something about the customer.
  if (leg?.leg === CONSULT) return consultEvents(frame, leg.call, at)
  switch (frame.type) {
    case 'StasisStart': {
      // Who wants to call a customer has them only when the customer answers too.
      if (leg && frame.args?.[0] === CALLER) return []
      if (leg) return [{ ...ofLeg(leg.call, leg.leg, 'answered', at), kind: 'callAnswered' }]
      if (channel && isPlacedCall(channel.id)) {
        const caller = frame.args?.[2]
        return caller ? [{ ...ofLeg(channel.id, caller, 'answered', at), kind: 'callAnswered' }] : []
      }
      // Who takes the place of another channel is no new call.
      const offered = channel && !frame.replace_channel && offeredEvent(channel, entry, at, frame.args)
      return offered ? [offered] : []
    }
    case 'Dial': {
      const rung = frame.peer && legOf(frame.peer.id)
      if (!rung || rung.leg === CONSULT || frame.dialstatus !== 'RINGING') return []
      return [{ ...ofLeg(rung.call, rung.leg, 'rang', at), kind: 'callRang' }]
    }
    case 'ChannelDestroyed':
      // One that was answered has its end as StasisEnd.
      if (channel && channel.state !== 'Up' && isPlacedCall(channel.id))
        return [
          {
            ...ofCall(channel.id, 'ended', at),
            ...{ kind: 'callEnded', by: 'customer', outcome: missedBy(frame.cause) },
            ...(frame.cause_txt ? { cause: frame.cause_txt } : {}),
          },
        ]
      if (!leg || channel?.state === 'Up') return []
      return [
        {
          ...ofLeg(leg.call, leg.leg, 'missed', at),
          kind: 'callMissed',
          cause: missedBy(frame.cause),
          ...(frame.cause_txt ? { raw: present({ cause: frame.cause, text: frame.cause_txt }) } : {}),
        },
      ]
    case 'ChannelHold':
    case 'ChannelUnhold': {
      if (!leg) return []
      const kind = frame.type === 'ChannelHold' ? 'callHeld' : 'callResumed'
      return [{ ...ofCall(leg.call, `${kind}:${frame.timestamp ?? ''}`, at), kind }]
    }
    case 'BridgeBlindTransfer':
    case 'BridgeAttendedTransfer': {
      const passed = transferOf(frame)
      if (!passed) return []
      const ended = { ...ofCall(passed.call, 'ended', at), kind: 'callEnded', by: 'agent' } as const
      const attended = frame.type === 'BridgeAttendedTransfer'
      return [{ ...ended, transferredTo: passed.to, ...(attended ? { attended } : {}) }]
    }
    case 'StasisEnd': {
      const called = channel && calledBy(channel, entry)
      if (!channel || called === undefined) return []
      return [{ ...reported(channel, entry, 'ended', at, called), kind: 'callEnded', by: 'unknown' }]
    }
    case 'RecordingFinished': {
      const { name, target_uri = '', duration } = frame.recording ?? {}
      const call = callOfTalk(target_uri.replace(/^bridge:/, ''))
      if (name === undefined || call === undefined) return []
      const counted = duration === undefined ? undefined : Math.max(0, Math.round(duration * 1000))
      // What is no number of milliseconds any more is no duration.
      const ms = Number.isSafeInteger(counted) ? counted : undefined
      return [
        {
          ...ofCall(call, `recorded:${name}`, at),
          kind: 'callRecorded',
          recording: name,
          ...present({ duration: ms }),
        },
      ]
    }
    default:
      return []
  }
}

/** What a frame is. Total: what is no frame is undefined. */
export const readFrame = (u: unknown): AriFrame | undefined => {
  const read = ariFrame.decode(u)
  return E.isRight(read) ? read.right : undefined
}

/**
 * What a frame of Asterisk's event socket reports about calls; nothing for what is no news about one. Digits that
 * are dialled are left out on purpose: they may be somebody's card or code.
 */
export const decodeFrame = (u: unknown, entry: AriEntry, receivedAt: Instant): readonly ChannelEvent[] => {
  const frame = readFrame(u)
  if (frame && KNOWN.test(frame.type)) return eventsOf(frame, entry, receivedAt)
  return [
    {
      kind: 'unrecognised',
      dedupeKey: `ari:${hashOf(u)}`,
      at: receivedAt,
      endpoint: '',
      peer: [],
      type: frame?.type || 'frame',
      reason: 'Asterisk is not known to send this.',
      raw: u,
    },
  ]
}
