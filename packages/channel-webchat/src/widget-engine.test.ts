import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Recorded, START } from '@ramal/core'
import { sqliteStore } from '@ramal/store-sqlite'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import { startRamal } from 'ramal'
import * as assert from 'uvu/assert'
import { chromiumPath, launch } from '../test/browser.js'
import { visitorIn } from '../test/chat-page.js'
import { shopPage } from '../test/page.js'
import { proxyTo } from '../test/proxy.js'
import { webchat } from './adapter.js'
import { folderBlobStore } from './blob-store.js'

const test = suite('webchat widget and engine')

if (chromiumPath === undefined)
  console.log('  There is no Chromium: the widget is not tried against the engine.')
const browserTest = (name: string, body: () => Promise<void>) =>
  (chromiumPath === undefined ? test.skip : test)(name, body, { timeout: 60_000 })

const closing: (() => Promise<void>)[] = []
test.after(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A whole engine on a file, a shop's page with the widget, and a line between them that can be cut. */
const openShop = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-widget-engine-'))
  const store = await sqliteStore(join(folder, 'log.db'))
  const shop = await shopPage()
  const chat = webchat({
    widgets: [{ id: 'site', origins: [shop.origin] }],
    secrets: ['a secret that is long enough to sign with'],
    attachments: folderBlobStore(join(folder, 'files')),
  })
  const trouble: unknown[] = []
  const ramal = await startRamal({
    store,
    policy: { name: 'shop', classification: [{ queue: 'care' }], queues: { care: {} } },
    channels: [chat],
    patience: 0,
    onTrouble: (error) => trouble.push(error),
  })
  await ramal.signIn('bia', { kind: 'human', skills: {}, capacity: { total: 3 }, queues: ['care'] })
  const server = createServer(ramal.listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const line = await proxyTo((server.address() as AddressInfo).port)
  shop.show(
    `<script type="module" src="${line.origin}/webhooks/webchat/widget.js" data-widget="site"></script>`,
  )
  const browser = await launch()
  closing.push(async () => {
    await browser.close()
    await line.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    shop.close()
    await ramal.stop()
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    ...visitorIn(browser, shop.origin),
    chat,
    ramal,
    line,
    trouble,
    async log(type: string): Promise<readonly Recorded[]> {
      const found: Recorded[] = []
      for await (const { events } of store.readAll({ after: START, types: [type] })) found.push(...events)
      return found
    },
    /** The agent takes the only offer there is. */
    async accept(): Promise<string> {
      await ramal.settled()
      const [conversation] = ramal.router.state.agents.get('bia')?.offers ?? []
      const [offer] = ramal.router.state.tickets.get(conversation!)!.offers.keys()
      assert.ok(E.isRight(await ramal.accept(conversation!, offer!, 'bia')))
      return conversation!
    },
  }
}

const dataOf = <T>({ data }: Recorded): T => data as T
interface Said {
  readonly providerId?: string
  readonly content: { readonly kind: string; readonly text?: string; readonly media?: string }
}

browserTest('a line that breaks mid-chat costs neither side a word, on the engine and its file', async () => {
  const desk = await openShop()
  const { ramal, line, write, shows } = desk
  const page = await desk.openChat()
  await write(page, 'Hi, where is my order?')
  await shows(page, ['Hi, where is my order?'])
  const conversation = await desk.accept()
  const reply = async (content: string) =>
    assert.ok(E.isRight(await ramal.reply({ conversation, agent: 'bia', content })))
  await reply('Let me look.')
  await shows(page, ['Hi, where is my order?', 'Let me look.'])

  line.cut()
  await page.getByText('No connection.').waitFor()
  for (const content of ['Found it.', 'It left on Monday.', 'Anything else?']) await reply(content)
  await write(page, 'Hello?')
  await write(page, 'Are you there?')
  await page.getByText('Hello?').waitFor()
  line.restore()
  const whole = [
    'Hi, where is my order?',
    'Let me look.',
    'Found it.',
    'It left on Monday.',
    'Anything else?',
    'Hello?',
    'Are you there?',
  ]
  await shows(page, whole)

  // Broken again and again while both talk: what was sent and not answered is sent again, and is one message.
  for (let i = 0; i < 4; i++) {
    await write(page, `mine ${i}`)
    line.cut()
    await reply(`yours ${i}`)
    line.restore()
    await page.getByText(`mine ${i}`).waitFor()
    await page.getByText(`yours ${i}`).waitFor()
  }
  const said = (await desk.log('MessageReceived')).map((event) => dataOf<Said>(event))
  const texts = said.map(({ content }) => content.text)
  assert.equal(texts, [
    'Hi, where is my order?',
    'Hello?',
    'Are you there?',
    'mine 0',
    'mine 1',
    'mine 2',
    'mine 3',
  ])
  await page.reload()
  await page.getByRole('button', { name: 'Open chat' }).click()
  const final = await desk.log('SendRequested').then((events) => events.length + said.length)
  assert.is(final, 15)
  const order = [...(await desk.log('MessageReceived')), ...(await desk.log('SendRequested'))]
    .sort((a, b) => (a.position < b.position ? -1 : 1))
    .map((event) => dataOf<Said>(event).content.text ?? '')
  await shows(page, order)
  assert.equal(order.slice(0, whole.length), whole)
  assert.equal(desk.trouble, [])
})

browserTest('files go both ways, and each side sees that the other writes', async () => {
  const desk = await openShop()
  const { ramal, chat } = desk
  const page = await desk.openChat()
  const picture = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'broken lamp.png', mimeType: 'image/png', buffer: picture })
  const image = page.getByRole('listitem').getByRole('img')
  await image.waitFor()
  assert.is(await image.evaluate((element) => element.naturalWidth), 1)
  const [received] = await desk.log('MessageReceived')
  assert.equal(dataOf<Said>(received!).content.media, 'image')
  const conversation = await desk.accept()

  const to = dataOf<{ readonly peer: { readonly kind: 'webchat_visitor'; readonly value: string } }>(
    (await desk.log('ConversationOpened'))[0]!,
  ).peer
  await chat.indicate!({ endpoint: 'site', to, indication: { kind: 'typing', on: true } })()
  await page.getByText('Writing an answer').waitFor()
  const bytes = Buffer.from('%PDF-1.7 a receipt')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = { bytes, mimeType: 'application/pdf', sha256, filename: 'receipt.pdf' }
  const reference = await chat.uploadMedia!('site', file)()
  assert.ok(E.isRight(reference))
  const content = {
    kind: 'media',
    media: 'document',
    attachment: 'receipt',
    reference: reference.right,
    filename: 'receipt.pdf',
    caption: 'Here it is',
  } as const
  assert.ok(E.isRight(await ramal.reply({ conversation, agent: 'bia', content })))
  const link = page.getByRole('link', { name: 'receipt.pdf' })
  await link.waitFor()
  const served = await fetch((await link.getAttribute('href'))!)
  assert.is(await served.text(), '%PDF-1.7 a receipt', String(desk.trouble))
  assert.is(await page.getByText('Writing an answer').count(), 0)
})

test.run()
