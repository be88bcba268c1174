import { gzipSync } from 'node:zlib'
import type { MessageReported } from '@ramal/channel'
import { suite } from '@ramal/testing'
import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { chromiumPath, launch } from '../test/browser.js'
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

const browserTest = chromiumPath === undefined ? test.skip : test
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

const openChat = async (): Promise<Page> => {
  const page = await browser!.context.newPage()
  await page.goto(shop.origin)
  await page.getByRole('button', { name: 'Open chat' }).click()
  return page
}
const write = async (page: Page, text: string) => {
  await page.getByRole('textbox', { name: 'Write a message' }).fill(text)
  await page.keyboard.press('Enter')
}
/** What stands in the thread, settled entries only, without who said it. */
const thread = (page: Page) =>
  page.getByRole('listitem').evaluateAll((items) =>
    items
      .filter((item) => !/sending|Not sent/.test(item.querySelector('b')?.textContent ?? ''))
      .map((item) =>
        [...item.childNodes]
          .slice(1)
          .map((node) => node.textContent)
          .join(''),
      ),
  )
const shows = async (page: Page, expected: readonly string[]) => {
  const until = Date.now() + 20_000
  for (;;) {
    const found = await thread(page)
    if (JSON.stringify(found) === JSON.stringify(expected)) return
    if (Date.now() > until) assert.equal(found, expected)
    await page.waitForTimeout(50)
  }
}
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
  { timeout: 60_000 },
)

test.run()
