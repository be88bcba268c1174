import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import type { launch } from './browser.js'

type Browser = Awaited<ReturnType<typeof launch>>

/** What somebody does who sees the page of a shop with a chat on it. */
export const visitorIn = (browser: Browser | undefined, origin: string) => {
  const openChat = async (): Promise<Page> => {
    const page = await browser!.context.newPage()
    await page.goto(origin)
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
  return { openChat, write, thread, shows }
}
