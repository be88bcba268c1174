import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { decoded, only, waId } from '../test/decoded.js'
import { ana, body, NUMBER } from '../test/payloads.js'

const test = suite('WhatsApp while another application answers')

const standby = (held: Readonly<Record<string, unknown>>) => decoded(body({ standby: held }, 'standby'))

const echo = (message: Readonly<Record<string, unknown>>, around: Readonly<Record<string, unknown>> = {}) => {
  const echoes = [
    { id: 'wamid.E', message: { to: ana.wa_id, ...message }, timestamp: '1750000000', ...around },
  ]
  const [control, event] = standby({ message_echoes: echoes })
  assert.is(control?.kind === 'threadControl' && control.owner, 'other')
  if (event?.kind !== 'echo') throw new Error(`An echo was expected, and not ${event?.kind}.`)
  return event
}

test('who writes is named one level lower', () => {
  const events = standby({
    contacts: [ana],
    messages: [{ from: ana.wa_id, id: 'wamid.1', timestamp: '1', type: 'text', text: { body: 'Oi' } }],
  })
  assert.equal(
    events.map((event) => [event.kind, event.profileName, event.kind === 'message' && event.elsewhere]),
    [['message', 'Ana', true]],
  )
})

test('what the other application sends is an echo, wrapped or not', () => {
  const said = echo({ type: 'text', text: { body: 'I am an agent.' } })
  assert.equal(
    [said.providerId, said.peer, said.at, said.content],
    ['wamid.E', [waId(ana.wa_id)], 1_750_000_000_000, { kind: 'text', text: 'I am an agent.' }],
  )
  const nameless = echo({ to: undefined, recipient: 'BR.8jk2Lm4', type: 'text', text: { body: 'Hi' } })
  assert.is(nameless.peer[0]?.value, 'BR.8jk2Lm4')
  const flat = standby({
    message_echoes: [
      { id: 'wamid.F', to: ana.wa_id, timestamp: '1750000000', type: 'text', text: { body: 'Flat' } },
    ],
  })
  assert.equal(
    flat.map(({ kind }) => kind),
    ['threadControl', 'echo'],
  )
})

test('what becomes of what the other application said is no sign of whose the thread is now', () => {
  const statuses = [{ id: 'wamid.E', status: 'read', timestamp: '1750000009', recipient_id: ana.wa_id }]
  assert.equal(
    standby({ statuses }).map(({ kind }) => kind),
    ['status'],
  )
})

test('questions and templates are in the form in which they are sent', () => {
  const list = echo({
    type: 'interactive',
    interactive: {
      type: 'list',
      body: { text: 'Which?' },
      footer: { text: 'Any time' },
      action: { button: 'See', sections: [{ rows: [{ id: 'a', title: 'A', description: 'first' }] }] },
    },
  })
  assert.equal(list.content, {
    kind: 'menu',
    text: 'Which?',
    options: [{ id: 'a', title: 'A', description: 'first' }],
    button: 'See',
    footer: 'Any time',
  })
  const buttons = echo({
    type: 'interactive',
    interactive: {
      type: 'button',
      body: { text: 'Sure?' },
      action: { buttons: [{ type: 'reply', reply: { id: 'y', title: 'Yes' } }] },
    },
  })
  assert.equal(buttons.content, { kind: 'menu', text: 'Sure?', options: [{ id: 'y', title: 'Yes' }] })
  const link = echo({
    type: 'interactive',
    interactive: { type: 'cta_url', body: { text: 'Pay here' }, action: { name: 'cta_url' } },
  })
  assert.equal(link.content, { kind: 'text', text: 'Pay here' })
  assert.ok(link.raw, 'the button is kept')
  const news = echo(
    { type: 'template', template: { name: 'news', language: { code: 'pt_BR' } } },
    { template: { name: 'news', body: 'Hello' } },
  )
  assert.equal(news.content, { kind: 'template', name: 'news', language: 'pt_BR', parameters: [] })
  assert.match(JSON.stringify(news.raw), '"body":"Hello"')
  const picture = echo({ type: 'image', image: { link: 'https://example.com/a.jpg' } })
  assert.is(picture.content.kind === 'media' && picture.content.reference, 'https://example.com/a.jpg')
})

const handover = (type: string, hands: Readonly<Record<string, unknown>>, sender: unknown) =>
  body(
    {
      metadata: undefined,
      recipient: { display_phone_number: '551140000000', phone_number_id: NUMBER },
      sender,
      timestamp: '1750000000',
      type,
      [type]: hands,
    },
    'messaging_handovers',
  )

test('a thread that changes hands is ours or theirs', () => {
  const owner = (type: string, hands: Readonly<Record<string, unknown>>) =>
    only(handover(type, hands, { phone_number: ana.wa_id }), 'threadControl').owner
  assert.is(owner('control_passed', { previous_owner_app_role: 'meta_business_agent' }), 'us')
  assert.is(owner('control_passed', { previous_owner_role: 'ai_agent', new_owner_role: 'escalation' }), 'us')
  assert.is(owner('control_passed', { new_owner_role: 'ai_agent' }), 'other')
  assert.is(owner('control_passed', { new_owner_app_role: 'META_AI' }), 'other')
  assert.is(owner('control_taken', { previous_owner_role: 'ai_agent' }), 'us')
  assert.is(owner('control_taken', {}), 'other')
})

test('the handover names the number, the person and the moment, and is kept', () => {
  const event = only(
    handover('control_passed', { metadata: 'context' }, { phone_number: ana.wa_id, user_id: 'BR.9' }),
    'threadControl',
  )
  assert.equal(
    [event.endpoint, event.at, event.peer.map(({ value }) => value), event.raw !== undefined],
    [NUMBER, 1_750_000_000_000, [ana.wa_id, 'BR.9'], true],
  )
  const nameless = only(handover('control_passed', {}, undefined), 'unrecognised')
  assert.is(nameless.type, 'control_passed')
})

test.run()
