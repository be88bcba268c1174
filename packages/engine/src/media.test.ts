import { suite } from '@ramal/testing'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { NUMBER, openDesk, readLog, request, T0, webhook } from '../test/desk.js'
import { PICTURE, picture, withBench } from '../test/media-bench.js'
import { memoryMediaStore, startRamal } from './index.js'

const test = suite('files that come in')

test('a file comes in: it is fetched apart from its message, kept, and served', () =>
  withBench(async ({ desk, meta, facts, conversation }) => {
    await desk.post({ messages: [picture('m1', '77')] })
    assert.equal(
      (await facts('AttachmentStored')).map(({ attachment, bytes }) => [attachment, bytes]),
      [['77', PICTURE.length]],
    )
    assert.equal(meta.asked, [`GET /v1.0/77?phone_number_id=${NUMBER}`, 'GET /file/77'])
    const answer = await desk.ramal.media(await conversation(), '77')
    assert.is(answer.status, 200)
    assert.equal(Buffer.from(await answer.arrayBuffer()), PICTURE)
    assert.is(answer.headers.get('content-type'), 'image/png')
    assert.is(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.match(answer.headers.get('content-disposition') ?? '', /^inline; /)
    // Delivered again and again, it is not fetched again.
    await desk.post({ messages: [picture('m1', '77')] })
    assert.is(meta.asked.length, 2)
    assert.is((await desk.ramal.media(await conversation(), 'other')).status, 404)
    assert.is((await desk.ramal.media(await conversation(), '__proto__')).status, 404)
    assert.equal(desk.trouble, [])
  }))

test('a file that does not come is fetched again, later and later, from its reference', () =>
  withBench(async ({ desk, meta, facts, conversation }) => {
    meta.faults.push(
      { match: /GET \/file/, status: 404, times: 2 },
      { match: /GET \/v1/, status: 500, times: 1 },
    )
    await desk.post({ messages: [picture('m1', '77')] })
    assert.is((await desk.ramal.media(await conversation(), '77')).status, 503)
    const failed = await facts('AttachmentFailed')
    assert.is(failed.length, 1)
    assert.equal([failed[0]!.final, failed[0]!.retryAt], [false, T0 + 5_000])
    await desk.advance(4_000)
    assert.is((await facts('AttachmentAttempted')).length, 1)
    await desk.advance(1_000)
    await desk.advance(20_000)
    await desk.advance(80_000)
    assert.is((await facts('AttachmentStored')).length, 1)
    // The address lives for minutes: it is asked for each time.
    assert.is(meta.asked.filter((line) => line.startsWith('GET /v1.0/77')).length, 4)
    assert.is((await desk.ramal.media(await conversation(), '77')).status, 200)
  }))

test('a file that is another than the one sent is never kept, and given up when the provider has it no more', () =>
  withBench(async ({ desk, meta, facts, conversation }) => {
    meta.files.set('77', { bytes: Buffer.from('something else'), mimeType: 'image/png' })
    await desk.post({ messages: [picture('m1', '77')] })
    await desk.advance(8 * 86_400_000)
    const failed = await facts('AttachmentFailed')
    assert.equal((await facts('AttachmentStored')).length, 0)
    assert.is(failed.at(-1)?.final, true)
    assert.ok(failed.slice(0, -1).every(({ final }) => final === false))
    assert.ok(failed.length > 5 && failed.length < 50, `${failed.length} attempts in a week`)
    assert.match(String(failed[0]!.reason), /hash/)
    const before = meta.asked.length
    await desk.advance(86_400_000)
    assert.is(meta.asked.length, before)
    assert.is((await desk.ramal.media(await conversation(), '77')).status, 410)
    // Somebody asks for it again when the provider is well.
    meta.files.set('77', { bytes: PICTURE, mimeType: 'image/png' })
    const again = await desk.ramal.fetchAgain(await conversation(), '77')
    assert.ok(isRight(again) && again.right.state === 'stored')
    assert.is((await desk.ramal.media(await conversation(), '77')).status, 200)
  }))

test('a file that is gone is gone at once, and what is not a file of a conversation is refused', () =>
  withBench(async ({ desk, facts, conversation }) => {
    await desk.post({ messages: [picture('m1', 'gone')] })
    assert.equal(
      (await facts('AttachmentFailed')).map(({ final }) => final),
      [true],
    )
    const again = await desk.ramal.fetchAgain(await conversation(), 'gone')
    assert.ok(isLeft(again))
    const other = await desk.ramal.fetchAgain(await conversation(), 'never')
    assert.ok(isLeft(other) && '_tag' in other.left && other.left._tag === 'ConversationRefusal')
  }))

test('of several engines one fetches; when it dies in the middle another does', () =>
  withBench(async ({ desk, meta, facts }) => {
    const files = memoryMediaStore()
    const more = {
      store: desk.store,
      clock: desk.clock,
      policy: { name: 'test', classification: [{ queue: 'care' }], queues: { care: {} } },
    }
    const second = await startRamal({
      ...more,
      name: 'second',
      media: { store: files },
      channels: [meta.channel(desk.clock)],
    })
    await desk.ramal.ingest('whatsapp', [])
    for (const n of [1, 2, 3, 4, 5]) {
      meta.files.set(`f${n}`, { bytes: PICTURE, mimeType: 'image/png' })
      await desk.ramal.handle(request(webhook({ messages: [picture(`m${n}`, `f${n}`)] })))
    }
    await Promise.all([desk.ramal.settled(), second.settled()])
    assert.is((await facts('AttachmentStored')).length, 5)
    assert.is(meta.asked.filter((line) => line.startsWith('GET /file')).length, 5)
    // It hangs in the middle; whoever waits for it waits in vain.
    let release = () => {}
    meta.hold = new Promise((resolve) => {
      release = resolve
    })
    meta.files.set('late', { bytes: PICTURE, mimeType: 'image/png' })
    const asked = meta.asked.length
    await second.ingest('whatsapp', [
      {
        kind: 'message',
        dedupeKey: 'late',
        providerId: 'late',
        at: T0,
        endpoint: NUMBER,
        peer: [{ kind: 'wa_id', value: '15550111' }],
        content: { kind: 'media', media: 'image', attachment: 'late', reference: 'late' },
      },
    ])
    while (meta.asked.length === asked) await new Promise((resolve) => setTimeout(resolve, 5))
    // The first hangs for ever: a third takes it over when it is in doubt.
    const third = await startRamal({
      ...more,
      name: 'third',
      media: { store: files },
      channels: [meta.channel(desk.clock)],
    })
    meta.hold = undefined
    await desk.clock.advanceTo(desk.clock.now() + 200_000)
    while (!(await facts('AttachmentStored')).some(({ attachment }) => attachment === 'late'))
      await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(
      (await facts('AttachmentAttempted'))
        .filter(({ attachment }) => attachment === 'late')
        .map(({ attempt }) => attempt),
      [1, 2],
    )
    release()
    await Promise.all([second.settled(), third.settled()])
    assert.is((await facts('AttachmentStored')).filter(({ attachment }) => attachment === 'late').length, 1)
    await second.stop()
    await third.stop()
  }))

test('a store of files that is full keeps nobody’s message, and is tried again', async () => {
  let full = true
  const kept = memoryMediaStore()
  const store = {
    ...kept,
    put: async (...of: Parameters<typeof kept.put>) =>
      full ? Promise.reject(new Error('no space left')) : kept.put(...of),
  }
  await withBench(
    async ({ desk, facts }) => {
      await desk.post({ messages: [picture('m1', '77')] })
      assert.is((await facts('MessageReceived')).length, 1)
      assert.is((await facts('AttachmentStored')).length, 0)
      assert.match(String(desk.trouble[0]), /no space left/)
      full = false
      await desk.advance(200_000)
      assert.is((await facts('AttachmentStored')).length, 1)
    },
    { media: { store } },
  )
})

test('without a store of files the engine runs, and says so to whoever sends one', async () => {
  const desk = await openDesk()
  await desk.post({ messages: [picture('m1', '77')] })
  assert.not((await readLog(desk.store)).some(({ type }) => type.startsWith('Attachment')))
  try {
    await desk.ramal.attach({ bytes: PICTURE, mimeType: 'image/png' })
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /media store/)
  }
  await desk.ramal.stop()
})

test.run()
