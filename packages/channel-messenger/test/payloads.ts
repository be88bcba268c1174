import { createHmac } from 'node:crypto'
import type { RawRequest } from '@ramal/channel'

export const SECRET = 'a secret of the app'
export const PAGE = '208685'
export const USER = '5678'
export const APP = '15177'

type Json = Readonly<Record<string, unknown>>

export const body = (items: readonly unknown[], more: Json = {}, object = 'page'): Json => ({
  object,
  entry: [{ id: PAGE, time: 1_750_000_000_500, messaging: items, ...more }],
})

/** One item from the user to the page. */
export const item = (what: Json, at = 1_750_000_000_000): Json => ({
  sender: { id: USER },
  recipient: { id: PAGE },
  timestamp: at,
  ...what,
})

export const message = (mid: string, more: Json): Json => body([item({ message: { mid, ...more } })])

export const echo = (mid: string, more: Json): Json =>
  body([
    {
      sender: { id: PAGE },
      recipient: { id: USER },
      timestamp: 1_750_000_000_000,
      message: { mid, is_echo: true, ...more },
    },
  ])

export const request = (json: unknown): RawRequest => {
  const bytes = Buffer.from(JSON.stringify(json))
  const signature = createHmac('sha256', SECRET).update(bytes).digest('hex')
  return {
    method: 'POST',
    url: '/webhooks/messenger',
    headers: new Headers({ 'x-hub-signature-256': `sha256=${signature}` }),
    body: bytes,
  }
}

const image = { type: 'image', payload: { url: 'https://scontent.xx.fbcdn.net/a.png' } }

/** One of each kind, of facts of their own. */
export const samples: readonly Json[] = [
  message('m.1', { text: 'Olá' }),
  message('m.2', { attachments: [image, image] }),
  message('m.3', { text: 'Yes', quick_reply: { payload: 'yes' } }),
  message('m.4', { attachments: [{ type: 'location', payload: { coordinates: { lat: 1.5, long: -2 } } }] }),
  message('m.5', { is_deleted: true }),
  message('m.6', { text: 'nice', reply_to: { story: { url: 'https://x.example', id: 's' } } }),
  echo('m.7', { text: 'from us', app_id: APP, metadata: 'ours-1' }),
  body([
    item({
      postback: { title: 'Start', payload: 'start', referral: { ref: 'r', source: 'ADS', ad_id: '9' } },
    }),
  ]),
  body([item({ reaction: { mid: 'm.1', action: 'react', emoji: '😢', reaction: 'sad' } })]),
  body([item({ message_edit: { mid: 'm.1', text: 'Oi', num_edit: 1 } })]),
  body([item({ read: { watermark: 1_750_000_000_000 } })]),
  body([item({ delivery: { mids: ['m.8', 'm.9'], watermark: 1_750_000_000_000 } })]),
  body([item({ optin: { type: 'notification_messages', notification_messages_token: 'x' } })]),
  body([item({ referral: { ref: 'r', source: 'SHORTLINK', type: 'OPEN_THREAD' } }, 1_750_000_000_003)]),
  body([item({ pass_thread_control: { new_owner_app_id: APP } })]),
  body([
    { recipient: { id: PAGE }, timestamp: 5, 'policy-enforcement': { action: 'block', reason: 'spam' } },
  ]),
]
