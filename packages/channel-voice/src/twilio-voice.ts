import {
  basicAuth,
  type CallCommand,
  type ChannelAdapter,
  call as callHttp,
  faultOfStatus,
  finish,
  formOf,
  type HttpOptions,
  isObject,
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

const refused = (reason: string): E.Either<SendFault, never> => E.left({ class: 'content', reason })

/** The change of a call that an action is, as fields of Twilio's API. */
const changeOf = (
  script: TwilioScript,
  { call, action }: CallCommand,
): E.Either<SendFault, Readonly<Record<string, string>>> => {
  switch (action.kind) {
    case 'connect': {
      const seconds = Math.max(1, Math.ceil(action.timeout / 1000))
      return E.right({ Twiml: script.ring(call, action.leg, action.address, seconds) })
    }
    case 'release':
      return E.right({ Twiml: script.wait })
    case 'transfer':
      return E.right({ Twiml: script.passOn(action.address) })
    case 'hangUp':
    case 'reject':
      return E.right({ Status: 'completed' })
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
 * status. It rings one agent at a time for a call.
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
    const change = changeOf(script, command)
    if (E.isLeft(change)) return change
    const account = encodeURIComponent(accountSid)
    const url = `${origin}/2010-04-01/Accounts/${account}/Calls/${encodeURIComponent(command.call)}.json`
    const form = formOf(change.right)
    const request = { method: 'POST', url, ...form, headers: { ...form.headers, authorization } }
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
