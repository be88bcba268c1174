import type { Capabilities } from '@ramal/channel'
import type { Content } from '@ramal/conversation'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { fakeChannel } from '../test/fake-channel.js'
import { of, openShop, type Shop } from '../test/shop.js'

const test = suite('answers to menus')

const when: Content = {
  kind: 'menu',
  text: 'When shall it come?',
  options: [
    { id: 'am', title: 'In the morning' },
    { id: 'pm', title: 'In the afternoon' },
  ],
}

const morning = { kind: 'choice', id: 'am', title: 'In the morning' }
const afternoon = { kind: 'choice', id: 'pm', title: 'In the afternoon' }

/** A customer who has written, and is asked. */
const asked = async (menu?: Capabilities['menu']) => {
  const fake = fakeChannel()
  const [endpoint] = fake.adapter.endpoints
  const capabilities = { ...endpoint!.capabilities, ...(menu ? { menu } : {}) }
  const adapter = { ...fake.adapter, endpoints: [{ ...endpoint!, capabilities }] }
  const shop = await openShop({ fake: { ...fake, adapter } })
  const { conversation } = await shop.says('Where is my parcel?')
  await send(shop, conversation!, when)
  return { shop, conversation: conversation! }
}

let count = 0
const send = async (
  { ramal }: Shop,
  conversation: string,
  content: Content,
  kind: 'bot' | 'system' = 'bot',
) => {
  const message = `${conversation}.s${++count}`
  const command = { type: 'send', message, content, by: { kind, id: 'desk' } } as const
  const sent = await ramal.conversation(conversation, command)
  if (E.isLeft(sent)) throw new Error(JSON.stringify(sent.left))
  await ramal.settled()
}

/** What the log has of the customer's last message. */
const last = async (shop: Shop) =>
  (of(await shop.log(), 'MessageReceived').at(-1)!.data as { content: unknown }).content

test('a number, a title or an id is the choice of it, where the menu was shown as numbered text', async () => {
  for (const said of ['1', ' 1. ', '(1)', 'in the MORNING', 'am']) {
    const { shop } = await asked()
    assert.match((shop.sent.at(-1)!.content as { text: string }).text, '1. In the morning')
    await shop.says(said)
    assert.equal(await last(shop), morning, said)
    assert.equal(shop.trouble, [])
    await shop.close()
  }
})

test('what answers nothing of it stays text, and the menu can still be answered', async () => {
  const { shop, conversation } = await asked()
  await shop.says('3')
  assert.equal(await last(shop), { kind: 'text', text: '3' })
  await shop.says('Which day?')
  assert.is(((await last(shop)) as Content).kind, 'text')
  await send(shop, conversation, { kind: 'text', text: 'Your wait is about two minutes.' }, 'system')
  await shop.says('2')
  assert.equal(await last(shop), afternoon)
  await shop.says('2')
  assert.equal(await last(shop), { kind: 'text', text: '2' }, 'they have chosen')
  await shop.close()
})

test('a number is a number once somebody has said something else, or where the menu was shown as one', async () => {
  const { shop, conversation } = await asked()
  await send(shop, conversation, { kind: 'text', text: 'How many parcels are it?' })
  await shop.says('2')
  assert.equal(await last(shop), { kind: 'text', text: '2' })
  await shop.close()
  const shown = await asked({ maxText: 1024, maxButtons: 3, maxOptions: 10, maxTitle: 20 })
  assert.is(shown.shop.sent.at(-1)!.content.kind, 'menu')
  await shown.shop.says('2')
  assert.equal(await last(shown.shop), { kind: 'text', text: '2' })
  await shown.shop.close()
})

test('delivered again, it is the same choice, once', async () => {
  const { shop } = await asked()
  const again = { dedupeKey: 'answer', providerId: 'answer' }
  await shop.says('2', again)
  assert.ok((await shop.says('2', again)).duplicate)
  const received = of(await shop.log(), 'MessageReceived')
  assert.is(received.length, 2)
  assert.equal(await last(shop), afternoon)
  await shop.close()
})

test.run()
