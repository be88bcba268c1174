import { suite } from '@ramal/testing'
import { isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { BIA, text } from '../test/desk.js'
import { type Bench, PICTURE, picture, withBench } from '../test/media-bench.js'

const test = suite('files that go out')

const assigned = async ({ desk, conversation }: Bench): Promise<string> => {
  await desk.ramal.signIn('bia', BIA)
  await desk.post({ messages: [text('15550111', 'hello', 'hello')] })
  const { offer } = desk.offer('bia')
  await desk.ramal.accept(await conversation(), offer, 'bia')
  return conversation()
}

test('an agent’s file is uploaded once, and sent by its reference while the provider keeps it', () =>
  withBench(async (bench) => {
    const { desk, meta } = bench
    const conversation = await assigned(bench)
    const content = await desk.ramal.attach({
      bytes: PICTURE,
      mimeType: 'image/png',
      filename: 'price.png',
      caption: 'our price',
    })
    const reply = async (id: string) => {
      await desk.ramal.reply({ conversation, agent: 'bia', content, id })
      await desk.ramal.settled()
    }
    await reply('one')
    await reply('two')
    assert.is(meta.uploaded.length, 1)
    assert.match(meta.uploaded[0]!, /filename="price.png"/)
    assert.ok(meta.uploaded[0]!.includes(PICTURE.toString('latin1')))
    assert.equal(
      meta.sent.map(({ image }) => image),
      [
        { id: 'up1', caption: 'our price' },
        { id: 'up1', caption: 'our price' },
      ],
    )
    await desk.advance(30 * 86_400_000)
    await desk.post({
      messages: [{ ...text('15550111', 'again', 'hello again'), timestamp: String(desk.clock.now() / 1000) }],
    })
    await reply('three')
    assert.is(meta.uploaded.length, 2)
    assert.equal(meta.sent.at(-1)?.image, { id: 'up2', caption: 'our price' })
  }))

test('an upload that fails is a send that failed: tried again when it may be, and its reason is told', () =>
  withBench(async (bench) => {
    const { desk, meta, facts } = bench
    const conversation = await assigned(bench)
    const content = await desk.ramal.attach({ bytes: PICTURE, mimeType: 'image/png' })
    meta.faults.push({ match: /\/media$/, status: 500, times: 1 })
    await desk.ramal.reply({ conversation, agent: 'bia', content })
    await desk.ramal.settled()
    assert.is((await facts('SendFailed'))[0]?.class, 'retry')
    await desk.advance(60_000)
    assert.is(meta.sent.length, 1)
    const gone = { ...content, reference: `stored:sha256:${'0'.repeat(64)};image/png` }
    await desk.ramal.reply({ conversation, agent: 'bia', content: gone })
    await desk.ramal.settled()
    assert.match(String((await facts('SendFailed')).at(-1)?.reason), /not in the media store/)
    assert.is(meta.sent.length, 1)
  }))

test('a customer’s file is sent on to another by the same way', () =>
  withBench(async (bench) => {
    const { desk, meta } = bench
    const conversation = await assigned(bench)
    await desk.post({ messages: [picture('m1', '77')] })
    const found = await desk.ramal.find(conversation)
    assert.ok(isSome(found))
    const { location = '' } = found.value.attachments['77']!
    const content = {
      kind: 'media',
      media: 'image',
      attachment: '77',
      reference: `stored:${location}`,
    } as const
    await desk.ramal.reply({ conversation, agent: 'bia', content })
    await desk.ramal.settled()
    assert.is(meta.uploaded.length, 1)
    assert.equal(meta.sent.at(-1)?.image, { id: 'up1' })
  }))

test.run()
