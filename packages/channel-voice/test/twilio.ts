import type { RawRequest } from '@ramal/channel'
import { twilioSignature } from '@ramal/channel-twilio'

export const PUBLIC_URL = 'https://voice.example/webhooks/voice-twilio'
export const AUTH_TOKEN = 'the-auth-token-of-twilio'
export const OURS = '+551140028922'
export const ANA = '+5511987654321'
export const CALL = 'CA0123456789abcdef0123456789abcdef'

/** A signed webhook of Twilio; `step` is what stands in its address. */
export const webhook = (
  fields: Readonly<Record<string, string>>,
  step: Readonly<Record<string, string>> = {},
): RawRequest => {
  const query = new URLSearchParams(step).toString()
  const url = query ? `${PUBLIC_URL}?${query}` : PUBLIC_URL
  return {
    method: 'POST',
    url,
    headers: new Headers({
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilioSignature(AUTH_TOKEN, url, Object.entries(fields)),
    }),
    body: new TextEncoder().encode(new URLSearchParams(fields).toString()),
  }
}

export const incoming = {
  CallSid: CALL,
  AccountSid: 'AC1',
  From: ANA,
  Caller: ANA,
  To: OURS,
  Called: OURS,
  Direction: 'inbound',
  CallStatus: 'ringing',
  ApiVersion: '2010-04-01',
  FromCountry: 'BR',
}
