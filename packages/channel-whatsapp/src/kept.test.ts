import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { decoded, only, userId, waId } from '../test/decoded.js'
import { ana, body, message, NUMBER, status } from '../test/payloads.js'

const test = suite('what WhatsApp reports beside messages')

test('a payment of an order is no delivery of the message that asked for it', () => {
  const payment = (name: string, timestamp: string) =>
    only(status(name, { type: 'payment', timestamp, payment: { reference_id: 'order-1' } }), 'unrecognised')
  assert.is(payment('failed', '1').type, 'payment.failed')
  assert.is.not(payment('failed', '1').dedupeKey, payment('failed', '2').dedupeKey, 'paid in vain twice')
  assert.is(only(status('sent', { type: 'message' }), 'status').to, 'sent')
})

test('files of the history, whoever sent them, open no conversation', () => {
  const file = (from: string) =>
    body(
      { messages: [{ from, id: 'wamid.H', timestamp: '1738796547', type: 'image', image: { id: '7' } }] },
      'history',
    )
  const theirs = only(file(ana.wa_id), 'unrecognised')
  assert.equal([theirs.type, theirs.peer, theirs.at], ['history', [waId(ana.wa_id)], 1_738_796_547_000])
  assert.equal(only(file('551140000000'), 'unrecognised').peer, [], 'our own number is nobody')
})

test('a user id that changes names the one before', () => {
  const notice = { type: 'user_changed_user_id', user_id: 'MX.22', previous_user_id: 'CO.11' }
  const event = only(
    body({ messages: [{ id: 'wamid.1', timestamp: '1', type: 'system', system: notice }] }),
    'identityChanged',
  )
  assert.equal([event.peer, event.previous], [[userId('MX.22')], [userId('CO.11')]])
})

test('numbers of an order are numbers, however they are written', () => {
  const { content } = only(
    message('wamid.1', 'order', {
      order: {
        catalog_id: 'c',
        product_items: [{ product_retailer_id: 'p', quantity: '3', item_price: '30.5', currency: 'BRL' }],
      },
    }),
    'message',
  )
  assert.equal(content.kind === 'order' && content.items, [
    { product: 'p', quantity: 3, price: 30.5, currency: 'BRL' },
  ])
})

test('until when we may call is kept', () => {
  const call_permission_reply = { response: 'accept', expiration_timestamp: 1_753_186_982 }
  const interactive = { type: 'call_permission_reply', call_permission_reply }
  assert.ok(only(message('wamid.1', 'interactive', { interactive }), 'message').raw)
})

test('an error beside a message is about the message, not about the number', () => {
  const events = decoded(
    body({
      contacts: [ana],
      messages: [{ from: ana.wa_id, id: 'wamid.1', timestamp: '1', type: 'interactive' }],
      errors: [{ code: 131000, title: 'Something went wrong' }],
    }),
  )
  assert.equal(
    events.map(({ kind }) => kind),
    ['message', 'unrecognised'],
  )
})

test('an error says what it is also where its code is a text', () => {
  const failed = only(status('failed', { errors: [{ code: '131026', title: 'Undeliverable' }] }), 'status')
  assert.equal([failed.code, failed.class], ['131026', 'recipient'])
  assert.ok(only(status('failed', { errors: [{ odd: true }] }), 'status').raw, 'one that is none is kept')
})

test('the same message edited twice is two edits, also under one id', () => {
  const edit = (timestamp: string) =>
    only(
      message(
        'wamid.1',
        'edit',
        { edit: { original_message_id: 'wamid.1', message: { type: 'text', text: { body: timestamp } } } },
        { timestamp },
      ),
      'messageEdited',
    ).dedupeKey
  assert.is(edit('1'), edit('1'))
  assert.is.not(edit('1'), edit('2'))
})

test('a reaction from the phone of the business is not the reaction of the customer', () => {
  const event = only(
    body(
      {
        message_echoes: [
          {
            from: '55',
            to: '111',
            id: 'w',
            timestamp: '1',
            type: 'reaction',
            reaction: { message_id: 'w0', emoji: '👍' },
          },
        ],
      },
      'smb_message_echoes',
    ),
    'reaction',
  )
  assert.equal(event.by, { kind: 'external' })
  const reaction = { message_id: 'w0', emoji: '👍' }
  assert.is(only(message('w', 'reaction', { reaction }), 'reaction').by, undefined)
})

test('what has no time of its own has the same key whenever it comes', () => {
  const error = { errors: [{ code: 130429, title: 'Rate limit hit' }] }
  assert.is(only(body(error), 'endpointHealth').dedupeKey.includes('1760000000000'), false)
})

test('news of the account say what it is about', () => {
  const news = (field: string, value: object) => {
    const { level, what, detail } = only(body({ ...value }, field, { time: 1 }), 'endpointHealth')
    return [level, what, detail]
  }
  assert.equal(
    news('account_update', {
      event: 'DISABLED_UPDATE',
      ban_info: { waba_ban_state: 'SCHEDULE_FOR_DISABLE', waba_ban_date: 'January 31, 2027' },
    }),
    [
      'degraded',
      'account_update.DISABLED_UPDATE',
      'waba_ban_state SCHEDULE_FOR_DISABLE, waba_ban_date January 31, 2027',
    ],
  )
  assert.equal(
    news('account_update', {
      event: 'ACCOUNT_RESTRICTION',
      restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: 1 }],
    }),
    [
      'degraded',
      'account_update.ACCOUNT_RESTRICTION',
      'restriction_type RESTRICTED_BIZ_INITIATED_MESSAGING, expiration 1',
    ],
  )
  assert.is(news('account_update', { event: 'PARTNER_APP_UNINSTALLED' })[0], 'down')
  assert.equal(
    news('account_alerts', { alert_severity: 'WARNING', alert_status: 'ACTIVE', alert_type: 'LIMITS' }),
    ['degraded', 'account_alerts.ACTIVE', 'alert_severity WARNING, alert_type LIMITS'],
  )
  assert.equal(news('business_capability_update', { max_daily_conversations_per_business: 'TIER_2K' }), [
    'ok',
    'business_capability_update.changed',
    'max_daily_conversations_per_business TIER_2K',
  ])
  assert.is(news('phone_number_username_update', { decision: 'REJECTED' })[0], 'degraded')
})

test('a category that will change says to what and when, a pause for how long', () => {
  const template = (field: string, value: object) =>
    only(
      body({ message_template_name: 'w', message_template_language: 'en', ...value }, field, { time: 1 }),
      'templateChanged',
    )
  const soon = template('template_category_update', {
    new_category: 'UTILITY',
    correct_category: 'MARKETING',
    category_update_timestamp: 1_746_169_200,
  })
  assert.equal([soon.to, soon.reason], ['UTILITY', 'It will be MARKETING from 2025-05-02T07:00:00.000Z.'])
  const paused = template('message_template_status_update', {
    event: 'PAUSED',
    reason: null,
    other_info: { title: 'FIRST_PAUSE', description: 'Paused for 3 hours.' },
  })
  assert.equal([paused.usable, paused.reason], [false, 'FIRST_PAUSE: Paused for 3 hours.'])
})

test('a status of a group says nothing of who is not named', () => {
  const event = only(status('sent', { recipient_type: 'group', recipient_id: 'g' }), 'status')
  assert.equal([event.peer, event.endpoint], [[], NUMBER])
})

test('a template without a name is no template', () => {
  const value = { message_template_name: '', event: 'APPROVED' }
  assert.ok(only(body(value, 'message_template_status_update'), 'unrecognised').raw)
})

test('a call of no length, or of an endless one, has none', () => {
  for (const duration of [-1, 1e308]) {
    const calls = [{ id: 'wacid.1', from: ana.wa_id, event: 'terminate', timestamp: '1', duration }]
    assert.is(only(body({ calls }, 'calls'), 'callEnded').duration, undefined)
  }
})

test('a type that is no text is no type, and throws nothing', () => {
  const edit = { original_message_id: 'wamid.1', message: { type: { toString: 1 }, text: { body: 'Oi' } } }
  const event = only(message('wamid.2', 'edit', { edit }), 'messageEdited')
  assert.equal(event.content, { kind: 'unrecognised', type: '' })
})

test.run()
