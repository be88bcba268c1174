import type { ChannelEvent } from '@ramal/channel'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { APP, body, echo, item, message, PAGE, USER } from '../test/payloads.js'
import { decode } from './decode.js'
import { instagramPlatform, messengerPlatform } from './platform.js'

const decoded = (json: object, platform = messengerPlatform, receivedAt = 1_760_000_000_000) =>
  decode({ body: Buffer.from(JSON.stringify(json)) }, receivedAt, platform, APP)

const first = (json: object, platform = messengerPlatform): ChannelEvent => {
  const [event, ...others] = decoded(json, platform)
  assert.is(others.length, 0)
  assert.ok(event)
  return event
}

/** What the page itself did, as an item from the page to the user. */
const byPage = (what: Readonly<Record<string, unknown>>, object = 'page') =>
  body([{ ...item(what), sender: { id: PAGE }, recipient: { id: USER } }], {}, object)

const test = suite('which side of a thread did what')

test('what goes from the page to a person is never a message of the page to us', () => {
  const events = [
    first(byPage({ message: { mid: 'm.1', text: 'hi' } })),
    first(byPage({ message: { mid: 'm.1', is_deleted: true } })),
    first(byPage({ message_edit: { mid: 'm.1', text: 'hello', num_edit: 1 } })),
    first(byPage({ reaction: { mid: 'm.0', action: 'react', emoji: '❤' } })),
    first(byPage({ read: { watermark: 1_750_000_000_000 } })),
  ]
  assert.equal(
    events.map(({ kind }) => kind),
    ['echo', 'messageRevoked', 'messageEdited', 'reaction', 'unrecognised'],
  )
  for (const { endpoint, peer } of events) assert.equal([endpoint, peer[0]?.value], [PAGE, USER])
  const [, , , reaction] = events
  assert.equal(reaction?.kind === 'reaction' && reaction.by, { kind: 'external' })
})

test('on Instagram an echo of ours names nothing but the message: it was sent', () => {
  const json = { ...echo('m.1', { text: 'hi', app_id: APP }), object: 'instagram' }
  const event = first(json, instagramPlatform)
  assert.equal(event.kind === 'status' && [event.providerId, event.to], ['m.1', 'sent'])
  const other = { ...echo('m.2', { text: 'hi', app_id: 999 }), object: 'instagram' }
  assert.is(first(other, instagramPlatform).kind, 'echo')
})

test('that one message may be sent is no consent to all', () => {
  const optin = { type: 'one_time_notif_req', one_time_notif_token: 'x', payload: 'p' }
  assert.is(first(body([item({ optin })])).kind, 'unrecognised')
})

test('what stands beside a message is kept', () => {
  const prior_message = { source: 'checkbox_plugin', identifier: 'REF' }
  assert.ok(first(body([item({ message: { mid: 'm.1', text: 'hi' }, prior_message })])).raw)
  assert.is(first(message('m.1', { text: 'hi' })).raw, undefined)
})

test('a block is a block, however it is written', () => {
  const json = body([{ recipient: { id: PAGE }, timestamp: 1, policy_enforcement: { action: 'block' } }])
  assert.is(first(json).kind, 'endpointHealth')
})

test('a shared post is known by its id', () => {
  const payload = { ig_post_media_id: '17', title: 'Shoes', url: 'https://lookaside.fbsbx.com/x' }
  const event = first(
    { ...message('m.1', { attachments: [{ type: 'ig_post', payload }] }), object: 'instagram' },
    instagramPlatform,
  )
  assert.equal(event.kind === 'message' && event.content, {
    kind: 'reference',
    to: 'ig_post',
    id: '17',
    url: payload.url,
    text: 'Shoes',
  })
})

test('without any time in it a body makes the same keys whenever it comes', () => {
  const bare = { sender: { id: USER }, recipient: { id: PAGE } }
  const messaging = [
    { ...bare, postback: { title: 'Start', payload: 'go' } },
    { ...bare, reaction: { mid: 'm.1', action: 'react', emoji: '❤' } },
    { ...bare, referral: { ref: 'r', source: 'SHORTLINK' } },
    { ...bare, optin: { ref: 'r' } },
    { ...bare, take_thread_control: { previous_owner_app_id: '9' } },
  ]
  const keysAt = (at: number) =>
    decoded({ object: 'page', entry: [{ id: PAGE, messaging }] }, messengerPlatform, at).map(
      (e) => e.dedupeKey,
    )
  assert.equal(keysAt(1), keysAt(2))
  assert.is(new Set(keysAt(1)).size, 5)
})

test('seconds in digits, as test webhooks have them, are no time of 1970', () => {
  const value = { ...item({ message: { mid: 'm.1', text: 'hi' } }), timestamp: '1527459824' }
  const json = {
    object: 'instagram',
    entry: [{ id: '0', time: 1_527_459_824, changes: [{ field: 'messages', value }] }],
  }
  assert.is(first(json, instagramPlatform).at, 1_527_459_824_000)
})

test('what stands beside the messages of an entry is kept', () => {
  const calls = [
    { id: 'c.1', event: 'connect' },
    { id: 'c.1', event: 'terminate' },
  ]
  const events = decoded(
    body([item({ message: { mid: 'm.1', text: 'hi' } })], { calls, hop_context: [{ app_id: 1 }] }),
  )
  assert.equal(
    events.map((event) => (event.kind === 'unrecognised' ? event.type : event.kind)),
    ['message', 'calls', 'calls'],
  )
  assert.is.not(events[1]?.dedupeKey, events[2]?.dedupeKey)
})

test.run()
