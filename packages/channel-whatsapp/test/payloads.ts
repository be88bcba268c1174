import { createHmac } from 'node:crypto'
import type { RawRequest } from '@ramal/channel'

export const SECRET = 'a secret of the app'
export const NUMBER = '100200300'
export const USER_ID = 'BR.8jk2Lm4'

type Json = Readonly<Record<string, unknown>>

/** A body of one change. */
export const body = (value: Json, field = 'messages', more: Json = {}): Json => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '900800700',
      ...more,
      changes: [
        {
          field,
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: '+55 11 4000-0000', phone_number_id: NUMBER },
            ...value,
          },
        },
      ],
    },
  ],
})

export const ana = { profile: { name: 'Ana' }, wa_id: '5511987654321', user_id: USER_ID }

/** A message of Ana's. */
export const message = (id: string, type: string, content: Json = {}, more: Json = {}): Json =>
  body({
    contacts: [ana],
    messages: [{ from: ana.wa_id, id, timestamp: '1750000000', type, ...content, ...more }],
  })

export const status = (name: string, more: Json = {}): Json =>
  body({
    statuses: [{ id: 'wamid.OUT', status: name, timestamp: '1750000001', recipient_id: ana.wa_id, ...more }],
  })

export const request = (json: unknown, secret = SECRET): RawRequest => {
  const bytes = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json))
  const signature = createHmac('sha256', secret).update(bytes).digest('hex')
  return {
    method: 'POST',
    url: '/webhooks/whatsapp',
    headers: new Headers({ 'x-hub-signature-256': `sha256=${signature}` }),
    body: bytes,
  }
}

export const image = { image: { id: '77', mime_type: 'image/jpeg', sha256: 'aGFzaA==', caption: 'my order' } }

/** One of each kind, of facts of their own. */
export const samples: readonly Json[] = [
  message('wamid.1', 'text', { text: { body: 'Olá' } }),
  message('wamid.2', 'image', image),
  message('wamid.3', 'audio', { audio: { id: '78', voice: true } }),
  message('wamid.4', 'location', { location: { latitude: -23.5, longitude: -46.6, name: 'Sé' } }),
  message('wamid.5', 'contacts', { contacts: [{ phones: [{ phone: '+55 11 4000' }] }] }),
  message('wamid.6', 'interactive', {
    interactive: { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes' } },
  }),
  message('wamid.7', 'interactive', {
    interactive: { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"a":1' } },
  }),
  message('wamid.8', 'order', {
    order: {
      catalog_id: 'c',
      product_items: [{ product_retailer_id: 'p', quantity: 2, item_price: 1.5, currency: 'BRL' }],
    },
  }),
  message('wamid.9', 'reaction', { reaction: { message_id: 'wamid.0', emoji: '👍' } }),
  message('wamid.10', 'edit', {
    edit: { original_message_id: 'wamid.1', message: { type: 'text', text: { body: 'Oi' } } },
  }),
  message('wamid.11', 'revoke', { revoke: { original_message_id: 'wamid.1' } }),
  message('wamid.12', 'unsupported', { errors: [{ code: 131051, title: 'Unsupported' }] }),
  message('wamid.13', 'system', {
    system: { type: 'user_changed_number', wa_id: '5511912345678', body: '...' },
  }),
  status('read', { biz_opaque_callback_data: 'ours-1' }),
  status('failed', {
    errors: [{ code: 131047, title: 'Re-engagement', error_data: { details: 'More than 24 hours' } }],
  }),
  body(
    {
      calls: [
        {
          id: 'wacid.1',
          from: ana.wa_id,
          to: '551140000000',
          event: 'connect',
          direction: 'USER_INITIATED',
          timestamp: '1750000000',
          session: { sdp_type: 'offer', sdp: 'v=0' },
        },
      ],
    },
    'calls',
  ),
  body(
    {
      user_preferences: [
        { wa_id: ana.wa_id, category: 'marketing_messages', value: 'stop', timestamp: 1750000000 },
      ],
    },
    'user_preferences',
  ),
  body(
    { event: 'FLAGGED', current_limit: 'TIER_1K', display_phone_number: '551140000000' },
    'phone_number_quality_update',
    { time: 1750000000 },
  ),
]
