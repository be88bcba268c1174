import type { RawRequest } from '@ramal/channel'
import { twilioSignature } from '@ramal/channel-twilio'

export const TOKEN = 'a-token-of-16-or-more'
export const PUBLIC_URL = 'https://sms.example/webhooks/sms-twilio'
export const AUTH_TOKEN = 'twilio-auth-token'

export const form = (fields: Readonly<Record<string, string>>, query = `?token=${TOKEN}`): RawRequest => ({
  method: 'POST',
  url: `/webhook${query}`,
  headers: new Headers({ 'content-type': 'application/x-www-form-urlencoded' }),
  body: Buffer.from(new URLSearchParams(fields).toString()),
})

export const json = (value: unknown): RawRequest => ({
  method: 'POST',
  url: '/webhook',
  headers: new Headers({ 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` }),
  body: Buffer.from(JSON.stringify(value)),
})

/** As Twilio posts it. */
export const twilioForm = (fields: Readonly<Record<string, string>>, query = ''): RawRequest => {
  const request = form(fields, query)
  const signature = twilioSignature(AUTH_TOKEN, PUBLIC_URL + query, Object.entries(fields))
  const headers = new Headers({
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': signature,
  })
  return { ...request, headers }
}
