import type { ChannelEvent } from '@ramal/channel'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { AUTH_TOKEN, PUBLIC_URL, twilioForm } from '../test/requests.js'
import { twilioSms } from './twilio.js'

const test = suite('WhatsApp and other networks by Twilio')

const adapter = twilioSms({
  numbers: [{ id: '+15550001111' }, { id: 'whatsapp:+14155238886' }],
  accountSid: 'AC1',
  authToken: AUTH_TOKEN,
  publicUrl: PUBLIC_URL,
})

const one = (fields: Record<string, string>): ChannelEvent => {
  const events = adapter.decode(twilioForm(fields), 1000)
  assert.is(events.length, 1, JSON.stringify(events))
  return events[0]!
}

const whatsapp = {
  MessageSid: 'SM1',
  From: 'whatsapp:+5511987654321',
  To: 'whatsapp:+14155238886',
  WaId: '5511987654321',
  ProfileName: 'Ana',
  SmsStatus: 'received',
  NumMedia: '0',
  Body: '',
}

const contentOf = (fields: Record<string, string>) => {
  const event = one({ ...whatsapp, ...fields })
  return event.kind === 'message' ? event.content : event
}

test('a status in the words of older callbacks is no message', () => {
  const event = one({ SmsSid: 'SM9', SmsStatus: 'delivered', From: '+15550001111', To: '+5511987654321' })
  assert.equal(event.kind === 'status' && [event.providerId, event.to, event.endpoint], [
    'SM9',
    'delivered',
    '+15550001111',
  ])
})

test('a status names the person as the network does', () => {
  const peerOf = (To: string) =>
    one({ MessageSid: 'SM1', MessageStatus: 'read', From: 'whatsapp:+14155238886', To }).peer
  assert.equal(peerOf('whatsapp:+5511987654321'), [{ kind: 'wa_id', value: '5511987654321' }])
  assert.equal(peerOf('whatsapp:BR.111'), [{ kind: 'bsuid', value: 'BR.111' }])
})

test('rows, forms and stickers are what they are', () => {
  assert.equal(contentOf({ MessageType: 'interactive', Body: 'Blue', ListId: 'b', ListTitle: 'Blue' }), {
    kind: 'choice',
    id: 'b',
    title: 'Blue',
  })
  const json = '{"size":"M"}'
  assert.equal(contentOf({ MessageType: 'interactive', InteractiveData: json }), { kind: 'form', json })
  const file = { NumMedia: '1', MediaUrl0: 'https://api.twilio.com/m', MediaContentType0: 'image/webp' }
  const sticker = contentOf({ MessageType: 'sticker', ...file })
  assert.is(sticker.kind === 'media' && sticker.media, 'sticker')
})

test('a reaction is about a message, and is none', () => {
  const event = one({ ...whatsapp, MessageType: 'reaction', Body: '👍', OriginalRepliedMessageSid: 'SM0' })
  assert.equal(event.kind === 'reaction' && [event.target, event.emoji], ['SM0', '👍'])
})

test('forwarded messages and advertisements are said', () => {
  const forwarded = one({ ...whatsapp, Body: 'oi', Forwarded: 'true' })
  assert.is(forwarded.kind === 'message' && forwarded.forwarded, true)
  assert.is(one({ ...whatsapp, Body: 'oi', Forwarded: 'false' }).kind === 'message', true)
  const event = one({
    ...whatsapp,
    Body: 'oi',
    ReferralSourceType: 'ad',
    ReferralSourceId: '42',
    ReferralSourceUrl: 'https://fb.me/x',
    ReferralHeadline: 'Shoes',
    ReferralBody: 'Cheap',
    ReferralCtwaClid: 'click',
  })
  assert.equal(event.kind === 'message' && event.referral, {
    source: 'ad',
    id: '42',
    url: 'https://fb.me/x',
    headline: 'Shoes',
    body: 'Cheap',
    click: 'click',
  })
})

test('what Meta decided is told by its code', () => {
  const classOf = (ErrorCode: string) => {
    const event = one({
      ...{ MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode },
      ...{ From: 'whatsapp:+14155238886', To: 'whatsapp:+5511987654321' },
    })
    return event.kind === 'status' && event.class
  }
  assert.equal(['63016', '63018', '63024', '63032', '63049', '63020', '63021'].map(classOf), [
    'window',
    'retry',
    'recipient',
    'wait',
    'wait',
    'channel',
    'content',
  ])
})

test.run()
