import { gzipSync } from 'node:zlib'
import type { MessageReported } from '@ramal/channel'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { chromiumPath, launch } from '../test/browser.js'
import { visitorIn } from '../test/chat-page.js'
import { memoryHost } from '../test/host.js'
import { shopPage } from '../test/page.js'
import { loopback } from '../test/server.js'
import { webchat } from './adapter.js'
import { widgetScript } from './assets.js'

const test = suite('webchat widget')

test('is small: less than 6 KB on the wire', async () => {
  const bytes = gzipSync(await widgetScript(), { level: 6 }).length
  assert.ok(bytes < 6 * 1024, `${bytes} bytes gzipped`)
  console.log(`  widget.js: ${bytes} bytes gzipped`)
})

const browserTest = (name: string, body: () => Promise<void>) =>
  (chromiumPath === undefined ? test.skip : test)(name, body, { timeout: 60_000 })
const shop = await shopPage()
const engine = memoryHost()
const adapter = webchat({
  widgets: [{ id: 'site', origins: [shop.origin] }],
  secrets: ['a secret that is long enough to sign with'],
})
const server = await loopback(adapter, engine.host)
shop.show(`<script type="module" src="${server.base}/widget.js" data-widget="site"></script>`)
const browser = chromiumPath === undefined ? undefined : await launch()
test.after(async () => {
  await browser?.close()
  await server.cut()
  shop.close()
})

const { openChat, write, thread, shows } = visitorIn(browser, shop.origin)
const messages = () => engine.seen.filter((event): event is MessageReported => event.kind === 'message')
const visitor = () => messages().at(-1)!.peer[0]!

browserTest(
  'loses its connection mid-chat and misses nothing, on either side, once each and in order',
  async () => {
    const page = await openChat()
    await write(page, 'Hi, where is my order?')
    await shows(page, ['Hi, where is my order?'])
    await engine.say('site', visitor(), 'Let me look.')
    await shows(page, ['Hi, where is my order?', 'Let me look.'])

    await server.cut()
    await page.getByText('No connection.').waitFor()
    for (const text of ['Found it.', 'It left on Monday.', 'Anything else?'])
      await engine.say('site', visitor(), text)
    await write(page, 'Hello?')
    await write(page, 'Are you there?')
    await page.getByText('Hello?').waitFor()
    await server.start()
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
    const facts = new Set(messages().map((event) => event.dedupeKey))
    assert.is(facts.size, 3)

    await page.reload()
    await page.getByRole('button', { name: 'Open chat' }).click()
    await shows(page, whole)
    await page.close()
  },
)

browserTest(
  'two tabs of one visitor share one connection, and the second takes over from the first',
  async () => {
    const first = await openChat()
    const second = await openChat()
    const before = await thread(first)
    await shows(second, before)
    await write(second, 'From the second tab')
    await shows(first, [...before, 'From the second tab'])
    const reads = engine.reads()
    await engine.say('site', visitor(), 'To both')
    for (const page of [first, second]) await shows(page, [...before, 'From the second tab', 'To both'])
    assert.is(engine.reads(), reads, 'nobody had to ask again')
    await first.close()
    await engine.say('site', visitor(), 'To the one that is left')
    await shows(second, [...before, 'From the second tab', 'To both', 'To the one that is left'])
    await second.close()
  },
)

browserTest('a browser that goes offline sends what was written as soon as it is online again', async () => {
  const page = await openChat()
  const before = await thread(page)
  await browser!.context.setOffline(true)
  await write(page, 'Written in a tunnel')
  await page.getByText('You (sending)').waitFor()
  await browser!.context.setOffline(false)
  await shows(page, [...before, 'Written in a tunnel'])
  await page.close()
})

browserTest('what the server refuses for good is shown as not sent, and costs no other message', async () => {
  const page = await openChat()
  const before = await thread(page)
  const field = page.getByRole('textbox', { name: 'Write a message' })
  await field.evaluate((element) => element.removeAttribute('maxlength'))
  await write(page, 'ç'.repeat(5000))
  await write(page, 'shorter')
  await shows(page, [...before, 'shorter'])
  await page.getByText('Not sent: A message has at most 8192 bytes').waitFor()
  await page.close()
})

browserTest('says who writes, announces what comes, offers a menu, and closes with Escape', async () => {
  const page = await openChat()
  assert.is(await page.evaluate('document.activeElement.shadowRoot.activeElement.tagName'), 'TEXTAREA')
  const log = page.getByRole('log', { name: 'Chat with us' })
  assert.is(await log.getAttribute('aria-live'), 'polite')
  await adapter.indicate!({ endpoint: 'site', to: visitor(), indication: { kind: 'typing', on: true } })()
  await page.getByText('Writing an answer').waitFor()
  const options = [
    { id: 'y', title: 'Yes, please' },
    { id: 'n', title: 'No' },
  ]
  await engine.say('site', visitor(), { kind: 'menu', text: 'Shall I?', options })
  await page.getByRole('button', { name: 'Yes, please' }).click()
  await page.getByRole('listitem').filter({ hasText: 'YouYes, please' }).waitFor()
  assert.equal(messages().at(-1)!.content, { kind: 'choice', id: 'y', title: 'Yes, please' })
  assert.ok(engine.passing.some((event) => event.kind === 'readCursor'))
  await page.keyboard.press('Tab')
  await page.keyboard.press('Escape')
  const launcher = page.getByRole('button', { name: 'Open chat' })
  assert.is(await launcher.getAttribute('aria-expanded'), 'false')
  await page.close()
})

test.run()
