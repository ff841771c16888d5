import { chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'

/** Opens a page in Debian's Chromium, in a profile of its own. Closed with the test. */
export async function openPage (t: Test, url: string): Promise<Page> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required']
  })
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  await page.goto(url)
  return page
}
