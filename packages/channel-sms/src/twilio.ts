import { type ChannelAdapter, fetchGuarded, type OutboundMessage } from '@ramal/channel'
import {
  answered,
  basicAuth,
  fault,
  formOf,
  type Provider,
  type SmsOptions,
  smsAdapter,
  taken,
} from './adapter.js'
import { decodeTwilio } from './twilio-decode.js'
import { twilioFault } from './twilio-errors.js'
import { verifyTwilio } from './twilio-signature.js'

export interface TwilioOptions extends SmsOptions {
  readonly accountSid: string
  /** Signs webhooks and calls the API. Two while one replaces the other; the first calls. */
  readonly authToken: string | readonly string[]
  /**
   * Where Twilio posts: the public address of this adapter, without a query. Part of every signature, and never
   * taken from the request.
   */
  readonly publicUrl: string
  readonly messagingServiceSid?: string
  /** Default `https://api.twilio.com`. */
  readonly origin?: string
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
  const authTokens = [options.authToken].flat()
  const [authToken] = authTokens
  if (!authToken || !accountSid)
    throw new TypeError('twilio needs accountSid and authToken: see its console.')
  if (!URL.canParse(publicUrl) || publicUrl.includes('?'))
    throw new TypeError('twilio needs publicUrl: the https address that it posts to, without a query.')
  const authorization = basicAuth(accountSid, authToken)
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
        // Our id comes back with every status, which is how an uncertain send is resolved.
        StatusCallback: `${publicUrl}?message=${encodeURIComponent(message.message)}`,
      })
      const url = `${origin}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`
      return { method: 'POST', url, ...form, headers: { ...form.headers, authorization } }
    },
    receipt: (answer) => {
      const body = answered(answer)
      if (answer.status < 300) return taken(answer, body.sid, Number(body.num_segments) || undefined)
      const code = String(body.code ?? '')
      const kind = twilioFault(code)
      return kind && fault(kind, String(body.message ?? `Twilio answered ${answer.status}.`), code)
    },
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
  return smsAdapter(provider, { ...options, secrets: [...authTokens, authorization] })
}
