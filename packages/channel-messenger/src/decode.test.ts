import type { ChannelEvent, ChannelEventKind } from '@ramal/channel'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { APP, body, echo, item, message, PAGE, USER } from '../test/payloads.js'
import { decode } from './decode.js'
import { instagramPlatform, messengerPlatform } from './platform.js'

const RECEIVED = 1_760_000_000_000

const decoded = (json: object, platform = messengerPlatform): readonly ChannelEvent[] =>
  decode({ body: Buffer.from(JSON.stringify(json)) }, RECEIVED, platform, APP)

const only = <K extends ChannelEventKind>(json: object, kind: K): Extract<ChannelEvent, { kind: K }> => {
  const events = decoded(
    json,
    (json as { object: string }).object === 'page' ? messengerPlatform : instagramPlatform,
  )
  assert.is(events.length, 1, JSON.stringify(events))
  assert.is(events[0]?.kind, kind, JSON.stringify(events[0]))
  return events[0] as Extract<ChannelEvent, { kind: K }>
}

const psid = { kind: 'psid', scope: PAGE, value: USER, verified: true }
const attached = (type: string, payload: object = {}, more = {}) =>
  only(message('m.1', { attachments: [{ type, payload }], ...more }), 'message').content

const test = suite('what Messenger and Instagram report')

test('a text', () => {
  assert.equal(only(message('m.1', { text: 'Olá' }), 'message'), {
    kind: 'message',
    dedupeKey: `fb:${PAGE}:m.1`,
    at: 1_750_000_000_000,
    endpoint: PAGE,
    peer: [psid],
    providerId: 'm.1',
    content: { kind: 'text', text: 'Olá' },
  })
})

test('ids are texts, also where old pages send numbers', () => {
  const json = body([
    { sender: { id: 5678 }, recipient: { id: 208685 }, timestamp: 1, message: { mid: 'm', text: 'x' } },
  ])
  assert.equal(only(json, 'message').peer, [psid])
})

test('each kind of attachment', () => {
  const url = 'https://scontent.xx.fbcdn.net/a'
  const file = attached('file', { url }, {})
  assert.ok(
    file.kind === 'media' &&
      file.media === 'document' &&
      file.reference === url &&
      file.attachment.length > 0,
  )
  const sticker = attached('image', { url, sticker_id: 369 })
  assert.is(sticker.kind === 'media' && sticker.media, 'sticker')
  assert.equal(attached('location', { coordinates: { lat: 1, long: 2 } }), {
    kind: 'location',
    latitude: 1,
    longitude: 2,
  })
  assert.equal(attached('fallback', { url, title: 'Foo' }), {
    kind: 'reference',
    to: 'fallback',
    url,
    text: 'Foo',
  })
  assert.equal(attached('story_mention', { url }), { kind: 'reference', to: 'story_mention', url })
  assert.equal(attached('like_heart'), { kind: 'text', text: '❤️' })
  assert.equal(attached('hologram'), { kind: 'unrecognised', type: 'hologram' })
  const captioned = attached('image', { url }, { text: 'look' })
  assert.is(captioned.kind === 'media' && captioned.caption, 'look')
  assert.equal(attached('fallback', { url }, { text: `see ${url}` }), { kind: 'text', text: `see ${url}` })
})

test('several attachments are parts of one message, each a file of its own', () => {
  const image = { type: 'image', payload: { url: 'https://scontent.xx.fbcdn.net/a' } }
  const events = decoded(message('m.1', { attachments: [image, image, image] }))
  assert.equal(
    events.map((e) => e.kind === 'message' && e.providerId),
    ['m.1', 'm.1#1', 'm.1#2'],
  )
  const files = events.map((e) => e.kind === 'message' && e.content.kind === 'media' && e.content.attachment)
  assert.is(new Set(files).size, 3)
})

test('a pressed button is a choice, also where its payload is withheld', () => {
  assert.equal(only(message('m.1', { text: 'Yes', quick_reply: { payload: 'y' } }), 'message').content, {
    kind: 'choice',
    id: 'y',
    title: 'Yes',
  })
  const pressed = only(
    body([
      item({ postback: { title: 'Start', payload: 'go', referral: { ref: 'r', source: 'ADS', ad_id: 9 } } }),
    ]),
    'message',
  )
  assert.equal(pressed.content, { kind: 'choice', id: 'go', title: 'Start' })
  assert.equal(pressed.referral, { source: 'ADS', id: '9', ref: 'r' })
  const other = only(body([item({ postback: { title: 'Start', payload: 'stop' } })]), 'message')
  assert.is.not(pressed.dedupeKey, other.dedupeKey)
})

test('what is quoted: a message or a story', () => {
  assert.is(only(message('m.2', { text: 'x', reply_to: { mid: 'm.1' } }), 'message').replyTo, 'm.1')
  const story = only(
    message('m.3', { text: 'x', reply_to: { story: { id: 's', url: 'https://x.example' } } }),
    'message',
  )
  assert.equal(story.referral, { source: 'story', id: 's', url: 'https://x.example' })
})

test('an echo is ours or of another tool, and says which of our messages it is', () => {
  const ours = only(echo('m.1', { text: 'hi', app_id: Number(APP), metadata: 'ours-1' }), 'echo')
  assert.equal(
    [ours.peer, ours.by, ours.correlation, ours.application],
    [[psid], { kind: 'system' }, 'ours-1', APP],
  )
  const other = only(echo('m.1', { text: 'hi', app_id: 999 }), 'echo')
  assert.equal(other.by, { kind: 'external' })
})

test('unsent and edited', () => {
  assert.is(only(message('m.1', { is_deleted: true }), 'messageRevoked').target, 'm.1')
  const edit = (num: number) =>
    only(body([item({ message_edit: { mid: 'm.1', text: 'Oi', num_edit: num } })]), 'messageEdited')
  assert.equal(edit(1).content, { kind: 'text', text: 'Oi' })
  assert.is.not(edit(1).dedupeKey, edit(2).dedupeKey)
})

test('reactions, reads and deliveries', () => {
  const react = (more: object) => only(body([item({ reaction: { mid: 'm.1', ...more } })]), 'reaction')
  assert.equal(
    [react({ action: 'react', emoji: '😢' }).emoji, react({ action: 'unreact' }).emoji],
    ['😢', undefined],
  )
  assert.is(
    only(body([item({ read: { watermark: 1_750_000_000_000 } })]), 'readCursor').upTo,
    1_750_000_000_000,
  )
  const seen = only(body([item({ read: { mid: 'm.1' } })], {}, 'instagram'), 'status')
  assert.equal([seen.providerId, seen.to], ['m.1', 'read'])
  const got = decoded(body([item({ delivery: { mids: ['a', 'b'], watermark: 5 } })]))
  assert.equal(
    got.map((e) => e.kind === 'status' && [e.providerId, e.to]),
    [
      ['a', 'delivered'],
      ['b', 'delivered'],
    ],
  )
  assert.is(
    only(body([item({ delivery: { watermark: 1_750_000_000_000 } })]), 'deliveryCursor').kind,
    'deliveryCursor',
  )
})

test('whose the thread is', () => {
  const control = (what: Readonly<Record<string, unknown>>) => only(body([item(what)]), 'threadControl')
  assert.is(control({ pass_thread_control: { new_owner_app_id: Number(APP) } }).owner, 'us')
  assert.is(control({ pass_thread_control: { new_owner_app_id: 999 } }).owner, 'other')
  assert.is(control({ take_thread_control: { previous_owner_app_id: APP } }).owner, 'other')
  assert.is(
    control({ take_thread_control: { previous_owner_app_id: 999, new_owner_app_id: APP } }).owner,
    'us',
  )
  const request = control({ request_thread_control: { requested_owner_app_id: 999 } })
  assert.equal([request.owner, request.requested, request.application], ['us', true, '999'])
})

test('in standby we listen: the thread is of another application', () => {
  const standby = [item({ message: { mid: 'm.1', text: 'hi' } }), item({ postback: { title: 'Start' } })]
  const events = decoded({ object: 'page', entry: [{ id: PAGE, time: 1, standby }] })
  assert.equal(
    events.map((event) => event.kind === 'message' && event.elsewhere),
    [true, true],
  )
  const { entry } = echo('m.2', { text: 'from the other' }) as {
    readonly entry: readonly { readonly messaging: readonly unknown[] }[]
  }
  const said = decoded({ object: 'page', entry: [{ id: PAGE, time: 1, standby: entry[0]!.messaging }] })
  assert.equal(
    said.map(({ kind }) => kind),
    ['threadControl', 'echo'],
  )
})

test('notifications are consent, and can be stopped', () => {
  const optin = (more: object) =>
    only(body([item({ optin: { type: 'notification_messages', ...more } })]), 'consent')
  assert.is(optin({}).granted, true)
  assert.is(optin({ notification_messages_status: 'STOP_NOTIFICATIONS' }).granted, false)
})

test('a page that is blocked is down', () => {
  const json = body([
    { recipient: { id: PAGE }, timestamp: 1, 'policy-enforcement': { action: 'block', reason: 'spam' } },
  ])
  assert.equal([only(json, 'endpointHealth').level, only(json, 'endpointHealth').detail], ['down', 'spam'])
})

test('items as changes of a field are items; comments are kept', () => {
  const value = item({ message: { mid: 'm.1', text: 'Olá' } })
  const changes = (change: object) => ({
    object: 'instagram',
    entry: [{ id: PAGE, time: 1, changes: [change] }],
  })
  assert.is(only(changes({ field: 'messages', value }), 'message').peer[0]?.kind, 'igsid')
  assert.is(only(changes({ field: 'comments', value: { text: 'nice' } }), 'unrecognised').type, 'comments')
})

test('one bad item never costs the others', () => {
  const events = decoded(
    body([
      null,
      item({ message: null }),
      item({ surprise: {} }),
      item({ message: { mid: 'm', text: 'ok' } }),
    ]),
  )
  assert.equal(
    events.map(({ kind }) => kind),
    ['unrecognised', 'unrecognised', 'unrecognised', 'message'],
  )
})

test.run()
