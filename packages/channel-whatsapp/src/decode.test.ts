import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { decoded, only, userId, waId } from '../test/decoded.js'
import { ana, body, image, message, NUMBER, USER_ID } from '../test/payloads.js'

const contentOf = (type: string, content: Readonly<Record<string, unknown>>, more = {}) =>
  only(message('wamid.1', type, content, more), 'message').content

const test = suite('messages of WhatsApp')

test('a text names its sender by everything the payload asserts', () => {
  assert.equal(only(message('wamid.1', 'text', { text: { body: 'Olá' } }), 'message'), {
    kind: 'message',
    dedupeKey: `wa:${NUMBER}:wamid.1`,
    at: 1_750_000_000_000,
    endpoint: NUMBER,
    peer: [waId(ana.wa_id), userId(USER_ID)],
    profileName: 'Ana',
    providerId: 'wamid.1',
    content: { kind: 'text', text: 'Olá' },
  })
})

test('a message without a phone number is nobody lost: the user id is the address', () => {
  const json = body({
    contacts: [{ profile: { username: '@ana' }, user_id: USER_ID, parent_user_id: 'BR.ENT.99' }],
    messages: [{ from_user_id: USER_ID, id: 'wamid.1', timestamp: '1', type: 'text', text: { body: 'Oi' } }],
  })
  const { peer, profileName } = only(json, 'message')
  assert.equal(peer, [userId(USER_ID), { ...userId('BR.ENT.99'), kind: 'parent_bsuid' }])
  assert.is(profileName, '@ana')
})

test('a user id where a number is promised is a user id', () => {
  const json = body({
    contacts: [{ wa_id: 'US.1234', user_id: 'US.1234' }],
    messages: [
      {
        from: 'US.1234',
        from_user_id: 'US.1234',
        id: 'wamid.1',
        timestamp: '1',
        type: 'text',
        text: { body: '' },
      },
    ],
  })
  assert.equal(only(json, 'message').peer, [userId('US.1234')])
})

test('contacts are matched by id: in a batch nobody gets the name of another', () => {
  const text = (from: string, id: string) => ({ from, id, timestamp: '1', type: 'text', text: { body: id } })
  const events = decoded(
    body({
      contacts: [
        { wa_id: '222', profile: { name: 'Bia' } },
        { wa_id: '111', profile: { name: 'Ana' } },
      ],
      messages: [text('111', 'a'), text('222', 'b'), text('333', 'c')],
    }),
  )
  assert.equal(
    events.map(({ profileName, peer }) => [peer[0]?.value, profileName]),
    [
      ['111', 'Ana'],
      ['222', 'Bia'],
      ['333', undefined],
    ],
  )
})

test('files are references; a direct address that lives minutes is not the reference', () => {
  const content = contentOf('image', { image: { ...image.image, url: 'https://lookaside.fbsbx.com/x' } })
  assert.equal(content, {
    kind: 'media',
    media: 'image',
    attachment: '77',
    reference: '77',
    mimeType: 'image/jpeg',
    caption: 'my order',
    sha256: 'aGFzaA==',
  })
  const note = contentOf('audio', { audio: { id: 5, voice: true } })
  assert.equal(note, { kind: 'media', media: 'audio', attachment: '5', reference: '5', voice: true })
  const nameless = contentOf('document', { document: {} })
  assert.ok(nameless.kind === 'media' && nameless.attachment.length > 0)
})

test('every interactive answer says what was chosen', () => {
  const interactive = (type: string, inner: unknown) =>
    contentOf('interactive', { interactive: { type, [type]: inner } })
  assert.equal(interactive('list_reply', { id: 'r1', title: 'Row', description: 'more' }), {
    kind: 'choice',
    id: 'r1',
    title: 'Row',
    description: 'more',
  })
  assert.equal(interactive('nfm_reply', { response_json: 'no json {', body: 'Sent' }), {
    kind: 'form',
    json: 'no json {',
    summary: 'Sent',
  })
  assert.equal(interactive('call_permission_reply', { response: 'accept' }), {
    kind: 'choice',
    id: 'call_permission:accept',
    title: 'accept',
  })
  assert.equal(contentOf('button', { button: { text: 'Track', payload: 'track-1' } }), {
    kind: 'choice',
    id: 'track-1',
    title: 'Track',
  })
})

test('a quoted, forwarded message that came through an advertisement says all of it', () => {
  const event = only(
    message(
      'wamid.1',
      'text',
      { text: { body: 'this' } },
      {
        context: { id: 'wamid.0', from: '55', forwarded: true },
        referral: {
          source_type: 'ad',
          source_id: 42,
          source_url: 'https://fb.me/x',
          headline: 'Shoes',
          ctwa_clid: 'click',
        },
      },
    ),
    'message',
  )
  assert.is(event.replyTo, 'wamid.0')
  assert.is(event.forwarded, true)
  assert.equal(event.referral, {
    source: 'ad',
    id: '42',
    url: 'https://fb.me/x',
    headline: 'Shoes',
    click: 'click',
  })
  assert.ok(event.raw, 'the payload is kept, since it says more')
})

test('somebody who wrote something that we cannot read still wrote', () => {
  assert.equal(
    contentOf('unsupported', { errors: [{ code: 131051, title: 'Unknown' }], unsupported: { type: 'poll' } }),
    {
      kind: 'unsupported',
      reason: 'poll',
      code: 131051,
      title: 'Unknown (131051)',
    },
  )
  const future = only(message('wamid.1', 'hologram', { hologram: { id: 1 } }), 'message')
  assert.equal(future.content, { kind: 'unrecognised', type: 'hologram' })
  assert.ok(future.raw)
  const broken = only(message('wamid.1', 'text', { text: { body: 5 } }), 'message')
  assert.is(broken.content.kind, 'unrecognised')
  assert.equal(contentOf('constructor', {}), { kind: 'unrecognised', type: 'constructor' })
})

test('an odd detail costs the detail, not the message', () => {
  assert.equal(contentOf('image', { image: { id: '1', caption: 7, mime_type: null } }), {
    kind: 'media',
    media: 'image',
    attachment: '1',
    reference: '1',
  })
})

test('reactions come and go', () => {
  const react = (reaction: object) => only(message('wamid.1', 'reaction', { reaction }), 'reaction')
  assert.is(react({ message_id: 'wamid.0', emoji: '👍' }).emoji, '👍')
  assert.is(react({ message_id: 'wamid.0', emoji: '' }).emoji, undefined)
  assert.is(react({ message_id: 'wamid.0' }).emoji, undefined)
})

test('edits and revocations point at the message that they change', () => {
  const edited = only(
    message('wamid.2', 'edit', {
      edit: { original_message_id: 'wamid.1', message: { type: 'text', text: { body: 'Oi' } } },
    }),
    'messageEdited',
  )
  assert.is(edited.target, 'wamid.1')
  assert.equal(edited.content, { kind: 'text', text: 'Oi' })
  const revoked = only(
    message('wamid.3', 'revoke', { revoke: { original_message_id: 'wamid.1' } }),
    'messageRevoked',
  )
  assert.is(revoked.target, 'wamid.1')
})

test('a message to a group is no thread with one person', () => {
  const event = only(
    message('wamid.1', 'text', { text: { body: 'all' } }, { group_id: 'g1' }),
    'groupMessage',
  )
  assert.is(event.group, 'g1')
})

test.run()
