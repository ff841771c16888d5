import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { BrowserContext, Page } from 'playwright-core'
import { startDemo } from '../demo/running-demo.js'
import { launchChromium, newViewer } from './chromium.js'
import { until } from './player.js'

t.setTimeout(120_000)

/** A folder for pictures of the windows, to be looked at. */
const { SCREENSHOTS: folder } = process.env

/** A window that plays, of a person who has logged in there. */
async function play (window: BrowserContext, api: string): Promise<Page> {
  const page = await window.newPage()
  await page.setViewportSize({ width: 1280, height: 1000 })
  await page.goto(api)
  await page.click('#login-ada')
  await until('what she may see', async () => await page.locator('.folders img').count() === 4)
  await page.evaluate(() => {
    const video = document.querySelector('video')!
    video.muted = true
    void video.play().catch(() => {})
  })
  await until('playback', async () => await timeOf(page) > 1)
  return page
}

async function timeOf (page: Page): Promise<number> {
  return page.evaluate(() => document.querySelector('video')!.currentTime)
}

t.test('one press refuses the next segment in two windows', async (t) => {
  // Nothing ends by itself meanwhile.
  const demo = startDemo(process.cwd(), { TTL: '600' })
  t.teardown(() => demo.process.kill('SIGKILL'))
  const { api } = await demo.addresses()
  const browser = await launchChromium(t)
  const windows = [await newViewer(t, browser), await newViewer(t, browser)]
  const pages = await Promise.all(windows.map((window) => play(window, api)))
  await shoot('before', pages)

  await pages[0]!.click('#revoke')
  for (const [index, page] of pages.entries()) {
    await until(
      `window ${index + 1} to close`,
      async () => (await page.innerText('#who')).includes('Nobody is logged in')
    )
    await until('its pictures to go', async () => await page.locator('.folders img').count() === 0)
    t.ok(await page.isHidden('#video'))
    t.equal(await page.innerText('#state'), 'denied')
  }
  for (const page of pages) {
    t.match(await page.innerText('#events'), 'The edge refuses a segment: 403')
  }
  const refused = demo.out().match(/edge {2}403 {2}GET \/courses\/1\/video\/\d\d\.m4s\n/g)
  t.ok(refused!.length >= 2, `${refused!.length} segments`)
  await shoot('after', pages)

  await pages[1]!.click('#login-ada')
  await until('her return', async () => await pages[1]!.locator('.folders img').count() === 4)
})

async function shoot (what: string, pages: readonly Page[]): Promise<void> {
  if (folder === undefined) return
  for (const [index, page] of pages.entries()) {
    await writeFile(join(folder, `revocation-${what}-${index + 1}.png`), await page.screenshot())
  }
}
