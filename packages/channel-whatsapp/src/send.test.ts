import type { OutboundMessage, SendFault } from '@ramal/channel'
import { answering } from '@ramal/channel/conformance'
import type { Content } from '@ramal/conversation'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { adapterAt, calling, faultOf, NUMBER, outbound, sentBody, taken, text } from '../test/sending.js'
import { classify, holdsOf } from './errors.js'

const test = suite('sending to WhatsApp')

test('a text goes to the number, with our id in it, and the answer teaches how WhatsApp calls the person', async () => {
  const calls = await calling(answering(200, taken), async (adapter) => {
    const sent = await adapter.send(outbound(text, { replyTo: 'wamid.IN' }))()
    assert.equal(
      sent,
      E.right({
        providerId: 'wamid.OUT',
        identifiers: [
          { kind: 'wa_id', value: '551187654321', verified: true },
          { kind: 'bsuid', scope: 'whatsapp', value: 'BR.1', verified: true },
        ],
      }),
    )
  })
  assert.equal(calls, [
    {
      method: 'POST',
      url: `/v99.0/${NUMBER}/messages`,
      authorization: 'Bearer token-of-now',
      body: {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: '5511987654321',
        context: { message_id: 'wamid.IN' },
        biz_opaque_callback_data: 'ours-1',
        type: 'text',
        text: { body: 'Bom dia' },
      },
    },
  ])
})

test('somebody without a number is written to by user id', async () => {
  const to = { kind: 'bsuid' as const, scope: 'whatsapp', value: 'BR.1' }
  const body = await sentBody(outbound(text, { to }))
  assert.is((body as { recipient: string }).recipient, 'BR.1')
  assert.is((body as { to?: string }).to, undefined)
  assert.is(((await sentBody(outbound(text, { to }), { userIdField: 'to' })) as { to: string }).to, 'BR.1')
})

test('few options are buttons, more or explained ones a list', async () => {
  const option = (id: string, description?: string) => ({
    id,
    title: `Option ${id}`,
    ...(description ? { description } : {}),
  })
  const buttons = await sentBody(
    outbound({ kind: 'menu', text: 'Which?', options: [option('1'), option('2')] }),
  )
  assert.equal((buttons as { interactive: unknown }).interactive, {
    type: 'button',
    body: { text: 'Which?' },
    action: {
      buttons: [
        { type: 'reply', reply: { id: '1', title: 'Option 1' } },
        { type: 'reply', reply: { id: '2', title: 'Option 2' } },
      ],
    },
  })
  const list = await sentBody(
    outbound({ kind: 'menu', text: 'Which?', button: 'Show', options: [option('1', 'the first')] }),
  )
  assert.equal((list as { interactive: unknown }).interactive, {
    type: 'list',
    body: { text: 'Which?' },
    action: {
      button: 'Show',
      sections: [{ rows: [{ id: '1', title: 'Option 1', description: 'the first' }] }],
    },
  })
})

test('files go by id or by address, templates with their parameters', async () => {
  const file = {
    kind: 'media',
    media: 'document',
    attachment: 'a',
    reference: '99',
    filename: 'a.pdf',
    caption: 'here',
  } as const
  assert.equal(((await sentBody(outbound(file))) as { document: unknown }).document, {
    id: '99',
    caption: 'here',
    filename: 'a.pdf',
  })
  const note = {
    kind: 'media',
    media: 'audio',
    attachment: 'a',
    reference: 'https://x.example/a.ogg',
    voice: true,
  } as const
  assert.equal(((await sentBody(outbound(note))) as { audio: unknown }).audio, {
    link: 'https://x.example/a.ogg',
    voice: true,
  })
  const template = {
    kind: 'template',
    name: 'order',
    language: 'pt_BR',
    parameters: ['Ana', '42'],
  } satisfies Content
  assert.equal(((await sentBody(outbound(template))) as { template: unknown }).template, {
    name: 'order',
    language: { code: 'pt_BR' },
    components: [
      {
        type: 'body',
        parameters: [
          { type: 'text', text: 'Ana' },
          { type: 'text', text: '42' },
        ],
      },
    ],
  })
})

test('what cannot be sent is refused without a call', async () => {
  const refused = async (message: OutboundMessage) => {
    let fault: SendFault | undefined
    const calls = await calling(answering(200, taken), async (adapter) => {
      const sent = await adapter.send(message)()
      if (E.isLeft(sent)) fault = sent.left
    })
    assert.is(calls.length, 0)
    return fault?.class
  }
  assert.is(await refused(outbound({ kind: 'text', text: 'x'.repeat(4097) })), 'content')
  assert.is(await refused(outbound({ kind: 'order', items: [] })), 'content')
  const file = { kind: 'media', media: 'image', attachment: 'a' } as const
  assert.is(await refused(outbound(file)), 'content')
  assert.is(await refused(outbound({ ...file, reference: '7', mimeType: 'image/gif' })), 'content')
  assert.is(await refused(outbound({ ...file, media: 'audio', reference: '7', caption: 'hear' })), 'content')
  assert.is(await refused(outbound(text, { to: { kind: 'psid', value: '1' } })), 'recipient')
})

test('an error says what to do, by its code', async () => {
  const error = (code: number, more = {}) =>
    faultOf(
      answering(
        400,
        JSON.stringify({ error: { code, message: 'No', error_data: { details: 'because' }, ...more } }),
      ),
    )
  assert.equal(await error(131047), { class: 'window', reason: 'No: because (131047)', code: '131047' })
  assert.is((await error(131049)).retryAfter, 86_400_000)
  assert.equal([(await error(131056)).class, (await error(131056)).retryAfter], ['retry', 6_000])
  assert.is((await error(999_999, { is_transient: true })).class, 'retry')
  assert.is((await error(999_999)).class, 'content')
  const table = [
    [130429, 'retry'],
    [131026, 'recipient'],
    [131050, 'consent'],
    [132015, 'content'],
    [190, 'channel'],
    [200, 'channel'],
    [299, 'channel'],
    [138006, 'recipient'],
    [131062, 'recipient'],
    [131048, 'wait'],
  ] as const
  for (const [code, kind] of table) assert.is(classify({ code }), kind, String(code))
})

test('too much for one person holds that person back, too much for the number the number', () => {
  const fault = { class: 'retry', reason: '' } as const
  assert.is(holdsOf({ ...fault, code: '131056' })?.what, 'pair')
  assert.is(holdsOf({ ...fault, code: '130429' })?.what, 'endpoint')
  assert.is(holdsOf({ ...fault, code: '131000' }), undefined)
})

test('more than WhatsApp allows to one person is not sent, and says when to try again', async () => {
  const results: E.Either<SendFault, unknown>[] = []
  const calls = await calling(
    answering(200, taken),
    async (adapter) => {
      for (let i = 0; i < 12; i++) results.push(await adapter.send(outbound(text))())
      const other = { kind: 'wa_id', value: '222' } as const
      results.push(await adapter.send(outbound(text, { to: other }))())
    },
    { pace: { pair: { burst: 10, every: 60_000 } } },
  )
  assert.equal(results.map(E.isRight), [...Array(10).fill(true), false, false, true])
  assert.is(calls.length, 11)
  const refused = results[10]
  assert.ok(
    refused && E.isLeft(refused) && refused.left.class === 'retry' && (refused.left.retryAfter ?? 0) > 50_000,
  )
})

test('no token, no call: it is tried again later', async () => {
  const adapter = adapterAt('http://127.0.0.1:9', {
    accessToken: () => {
      throw new Error('the vault is sealed')
    },
  })
  const sent = await adapter.send(outbound(text))()
  assert.is(E.isLeft(sent) && sent.left.class, 'retry')
})

test('read, typing and reactions are shown', async () => {
  const to = { kind: 'wa_id', value: '111' } as const
  const calls = await calling(answering(200, '{"success":true}'), async (adapter) => {
    const indicate = async (indication: Parameters<NonNullable<typeof adapter.indicate>>[0]['indication']) =>
      assert.ok(
        E.isRight((await adapter.indicate?.({ endpoint: NUMBER, to, indication })()) ?? E.left('none')),
      )
    await indicate({ kind: 'read', target: 'wamid.1' })
    await indicate({ kind: 'typing', on: true, target: 'wamid.1' })
    await indicate({ kind: 'typing', on: false, target: 'wamid.1' })
    await indicate({ kind: 'reaction', target: 'wamid.1' })
  })
  const base = { messaging_product: 'whatsapp' }
  assert.equal(
    calls.map(({ body }) => body),
    [
      { ...base, status: 'read', message_id: 'wamid.1' },
      { ...base, status: 'read', message_id: 'wamid.1', typing_indicator: { type: 'text' } },
      {
        ...base,
        recipient_type: 'individual',
        to: '111',
        type: 'reaction',
        reaction: { message_id: 'wamid.1', emoji: '' },
      },
    ],
  )
})

test('a missing secret is said at the start', () => {
  assert.throws(() => adapterAt('http://127.0.0.1:9', { appSecret: '' }), /appSecret/)
  assert.throws(() => adapterAt('http://127.0.0.1:9', { appSecret: [] }), /appSecret/)
  assert.throws(() => adapterAt('http://127.0.0.1:9', { numbers: [] }), /numbers/)
})

test.run()
