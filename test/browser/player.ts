import { setTimeout } from 'node:timers/promises'
import type { BrowserContext, Frame, Page } from 'playwright-core'
import type { PageReport, PlaybackReport } from './page/viewer.js'
import type { Site } from './site.js'

const patienceMilliseconds = 60_000

/** A tab with the client in it, and what it fetched from the media host. */
export interface Tab {
  readonly page: Page
  /** Status and path of each reply of the media host, in order. */
  readonly fetched: Array<{ readonly status: number, readonly path: string }>
  /** How many requests this tab sent to the API's route. */
  readonly asked: () => number
}

/** Opens the site's page and starts the client there. */
export async function openTab (
  viewer: BrowserContext,
  site: Site,
  address: string = site.page
): Promise<Tab> {
  const page = await viewer.newPage()
  const tab: Tab = { page, fetched: [], asked: () => asked }
  let asked = 0
  page.on('response', (response) => {
    const { origin, pathname } = new URL(response.url())
    if (origin === site.media) tab.fetched.push({ status: response.status(), path: pathname })
  })
  page.on('request', (request) => {
    if (request.url() === site.api) asked++
  })
  await page.goto(address)
  await startClient(page, site)
  return tab
}

/** Starts the client in a page or a frame that is open. */
export async function startClient (frame: Page | Frame, { api }: Site): Promise<void> {
  await frame.waitForFunction(() => 'viewer' in window)
  await frame.evaluate((url) => {
    window.viewer.open(url)
  }, api)
}

/** The status of a file that a page fetches with its cookies, but without the client. */
export async function statusOf (page: Page, url: string): Promise<number> {
  return page.evaluate(
    async (address) => (await fetch(address, { credentials: 'include' })).status,
    url
  )
}

/** Begins to play; resolves when the first picture is there. */
export async function play (frame: Page | Frame, { playlist }: Site, rate = 1): Promise<void> {
  await frame.evaluate(
    ([address, speed]) => window.viewer.play(address, speed),
    [playlist, rate] as const
  )
}

export async function report (frame: Page | Frame): Promise<PageReport> {
  return frame.evaluate(() => window.viewer.report())
}

export async function playback (frame: Page | Frame): Promise<PlaybackReport> {
  return frame.evaluate(() => window.viewer.playback())
}

/** Waits until media time has come this far. */
export async function playedTo (frame: Page | Frame, seconds: number): Promise<void> {
  await until(`media time ${seconds}`, async () => (await playback(frame)).at >= seconds)
}

export async function playedToEnd (frame: Page | Frame): Promise<PlaybackReport> {
  await until('the end of the clip', async () => (await playback(frame)).ended)
  return playback(frame)
}

/** Waits for something that happens sooner or later, and says what did not. */
export async function until (
  what: string,
  happened: () => boolean | Promise<boolean>
): Promise<void> {
  const last = performance.now() + patienceMilliseconds
  while (!(await happened())) {
    if (performance.now() > last) throw new Error(`It did not come to this: ${what}`)
    await setTimeout(100)
  }
}
