import { readdir } from 'node:fs/promises'
import { conversationReducer } from '@ramal/conversation'
import { load, type Recorded, streamName } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { BIA, text } from '../test/desk.js'
import { type Bench, PICTURE, picture, withBench } from '../test/media-bench.js'
import { folderMediaStore, type MediaStore, memoryMediaStore, startRamal } from './index.js'

const test = suite('erasing files')
const DAY = 86_400_000
const WHY = { by: { kind: 'human', id: 'dpo' }, reason: 'request 17' } as const

const files = (desk: Bench['desk'], conversation: string) =>
  load(desk.store, conversationReducer, streamName('conversation', conversation)).then(
    ({ state }) => state.attachments,
  )

const erased = (log: readonly Recorded[]) =>
  log.flatMap(({ type, data }) => (type === 'AttachmentErased' ? [data as Record<string, unknown>] : []))

/** All that is in the folder. */
const onDisk = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true })).filter((name) => /[0-9a-f]{64}/.test(name))

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

test('a conversation’s files are erased: the bytes, and nothing else of the log; by whom and why is in it', () =>
  withBench(async ({ desk, facts, conversation, folder }) => {
    await desk.post({ messages: [picture('m1', '77')] })
    const id = await conversation()
    const before = await desk.log()
    assert.is((await onDisk(folder)).length, 1)
    assert.equal(right(await desk.ramal.eraseMedia({ conversation: id }, WHY)), {
      conversations: [id],
      files: 1,
    })
    // From the command on, also before the bytes are gone.
    const answer = await desk.ramal.media(id, '77')
    assert.equal([answer.status, await answer.text()], [410, 'The file was erased.'])
    await desk.ramal.settled()
    assert.equal(await onDisk(folder), [])
    assert.equal(erased(await desk.log()), [{ attachment: '77', ...WHY }])
    assert.equal((await desk.log()).slice(0, before.length), before)
    // Again: nothing to do, and nothing is fetched again.
    assert.equal(right(await desk.ramal.eraseMedia({ conversation: id }, WHY)), {
      conversations: [],
      files: 0,
    })
    const again = await desk.ramal.fetchAgain(id, '77')
    assert.ok(E.isLeft(again) && '_tag' in again.left && again.left._tag === 'ConversationRefusal')
    assert.is(again.left.reason, 'erased')
    await desk.post({ messages: [picture('m1', '77')] })
    assert.is((await facts('AttachmentStored')).length, 1)
    assert.is((await desk.ramal.media(id, '77')).status, 410)
    assert.equal(desk.trouble, [])
  }))

test('views of the customer say that it was erased', () =>
  withBench(async ({ desk, conversation }) => {
    await desk.post({ messages: [picture('m1', '77'), text('15550111', 'm2', 'hello')] })
    const id = await conversation()
    const { customer } = (await load(desk.store, conversationReducer, streamName('conversation', id))).state
    const shown = async () => {
      const context = await desk.ramal.contextOf(customer)
      return isSome(context) ? context.value.last.map(({ file }) => file) : []
    }
    assert.equal(await shown(), ['stored', undefined])
    right(await desk.ramal.eraseMedia({ conversation: id, attachments: ['77'] }, WHY))
    assert.equal(await shown(), ['erased', undefined])
    const unknown = await desk.ramal.eraseMedia({ conversation: id, attachments: ['none'] }, WHY)
    assert.ok(E.isLeft(unknown) && '_tag' in unknown.left && unknown.left._tag === 'ConversationRefusal')
  }))

test('of a customer: in all conversations at once, what came in and what was sent', () =>
  withBench(async ({ desk, facts, conversation, folder }) => {
    await desk.ramal.signIn('bia', BIA)
    await desk.post({ messages: [picture('m1', '77')] })
    const first = await conversation()
    const { customer } = (await load(desk.store, conversationReducer, streamName('conversation', first)))
      .state
    const { conversation: offered, offer } = desk.offer('bia')
    await desk.ramal.accept(offered, offer, 'bia')
    const invoice = await desk.ramal.attach({ bytes: Buffer.from('invoice'), mimeType: 'application/pdf' })
    await desk.ramal.reply({ conversation: first, agent: 'bia', content: invoice })
    await desk.ramal.settled()
    // What was sent can be shown too.
    assert.is((await desk.ramal.media(first, invoice.attachment)).status, 200)
    await desk.ramal.resolve(first, 'bia', 'solved')
    await desk.advance(3 * DAY)
    await desk.post({ messages: [{ ...picture('m2', '78'), image: { id: '78', mime_type: 'image/png' } }] })
    const result = right(await desk.ramal.eraseMedia({ customer }, WHY))
    assert.equal([result.conversations.length, result.files], [2, 3])
    await desk.ramal.settled()
    assert.equal(await onDisk(folder), [])
    assert.is((await facts('AttachmentErased')).length, (await facts('AttachmentErasureRequested')).length)
    assert.equal(right(await desk.ramal.eraseMedia({ customer }, WHY)), { conversations: [], files: 0 })
    assert.equal(right(await desk.ramal.eraseMedia({ customer: 'nobody' }, WHY)).files, 0)
  }))

test('bytes that somebody else has sent too stay for them, until theirs are erased', () =>
  withBench(async ({ desk, folder, meta }) => {
    meta.files.set('78', { bytes: PICTURE, mimeType: 'image/png' })
    await desk.post({ messages: [picture('m1', '77'), { ...picture('m2', '78'), from: '15550222' }] })
    const holderOf = async (attachment: string) =>
      (await desk.log())
        .find(({ data }) => (data as { attachment?: string }).attachment === attachment)!
        .stream.slice('conversation-'.length)
    const [first, second] = [await holderOf('77'), await holderOf('78')]
    assert.is((await onDisk(folder)).length, 1)
    right(await desk.ramal.eraseMedia({ conversation: first }, WHY))
    await desk.ramal.settled()
    assert.equal(erased(await desk.log()), [{ attachment: '77', ...WHY, shared: true }])
    assert.is((await desk.ramal.media(first, '77')).status, 410)
    assert.is((await desk.ramal.media(second, '78')).status, 200)
    right(await desk.ramal.eraseMedia({ conversation: second }, WHY))
    await desk.ramal.settled()
    assert.equal(await onDisk(folder), [])
  }))

test('a file that is on its way when it is erased is not kept when it comes', () =>
  withBench(async ({ desk, meta, conversation, folder, facts }) => {
    let release = () => {}
    meta.hold = new Promise((resolve) => {
      release = resolve
    })
    const posted = desk.ramal.ingest('whatsapp', [
      {
        ...{ kind: 'message', dedupeKey: 'm1', providerId: 'm1', at: desk.clock.now(), endpoint: '1055501' },
        peer: [{ kind: 'wa_id', value: '15550111' }],
        content: { kind: 'media', media: 'image', attachment: '77', reference: '77' },
      },
    ])
    await posted
    for (let n = 0; n < 500 && meta.asked.length === 0; n++) await new Promise((done) => setTimeout(done, 5))
    const id = await conversation()
    right(await desk.ramal.eraseMedia({ conversation: id }, WHY))
    for (let n = 0; n < 500 && erased(await desk.log()).length === 0; n++)
      await new Promise((done) => setTimeout(done, 5))
    meta.hold = undefined
    release()
    await desk.ramal.settled()
    assert.equal(await onDisk(folder), [])
    assert.is((await facts('AttachmentErased')).length, 2, 'once before it came, once after')
    assert.is((await files(desk, id))['77']?.state, 'erased')
    assert.equal(desk.trouble, [])
  }))

test('a store that cannot erase now is asked again, and nobody is told that it has', () => {
  const kept = memoryMediaStore()
  let broken = true
  const store: MediaStore = {
    ...kept,
    delete: (location) => (broken ? Promise.reject(new Error('read-only')) : kept.delete(location)),
  }
  return withBench(
    async ({ desk, conversation }) => {
      await desk.post({ messages: [picture('m1', '77')] })
      const id = await conversation()
      const { location } = (await files(desk, id))['77']!
      right(await desk.ramal.eraseMedia({ conversation: id }, WHY))
      await desk.advance(20_000)
      assert.equal(erased(await desk.log()), [])
      assert.is((await desk.ramal.media(id, '77')).status, 410)
      assert.ok(desk.trouble.length > 0)
      broken = false
      await desk.advance(10_000)
      assert.is(erased(await desk.log()).length, 1)
      assert.is(await kept.get(location!), undefined)
    },
    { media: { store } },
  )
})

test('files are kept for as long as the option says, each from when it came', () =>
  withBench(
    async ({ desk, conversation, folder }) => {
      await desk.post({ messages: [picture('m1', '77')] })
      await desk.advance(DAY)
      const id = await conversation()
      const { bytes } = { bytes: Buffer.from('another') }
      const content = await desk.ramal.attach({ bytes, mimeType: 'image/png' })
      const by = { kind: 'system', id: 'test' } as const
      await desk.ramal.conversation(id, { type: 'send', message: `${id}.m`, content, by })
      await desk.advance(29 * DAY - 1)
      assert.equal(erased(await desk.log()), [])
      await desk.advance(1)
      const [first] = erased(await desk.log())
      assert.equal(
        [first!.attachment, first!.by, first!.reason],
        ['77', { kind: 'system', id: 'retention' }, `kept for ${30 * DAY} ms`],
      )
      assert.is((await onDisk(folder)).length, 1)
      await desk.advance(DAY)
      assert.is(erased(await desk.log()).length, 2)
      assert.equal(await onDisk(folder), [])
      assert.equal(desk.trouble, [])
    },
    { keepFor: 30 * DAY },
  ))

test('of several engines on one store the files are erased once', () =>
  withBench(async ({ desk, conversation, meta, folder, facts }) => {
    await desk.post({ messages: [picture('m1', '77')] })
    const id = await conversation()
    const policy = { name: 'test', classification: [{ queue: 'care' }], queues: { care: {} } }
    const { store, clock } = desk
    const media = { store: folderMediaStore(folder) }
    const channels = [meta.channel(clock)]
    const other = await startRamal({ store, clock, policy, name: 'other', media, channels })
    const results = await Promise.all([
      desk.ramal.eraseMedia({ conversation: id }, WHY),
      other.eraseMedia({ conversation: id }, WHY),
    ])
    assert.is(
      results.map((one) => right(one).files).reduce((a, b) => a + b),
      1,
    )
    await Promise.all([desk.ramal.settled(), other.settled()])
    await other.stop()
    assert.is((await facts('AttachmentErased')).length, 1)
    assert.equal(await onDisk(folder), [])
    assert.equal(desk.trouble, [])
  }))

test.run()
