import { degrade, type OutboundMessage } from '@ramal/channel'
import { answering, type Behaviour, provider } from '@ramal/channel/conformance'
import type { Content } from '@ramal/conversation'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { PAGE } from '../test/payloads.js'
import { instagram, messenger } from './adapter.js'

const at = (baseUrl: string, make = messenger) =>
  make({
    appSecret: 's',
    verifyToken: 'v',
    pages: [
      { id: PAGE, accessToken: 'token-1' },
      { id: 'ig', accessToken: 'token-2', sendAs: '777' },
    ],
    apiVersion: 'v99.0',
    baseUrl,
    mediaHosts: [baseUrl],
    timeout: 2_000,
  })

interface Call {
  readonly line: string
  readonly body: Readonly<Record<string, unknown>>
}

const calling = async (
  behaviour: Behaviour,
  use: (adapter: ReturnType<typeof messenger>, origin: string) => Promise<void>,
  make = messenger,
): Promise<readonly Call[]> => {
  const calls: Call[] = []
  const server = await provider((request, response, body) => {
    const isJson = request.headers['content-type'] === 'application/json'
    calls.push({
      line: `${request.method} ${request.url} ${request.headers.authorization}`,
      body: isJson ? JSON.parse(body.toString()) : { text: body.toString() },
    })
    behaviour(request, response, body)
  })
  try {
    await use(at(server.origin, make), server.origin)
  } finally {
    await server.close()
  }
  return calls
}

const outbound = (content: Content, more: Partial<OutboundMessage> = {}): OutboundMessage => ({
  message: 'ours-1',
  endpoint: PAGE,
  to: { kind: 'psid', scope: PAGE, value: '5678' },
  content,
  sender: 'human',
  ...more,
})

const text: Content = { kind: 'text', text: 'Bom dia' }
const taken = answering(200, '{"recipient_id":"5678","message_id":"m.OUT"}')

const faultOf = async (message: OutboundMessage, behaviour = taken) => {
  let fault = ''
  const calls = await calling(behaviour, async (adapter) => {
    const sent = await adapter.send(message)()
    fault = E.isLeft(sent) ? sent.left.class : 'sent'
  })
  return [fault, calls.length]
}

const test = suite('sending to Messenger and Instagram')

test('a text goes through its page, with our id as metadata', async () => {
  const calls = await calling(taken, async (adapter) => {
    assert.equal(await adapter.send(outbound(text, { replyTo: 'm.1' }))(), E.right({ providerId: 'm.OUT' }))
  })
  assert.equal(calls, [
    {
      line: `POST /v99.0/${PAGE}/messages Bearer token-1`,
      body: {
        recipient: { id: '5678' },
        messaging_type: 'RESPONSE',
        reply_to: { mid: 'm.1' },
        message: { text: 'Bom dia', metadata: 'ours-1' },
      },
    },
  ])
})

test('Instagram is sent through the page that it belongs to, without metadata', async () => {
  const to = { kind: 'igsid', value: '5678' } as const
  const calls = await calling(
    taken,
    async (adapter) => {
      assert.ok(E.isRight(await adapter.send(outbound(text, { endpoint: 'ig', to }))()))
    },
    instagram,
  )
  assert.is(calls[0]?.line, 'POST /v99.0/777/messages Bearer token-2')
  assert.equal(calls[0]?.body.message, { text: 'Bom dia' })
})

test('Instagram takes a thousand bytes, and what is longer goes in parts', async () => {
  const content = { kind: 'text', text: 'ção '.repeat(240).trim() } as const
  const { capabilities } = at('http://127.0.0.1:1', instagram).endpoints[0]!
  const parts = degrade(content, capabilities)
  assert.is(parts.length, 2)
  const to = { kind: 'igsid', value: '5678' } as const
  const calls = await calling(
    taken,
    async (adapter) => {
      const sent = await adapter.send(outbound(content, { endpoint: 'ig', to }))()
      assert.is(E.isLeft(sent) && sent.left.class, 'content')
      for (const part of parts)
        assert.ok(E.isRight(await adapter.send(outbound(part, { endpoint: 'ig', to }))()))
    },
    instagram,
  )
  assert.is(calls.length, 2)
})

test('outside the window a person may answer under the tag for people; a bot may not', async () => {
  const calls = await calling(taken, async (adapter) => {
    assert.ok(E.isRight(await adapter.send(outbound(text, { tag: 'HUMAN_AGENT' }))()))
  })
  assert.equal([calls[0]?.body.messaging_type, calls[0]?.body.tag], ['MESSAGE_TAG', 'HUMAN_AGENT'])
  assert.equal(await faultOf(outbound(text, { tag: 'HUMAN_AGENT', sender: 'bot' })), ['window', 0])
  assert.equal(await faultOf(outbound(text, { tag: 'ACCOUNT_UPDATE' })), ['content', 0])
})

test('menus are quick replies, files attachments', async () => {
  const options = [{ id: 'a', title: 'A' }]
  const menu: Content = { kind: 'menu', header: 'Orders', text: 'Which?', footer: 'Acme', options }
  const image = {
    kind: 'media',
    media: 'image',
    attachment: 'x',
    reference: 'https://x.example/1.png',
  } as const
  const calls = await calling(taken, async (adapter) => {
    for (const content of [menu, image, { ...image, media: 'document', reference: '99' } as const])
      assert.ok(E.isRight(await adapter.send(outbound(content))()))
  })
  assert.equal(
    calls.map(({ body }) => body.message),
    [
      {
        text: 'Orders\n\nWhich?\n\nAcme',
        quick_replies: [{ content_type: 'text', title: 'A', payload: 'a' }],
        metadata: 'ours-1',
      },
      {
        attachment: { type: 'image', payload: { url: 'https://x.example/1.png', is_reusable: false } },
        metadata: 'ours-1',
      },
      { attachment: { type: 'file', payload: { attachment_id: '99' } }, metadata: 'ours-1' },
    ],
  )
})

test('what cannot be sent is refused without a call', async () => {
  assert.equal(await faultOf(outbound({ kind: 'text', text: 'x'.repeat(2001) })), ['content', 0])
  assert.equal(await faultOf(outbound(text, { endpoint: 'not ours' })), ['channel', 0])
  assert.equal(await faultOf(outbound(text, { to: { kind: 'wa_id', value: '1' } })), ['recipient', 0])
})

test('an error says what to do, by its code and what it says below it', async () => {
  const kind = async (code: number, error_subcode?: number) => {
    const [fault] = await faultOf(
      outbound(text),
      answering(400, JSON.stringify({ error: { code, error_subcode, message: 'No' } })),
    )
    return fault
  }
  assert.is(await kind(10, 2018278), 'window')
  assert.is(await kind(10, 2534022), 'window')
  assert.is(await kind(10), 'channel')
  assert.is(await kind(551, 1545041), 'recipient')
  assert.is(await kind(100, 2018001), 'recipient')
  assert.is(await kind(10, 2018108), 'recipient')
  assert.is(await kind(200, 1545041), 'recipient')
  assert.is(await kind(100), 'content')
  assert.is(await kind(613), 'retry')
  assert.is(await kind(190), 'channel')
})

test('typing and seen are shown, files fetched and given', async () => {
  const calls = await calling(
    (request, response, body) =>
      request.url === '/a.png'
        ? response.end('png')
        : answering(200, '{"attachment_id":"55"}')(request, response, body),
    async (adapter, origin) => {
      const to = { kind: 'psid', value: '5678' } as const
      for (const indication of [
        { kind: 'typing', on: true },
        { kind: 'read', target: 'm' },
      ] as const)
        assert.ok(
          E.isRight((await adapter.indicate?.({ endpoint: PAGE, to, indication })()) ?? E.left('none')),
        )
      const file = await adapter.fetchMedia?.({ endpoint: PAGE, reference: `${origin}/a.png` })()
      assert.ok(file && E.isRight(file) && Buffer.from(file.right.bytes).toString() === 'png')
      const elsewhere = await adapter.fetchMedia?.({ endpoint: PAGE, reference: 'http://169.254.169.254/' })()
      assert.ok(elsewhere && E.isLeft(elsewhere) && elsewhere.left.final)
      assert.equal(await adapter.uploadMedia?.(PAGE, file.right)(), E.right('55'))
    },
  )
  assert.equal(
    calls.slice(0, 2).map(({ body }) => body.sender_action),
    ['typing_on', 'mark_seen'],
  )
  assert.is(calls[2]?.line, 'GET /a.png undefined', 'no token goes along')
  assert.match(calls[3]?.line ?? '', `/v99.0/${PAGE}/message_attachments`)
})

test('a missing secret is said at the start', () => {
  assert.throws(
    () => messenger({ appSecret: '', verifyToken: 'v', pages: [{ id: 'p', accessToken: 't' }] }),
    /appSecret/,
  )
  assert.throws(() => instagram({ appSecret: 's', verifyToken: 'v', pages: [] }), /instagram needs pages/)
})

test.run()
