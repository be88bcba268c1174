import {
  type CallMissedReported,
  type ChannelEvent,
  numberOf,
  type Parameters,
  peerOf,
  present,
} from '@ramal/channel'
import { hashOf, type Instant } from '@ramal/core'
import type { Identifier } from '@ramal/customer'

type Ended = Extract<ChannelEvent, { kind: 'callEnded' }>

/** Numbers that Twilio shows for callers who hide theirs: ANONYMOUS and the like, typed on a telephone. */
const HIDDEN = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253'])

const callerOf = (from: string | undefined): readonly Identifier[] =>
  from === undefined || HIDDEN.has(numberOf(from)) ? [] : peerOf(from)

const OVER: ReadonlySet<string> = new Set(['completed', 'busy', 'no-answer', 'canceled', 'failed'])

export const isOver = ({ get }: Parameters): boolean => OVER.has(get('CallStatus')?.toLowerCase() ?? '')

export const stepOf = ({ get }: Parameters): string => get('step') ?? ''

const MISSED: Readonly<Record<string, CallMissedReported['cause']>> = {
  'no-answer': 'noAnswer',
  canceled: 'noAnswer',
  busy: 'busy',
  failed: 'failed',
}

/** Why nobody answered, by the result of a `<Dial>`; nothing when somebody did. */
export const missedBy = ({ get }: Parameters): CallMissedReported['cause'] | undefined => {
  const status = get('DialCallStatus')?.toLowerCase() ?? ''
  return Object.hasOwn(MISSED, status) ? MISSED[status] : undefined
}

const seconds = (text: string | undefined): number | undefined => {
  const ms = Math.round(Number(text) * 1000)
  return text !== undefined && Number.isSafeInteger(ms) && ms >= 0 ? ms : undefined
}

/** What the customer's channel is, in every webhook of it. */
const reported = (parameters: Parameters, call: string, fact: string, at: Instant) => {
  const { get } = parameters
  const ours = (get('Direction') ?? 'inbound') !== 'inbound'
  const [from, to] = ours ? [get('To'), get('From')] : [get('From', 'Caller'), get('To', 'Called')]
  const name = get('CallerName')
  return {
    dedupeKey: `twilio:${call}:${fact}`,
    at,
    endpoint: to === undefined ? '' : numberOf(to),
    peer: callerOf(from),
    call,
    ...(name ? { profileName: name } : {}),
  }
}

/** Of a phone that is rung: `call` is the customer's, whose ends the webhook does not name. */
const ofLeg = (call: string, leg: string, fact: string, at: Instant) => ({
  dedupeKey: `twilio:${call}:${leg}:${fact}`,
  at,
  endpoint: '',
  peer: [],
  call,
  leg,
})

const ended = (parameters: Parameters, call: string, at: Instant, by: Ended['by']): Ended => {
  const { get, record } = parameters
  return {
    ...reported(parameters, call, 'ended', at),
    kind: 'callEnded',
    by,
    ...present({
      cause: get('CallStatus', 'DialCallStatus'),
      duration: seconds(get('DialCallDuration', 'CallDuration')),
    }),
    raw: record,
  }
}

const offered = (parameters: Parameters, call: string, at: Instant): readonly ChannelEvent[] => {
  const { get, record } = parameters
  if (isOver(parameters)) return [ended(parameters, call, at, 'unknown')]
  const base = { ...reported(parameters, call, 'offered', at), raw: record }
  const direction = (get('Direction') ?? 'inbound') === 'inbound' ? 'inbound' : 'outbound'
  return [
    {
      ...base,
      kind: 'callOffered',
      direction,
      ...present({ from: get('From', 'Caller'), to: get('To', 'Called') }),
    },
  ]
}

/** The end of a `<Dial>` that rang an agent. */
const dialled = (parameters: Parameters, call: string, leg: string, at: Instant): readonly ChannelEvent[] => {
  if (isOver(parameters)) return [ended(parameters, call, at, 'customer')]
  const cause = missedBy(parameters)
  return cause === undefined
    ? [ended(parameters, call, at, 'agent')]
    : [{ ...ofLeg(call, leg, 'missed', at), kind: 'callMissed', cause }]
}

const rung = (parameters: Parameters, call: string, leg: string, at: Instant): readonly ChannelEvent[] => {
  const status = parameters.get('CallStatus')?.toLowerCase()
  if (status === 'ringing') return [{ ...ofLeg(call, leg, 'rang', at), kind: 'callRang' }]
  if (status === 'in-progress') return [{ ...ofLeg(call, leg, 'answered', at), kind: 'callAnswered' }]
  return []
}

const left = (parameters: Parameters, call: string, at: Instant): readonly ChannelEvent[] => {
  const { get, record } = parameters
  const result = get('QueueResult')?.toLowerCase() ?? ''
  if (result === 'hangup' || isOver(parameters)) return [ended(parameters, call, at, 'customer')]
  if (!/full|error/.test(result)) return []
  const what = `queue: ${result}`
  const { call: _, ...base } = reported(parameters, call, `left:${hashOf(record)}`, at)
  return [{ ...base, kind: 'endpointHealth', level: 'degraded', what }]
}

const recorded = ({ get, record }: Parameters, call: string, at: Instant): readonly ChannelEvent[] => {
  const recording = get('RecordingUrl', 'RecordingSid')
  const status = get('RecordingStatus')?.toLowerCase()
  if (recording === undefined || (status !== undefined && status !== 'completed')) return []
  return [
    {
      dedupeKey: `twilio:${call}:recorded:${get('RecordingSid') ?? hashOf(recording)}`,
      at,
      endpoint: '',
      peer: [],
      kind: 'callRecorded',
      call,
      recording,
      ...present({ duration: seconds(get('RecordingDuration')) }),
      raw: record,
    },
  ]
}

const UNREACHED: Readonly<Record<string, NonNullable<Ended['outcome']>>> = {
  'no-answer': 'noAnswer',
  busy: 'busy',
  failed: 'failed',
  canceled: 'cancelled',
}

/** Of a call that we place: of the agent's own phone, of the customer's, or what came of ringing the customer. */
const placed = (
  parameters: Parameters,
  step: 'placed' | 'customer' | 'reached',
  { call, leg, sid }: { readonly call: string; readonly leg: string; readonly sid: string },
  at: Instant,
): readonly ChannelEvent[] => {
  const { get, record } = parameters
  const about = { at, endpoint: '', peer: [], call }
  const status = get(step === 'reached' ? 'DialCallStatus' : 'CallStatus')?.toLowerCase() ?? ''
  const outcome = Object.hasOwn(UNREACHED, status) ? UNREACHED[status] : undefined
  const end = { ...about, dedupeKey: `twilio:${call}:ended`, kind: 'callEnded', by: 'unknown' } as const
  const named = { ...about, dedupeKey: `twilio:${call}:named:${sid}`, kind: 'callNamed', name: sid } as const
  if (step === 'reached') return outcome ? [{ ...end, by: 'customer', outcome, raw: record }] : []
  if (step === 'placed') {
    // Only the first: by the next the customer's call may have given its name.
    if (status === 'initiated' || status === 'queued') return [named]
    if (!OVER.has(status)) return []
    // Who hangs up before the customer answers has called nobody; once they talk, the customer's end is the end.
    const cause = MISSED[status] ?? 'noAnswer'
    return [{ ...ofLeg(call, leg, 'missed', at), kind: 'callMissed', cause }]
  }
  if (status === 'in-progress') return [named, { ...ofLeg(call, leg, 'answered', at), kind: 'callAnswered' }]
  if (!OVER.has(status)) return [named]
  const duration = seconds(get('CallDuration'))
  return [
    outcome
      ? { ...end, by: 'customer', outcome, raw: record }
      : { ...end, ...present({ duration }), raw: record },
  ]
}

/** A form of Twilio about a call; which of our steps it comes from stands in the address. */
export const decodeTwilioCall = (parameters: Parameters, at: Instant): readonly ChannelEvent[] => {
  const { get, record } = parameters
  const step = stepOf(parameters)
  const sid = get('CallSid')
  const call = step === 'leg' ? get('ParentCallSid', 'call') : sid
  const leg = get('leg')
  const needsLeg = step === 'leg' || step === 'dialled'
  const ours = get('call')
  if (step === 'placed' || step === 'customer' || step === 'reached')
    if (sid !== undefined && leg !== undefined && ours !== undefined)
      return placed(parameters, step, { call: ours, leg, sid }, at)
  if (call !== undefined && !(needsLeg && leg === undefined))
    switch (step) {
      case '':
        return offered(parameters, call, at)
      case 'wait':
        return []
      case 'left':
        return left(parameters, call, at)
      case 'leg':
        return rung(parameters, call, leg ?? '', at)
      case 'dialled':
        return dialled(parameters, call, leg ?? '', at)
      case 'transferred':
        return [ended(parameters, call, at, isOver(parameters) ? 'customer' : 'unknown')]
      case 'status':
        return isOver(parameters) ? [ended(parameters, call, at, 'unknown')] : []
      case 'recorded':
        return recorded(parameters, call, at)
    }
  return [
    {
      kind: 'unrecognised',
      dedupeKey: `twilio:${hashOf(record)}`,
      at,
      endpoint: '',
      peer: [],
      type: `form ${step}`.trim(),
      reason: 'It is about no call, or comes from no step of ours.',
      raw: record,
    },
  ]
}
