import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { decoded, only, RECEIVED, userId, waId } from '../test/decoded.js'
import { ana, body, message, NUMBER, status, USER_ID } from '../test/payloads.js'

const test = suite('what else WhatsApp reports')

test('a new number retires the old one', () => {
  const event = only(
    message('wamid.1', 'system', { system: { type: 'user_changed_number', wa_id: '5511912345678' } }),
    'identityChanged',
  )
  assert.equal(event.peer, [waId('5511912345678')])
  assert.equal(event.previous, [waId(ana.wa_id)])
})

test('a name chosen to look like an id takes over nobody', () => {
  const json = body({
    messages: [
      {
        id: 'wamid.1',
        timestamp: '1',
        type: 'system',
        system: {
          type: 'user_changed_user_id',
          body: 'User US.1111 changed from US.1111 to US.2222',
          user_id: 'US.2222',
        },
      },
    ],
  })
  const event = only(json, 'identityChanged')
  assert.equal(event.peer, [userId('US.2222')])
  assert.equal(event.previous, [])
})

test('a user id update says which id became which', () => {
  const json = body(
    { user_id_update: [{ wa_id: '111', user_id: { previous: 'US.1', current: 'US.2' }, timestamp: '5' }] },
    'user_id_update',
  )
  const event = only(json, 'identityChanged')
  assert.equal(
    [event.peer, event.previous, event.at],
    [[waId('111'), userId('US.2')], [userId('US.1')], 5_000],
  )
})

test('statuses carry our id, the price and the fault with what to do about it', () => {
  const read = only(
    status('delivered', {
      biz_opaque_callback_data: 'ours-1',
      pricing: { billable: true, pricing_model: 'PMP', category: 'service', type: 'regular' },
    }),
    'status',
  )
  assert.is(read.dedupeKey, `wa:${NUMBER}:wamid.OUT:delivered`)
  assert.is(read.correlation, 'ours-1')
  assert.equal(read.pricing, { category: 'service', billable: true, model: 'PMP', type: 'regular' })
  const failed = only(
    status('failed', {
      errors: [{ code: 131047, title: 'Re-engagement message', error_data: { details: '24 h' } }],
    }),
    'status',
  )
  assert.equal([failed.to, failed.class, failed.code], ['failed', 'window', '131047'])
  assert.match(failed.reason ?? '', '24 h')
  assert.is(only(status('in_orbit'), 'unrecognised').type, 'status.in_orbit')
})

test('who read a message in a group is the participant, each a fact of its own', () => {
  const by = (participant: string) =>
    only(
      status('read', { recipient_type: 'group', recipient_id: 'g', recipient_participant_id: participant }),
      'status',
    )
  assert.equal(by('111').peer, [waId('111')])
  assert.is.not(by('111').dedupeKey, by('222').dedupeKey)
})

test('calls are offered, rung, answered, ended', () => {
  const call = (more: object) =>
    decoded(
      body(
        { contacts: [ana], calls: [{ id: 'wacid.1', timestamp: '9', from: ana.wa_id, to: '55', ...more }] },
        'calls',
      ),
    )[0]
  const offered = call({ event: 'connect', direction: 'USER_INITIATED', session: { sdp: 'v=0' } })
  assert.equal(offered?.kind === 'callOffered' && [offered.direction, offered.peer.length, offered.session], [
    'inbound',
    2,
    { sdp: 'v=0' },
  ])
  const ended = call({ event: 'terminate', status: 'COMPLETED', duration: 12 })
  assert.equal(ended?.kind === 'callEnded' && [ended.duration, ended.cause], [12_000, 'COMPLETED'])
  const step = (name: string) => decoded(status(name, { type: 'call' }))[0]?.kind
  assert.equal(['RINGING', 'ACCEPTED', 'REJECTED', 'ODD'].map(step), [
    'callRang',
    'callAnswered',
    'callEnded',
    'unrecognised',
  ])
})

test('stop and resume are consent', () => {
  const preference = (value: string) =>
    body(
      { user_preferences: [{ wa_id: '111', category: 'marketing_messages', value, timestamp: 7 }] },
      'user_preferences',
    )
  const stop = only(preference('stop'), 'consent')
  assert.equal([stop.purpose, stop.granted, stop.source, stop.at], ['marketing', false, 'provider', 7_000])
  assert.is(only(preference('resume'), 'consent').granted, true)
  assert.is(only(preference('maybe'), 'unrecognised').type, 'user_preferences')
})

test('what another tool sent is an echo, what it took back a revocation', () => {
  const echo = (more: object) =>
    body(
      {
        message_echoes: [
          { from: '55', to: '111', to_user_id: USER_ID, id: 'wamid.1', timestamp: '1', ...more },
        ],
      },
      'smb_message_echoes',
    )
  const said = only(echo({ type: 'text', text: { body: 'from the phone' } }), 'echo')
  assert.equal(
    [said.peer[0], said.by, said.content],
    [waId('111'), { kind: 'external' }, { kind: 'text', text: 'from the phone' }],
  )
  assert.is(
    only(echo({ type: 'revoke', revoke: { original_message_id: 'wamid.0' } }), 'messageRevoked').target,
    'wamid.0',
  )
})

test('while another application answers, the thread is not ours', () => {
  const json = message('wamid.1', 'text', { text: { body: 'Olá' } })
  const inStandby = JSON.parse(JSON.stringify(json).replace('"field":"messages"', '"field":"standby"'))
  assert.is(only(inStandby, 'message').elsewhere, true)
  assert.is(only(json, 'message').elsewhere, undefined)
})

test('history is kept and waits for nobody', () => {
  const json = body(
    {
      history: [
        {
          threads: [
            {
              id: '111',
              messages: [{ from: '111', id: 'w', timestamp: '1', type: 'text', text: { body: 'old' } }],
            },
          ],
        },
      ],
    },
    'history',
  )
  const event = only(json, 'unrecognised')
  assert.equal([event.type, event.peer], ['history', [waId('111')]])
})

test('the state of numbers, accounts and templates is told', () => {
  const level = (field: string, news: object) =>
    only(body({ ...news }, field, { time: 1 }), 'endpointHealth').level
  assert.is(level('phone_number_quality_update', { event: 'FLAGGED' }), 'degraded')
  assert.is(level('phone_number_quality_update', { event: 'UNFLAGGED' }), 'ok')
  assert.is(
    level('account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }),
    'down',
  )
  assert.is(
    level('account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'REINSTATE' } }),
    'ok',
  )
  assert.is(level('messages', { errors: [{ code: 190, title: 'Token expired' }] }), 'down')
  assert.is(
    level('account_alerts', { alert_info: { alert_severity: 'CRITICAL', alert_status: 'ACTIVE' } }),
    'degraded',
  )
  assert.is(level('business_capability_update', { max_daily_conversation_per_phone: 1000 }), 'ok')
  const template = only(
    body(
      { event: 'PAUSED', message_template_name: 'promo', message_template_language: 'pt_BR' },
      'message_template_status_update',
    ),
    'templateChanged',
  )
  assert.equal(
    [template.template, template.language, template.change, template.to],
    ['promo', 'pt_BR', 'status', 'PAUSED'],
  )
})

test('one bad item never costs the others', () => {
  const json = body({
    messages: [
      null,
      5,
      { type: 3 },
      { id: 'x', type: 'text', text: { body: 'whose?' } },
      { from: '111', id: 'wamid.1', timestamp: '1', type: 'text', text: { body: 'ok' } },
    ],
    statuses: [{}, { id: 's', status: 'sent', timestamp: 'yesterday', recipient_id: '111' }],
  })
  const events = decoded(json)
  assert.equal(
    events.map(({ kind }) => kind),
    ['unrecognised', 'unrecognised', 'unrecognised', 'unrecognised', 'message', 'unrecognised', 'status'],
  )
  assert.is(events.at(-1)?.at, RECEIVED, 'without a time that can be read, when it was received')
})

test('however a provider batches the same items, they are the same facts', () => {
  const messages = Array.from({ length: 12 }, (_, i) => ({
    from: `${111 + (i % 3)}`,
    id: `wamid.${i}`,
    timestamp: '1750000000',
    ...(i % 4 === 0
      ? { type: 'reaction', reaction: { message_id: 'wamid.0', emoji: '👍' } }
      : { type: 'text', text: { body: `same text ${i % 2}` } }),
  }))
  const keysOf = (batches: readonly (readonly unknown[])[]) =>
    batches
      .flatMap((batch) => decoded(body({ messages: batch })))
      .map(({ dedupeKey }) => dedupeKey)
      .sort()
  const expected = keysOf([messages])
  assert.is(new Set(expected).size, 12)
  fc.assert(
    fc.property(
      fc.shuffledSubarray(messages, { minLength: 12 }),
      fc.array(fc.nat({ max: 12 }), { maxLength: 4 }),
      (shuffled, cuts) => {
        const places = [0, ...[...cuts].sort((a, b) => a - b), 12]
        const batches = places.slice(1).map((end, i) => shuffled.slice(places[i], end))
        assert.equal(keysOf(batches.filter(({ length }) => length > 0)), expected)
      },
    ),
  )
})

test('the same message twice in one body is one fact', () => {
  const item = { from: '111', id: 'wamid.1', timestamp: '1', type: 'text', text: { body: 'ok' } }
  assert.is(decoded(body({ messages: [item, item] })).length, 1)
})

test('what is no webhook of WhatsApp is kept', () => {
  for (const odd of [
    '',
    'hub.mode=subscribe',
    '[]',
    '{"object":"page","entry":[]}',
    '{"object":"whatsapp_business_account","entry":[]}',
  ])
    assert.ok(only(odd, 'unrecognised').reason, odd)
})

test.run()
