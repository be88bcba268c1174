import {
  basicAuth,
  type CallCommand,
  type ChannelAdapter,
  call as callHttp,
  faultOfStatus,
  finish,
  type HttpOptions,
  isObject,
  isPlacedCall,
  parametersOf,
  type RawRequest,
  type Reply,
  type SendFault,
} from '@ramal/channel'
import { checkAccount, type TwilioAccount, verifyTwilio } from '@ramal/channel-twilio'
import { systemClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { decodeTwilioCall, isOver, missedBy, stepOf } from './twilio-decode.js'
import { type ScriptOptions, type TwilioScript, twilioScript } from './twilio-script.js'
import { replyWith } from './twiml.js'
import { endpointsOf, type VoiceNumber } from './voice-number.js'

export interface TwilioVoiceOptions extends TwilioAccount, ScriptOptions, Omit<HttpOptions, 'secrets'> {
  /** The adapter's id. Default `voice-twilio`. */
  readonly id?: string
  /** Default `phone`. */
  readonly channel?: string
  readonly numbers: readonly VoiceNumber[]
}

/** What Twilio does next, by what it asks. */
const nextFor = (script: TwilioScript, request: RawRequest): string => {
  const parameters = parametersOf(request)
  if (isOver(parameters)) return script.nothing
  switch (stepOf(parameters)) {
    case '':
      return script.wait
    case 'wait':
      return script.music
    case 'left':
      return /full|error/i.test(parameters.get('QueueResult') ?? '') ? script.waitLater : script.nothing
    case 'dialled':
      return missedBy(parameters) === undefined ? script.hangUp : script.wait
    case 'transferred':
    case 'reached':
      return script.hangUp
    default:
      return script.nothing
  }
}

/** 21220: the call is over; it cannot be changed any more. */
const CALL_IS_OVER = new Set(['21220', '20404'])

const codeOf = (text: string): string => {
  try {
    const body: unknown = JSON.parse(text)
    return isObject(body) ? String(body.code ?? '') : ''
  } catch {
    return ''
  }
}

const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000))

const refused = (reason: string): E.Either<SendFault, never> => E.left({ class: 'content', reason })

/** What Twilio is asked for: another call, or the change of one. */
const fieldsOf = (
  script: TwilioScript,
  { call: ours, name, endpoint, action }: CallCommand,
): E.Either<SendFault, URLSearchParams> => {
  const call = name ?? ours
  const fields = (some: Readonly<Record<string, string>>) => E.right(new URLSearchParams(some))
  switch (action.kind) {
    case 'place': {
      const { leg, address, timeout, to, toTimeout } = action
      const placed = { call: ours, leg, to, from: endpoint, seconds: secondsOf(toTimeout) }
      const asked = new URLSearchParams({
        To: address,
        From: endpoint,
        Timeout: String(secondsOf(timeout)),
        Twiml: script.place(placed),
        StatusCallback: script.placedStatus(placed),
      })
      for (const step of ['initiated', 'completed']) asked.append('StatusCallbackEvent', step)
      return E.right(asked)
    }
    case 'connect': {
      return fields({ Twiml: script.ring(call, action.leg, action.address, secondsOf(action.timeout)) })
    }
    case 'release':
      return fields({ Twiml: script.wait })
    case 'transfer':
      return fields({ Twiml: script.passOn(action.address) })
    case 'hangUp':
    case 'reject':
      return fields({ Status: 'completed' })
    case 'hold':
    case 'resume':
    case 'consult':
    case 'endConsult':
    case 'complete':
      return refused('Twilio holds calls only in conferences, which this adapter does not make.')
    case 'answer':
      return refused('Twilio has the media itself: it answers, and connects.')
  }
}

/**
 * Calls of Twilio. Give Twilio `publicUrl` for incoming calls, and `publicUrl?step=status` for changes of a call's
 * status. It rings one agent at a time for a call. Customers are called from a number of yours that Twilio lets call.
 * @throws TypeError when an option is missing
 */
export const twilioVoice = (options: TwilioVoiceOptions): ChannelAdapter => {
  const { id = 'voice-twilio', channel = 'phone', numbers, accountSid, publicUrl } = options
  const { origin = 'https://api.twilio.com', clock = systemClock } = options
  const authTokens = checkAccount(options)
  const [authToken] = authTokens
  if (numbers.length === 0) throw new TypeError('twilio needs numbers: one or more of yours.')
  const script = twilioScript(options)
  const authorization = basicAuth(accountSid, authToken)
  const secrets = [...authTokens, authorization]

  const control = async (command: CallCommand): Promise<E.Either<SendFault, void>> => {
    const { call, name, action } = command
    const isNew = action.kind === 'place'
    if (!isNew && name === undefined && isPlacedCall(call))
      return E.left({ class: 'recipient', reason: 'Twilio has not said yet what it calls this call.' })
    const asked = fieldsOf(script, command)
    if (E.isLeft(asked)) return asked
    const calls = `${origin}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Calls`
    const url = isNew ? `${calls}.json` : `${calls}/${encodeURIComponent(name ?? call)}.json`
    const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization }
    const request = { method: 'POST', url, body: asked.right.toString(), headers }
    const answered = await callHttp(request, { ...options, secrets })
    if (E.isLeft(answered)) return answered
    const { status, text } = answered.right
    if (status >= 200 && status < 300) return E.right(undefined)
    const code = codeOf(text)
    return CALL_IS_OVER.has(code)
      ? E.left({ class: 'recipient', reason: 'The call is over.', code })
      : E.left(faultOfStatus(answered.right, clock.now()))
  }

  const instruct = (request: RawRequest): Reply => replyWith(nextFor(script, request))

  return {
    channel,
    id,
    endpoints: endpointsOf(numbers),
    verify: (request) => verifyTwilio(request, publicUrl, authTokens),
    decode: (request, at) => finish(decodeTwilioCall(parametersOf(request), at), request.body.length),
    instruct,
    send: () => async () => refused('Nothing can be written in a telephone call.'),
    control: (command) => () => control(command),
  }
}
