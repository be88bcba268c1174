import {
  basicAuth,
  type ChannelAdapter,
  call,
  fetchGuarded,
  formOf,
  isAllowed,
  type MediaFault,
  type OutboundMessage,
  wordOf,
} from '@ramal/channel'
import { checkAccount, type TwilioAccount, verifyTwilio } from '@ramal/channel-twilio'
import * as E from 'fp-ts/lib/Either.js'
import { answered, fault, type Provider, type SmsOptions, smsAdapter, taken } from './adapter.js'
import { decodeTwilio } from './twilio-decode.js'
import { twilioFault } from './twilio-errors.js'
import { twilioValidity } from './validity.js'

export interface TwilioOptions extends SmsOptions, TwilioAccount {
  readonly messagingServiceSid?: string
}

const MEDIA_HOSTS = ['api.twilio.com', '.twiliocdn.com', '.twilio.com']
const MAX_FILE = 16_000_000

const addressee = ({ to }: OutboundMessage): string =>
  to.kind === 'wa_id' ? `whatsapp:+${to.value}` : to.kind === 'bsuid' ? `whatsapp:${to.value}` : to.value

/**
 * SMS and MMS by Twilio. Give Twilio `publicUrl` for incoming messages; statuses come to it by themselves.
 * @throws TypeError when an option is missing
 */
export const twilioSms = (options: TwilioOptions): ChannelAdapter => {
  const { accountSid, publicUrl, messagingServiceSid, origin = 'https://api.twilio.com' } = options
  const authTokens = checkAccount(options)
  const [authToken] = authTokens
  const authorization = basicAuth(accountSid, authToken)
  const secrets = [...authTokens, authorization]

  /** Twilio keeps what customers send until somebody deletes it. */
  const erase = async (reference: string): Promise<E.Either<MediaFault, void>> => {
    const allow = origin === 'https://api.twilio.com' ? ['api.twilio.com'] : [new URL(origin).origin]
    // What is nowhere at Twilio it need not forget.
    if (!URL.canParse(reference) || !isAllowed(new URL(reference), allow)) return E.right(undefined)
    const request = { method: 'DELETE', url: reference, headers: { authorization } }
    const done = await call(request, { ...options, secrets })
    if (E.isLeft(done)) return E.left({ final: false, reason: done.left.reason })
    const { status } = done.right
    if (status === 404 || (status >= 200 && status < 300)) return E.right(undefined)
    return E.left({ final: false, reason: `Twilio answered ${status} to the deletion of a file.` })
  }

  const provider: Provider = {
    name: 'twilio',
    verify: (request) => verifyTwilio(request, publicUrl, authTokens),
    decode: decodeTwilio,
    // Anything but empty instructions would be sent to the customer.
    acknowledge: { status: 200, headers: { 'content-type': 'text/xml' }, body: '<Response/>' },
    request: (message, text, files) => {
      const form = formOf({
        To: addressee(message),
        ...(messagingServiceSid ? { MessagingServiceSid: messagingServiceSid } : { From: message.endpoint }),
        Body: text || undefined,
        MediaUrl: files[0],
        ValidityPeriod: twilioValidity(message)?.toString(),
        // Our id comes back with every status, which is how an uncertain send is resolved.
        StatusCallback: `${publicUrl}?message=${encodeURIComponent(message.message)}`,
      })
      const url = `${origin}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`
      return { method: 'POST', url, ...form, headers: { ...form.headers, authorization } }
    },
    receipt: (answer) => {
      const body = answered(answer)
      if (answer.status < 300) return taken(answer, body.sid, Number(body.num_segments) || undefined)
      const code = wordOf(body.code) ?? ''
      const kind = twilioFault(code)
      return kind && fault(kind, wordOf(body.message) ?? `Twilio answered ${answer.status}.`, code)
    },
    eraseMedia: (reference) => () => erase(reference),
    fetchMedia:
      ({ reference, mimeType }) =>
      () =>
        fetchGuarded(reference, {
          ...options,
          secrets: authTokens,
          allow: origin === 'https://api.twilio.com' ? MEDIA_HOSTS : [new URL(origin).origin],
          maxBytes: MAX_FILE,
          headers: { authorization },
          ...(mimeType === undefined ? {} : { mimeType }),
        }),
  }
  return smsAdapter(provider, { ...options, secrets })
}
