import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Frame, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { removeAtEnd } from '../fixtures/remove-at-end.js'
import { callText, type Engine, type EnginePage } from './engine.js'

const executablePath = '/usr/bin/chromium'

export const args: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--host-resolver-rules=MAP *.example.com 127.0.0.1, MAP *.example.org 127.0.0.1'
]

/** Starts Chromium, in which all hosts of the tests are this machine. Closed with the test. */
export async function launchChromium (t: Test): Promise<Browser> {
  const browser = await chromium.launch(findChromium())
  t.teardown(() => browser.close())
  return browser
}

/**
 * A viewer with cookies of its own, who takes none from third parties. The servers' certificate is
 * self-signed.
 */
export async function newViewer (t: Test, browser: Browser): Promise<BrowserContext> {
  const viewer = await browser.newContext({ ignoreHTTPSErrors: true })
  t.teardown(() => viewer.close())
  return viewer
}

/** Starts Chromium for what tests do in any engine. */
export async function startChromium (t: Test): Promise<Engine> {
  const viewer = await newViewer(t, await launchChromium(t))
  return {
    name: 'Chromium',
    open: async (url) => {
      const page = await viewer.newPage()
      await page.goto(url)
      return pageOf(page)
    }
  }
}

function pageOf (page: Page, frame: Frame = page.mainFrame()): EnginePage {
  return {
    evaluate: (run, ...args) => frame.evaluate(callText(run, args)),
    frame: async () => pageOf(page, page.frames()[1]),
    screenshot: async (width) => {
      await page.setViewportSize({ width, height: 1000 })
      return page.screenshot()
    }
  }
}

/** A viewer in a Chromium of its own whose settings allow cookies of third parties. */
export async function newTolerantViewer (t: Test): Promise<BrowserContext> {
  const profile = await mkdtemp(join(tmpdir(), 'cdn-access-profile-'))
  removeAtEnd(t, profile)
  await mkdir(join(profile, 'Default'))
  await writeFile(
    join(profile, 'Default/Preferences'),
    JSON.stringify({ profile: { cookie_controls_mode: 0 } })
  )
  const viewer = await chromium.launchPersistentContext(profile, {
    ...findChromium(),
    ignoreHTTPSErrors: true
  })
  t.teardown(() => viewer.close())
  return viewer
}

/** What starts Chromium so that all hosts of the tests are this machine. */
export function findChromium (): { executablePath: string, args: string[] } {
  if (!existsSync(executablePath)) throw new Error('Chromium is missing: apt-get install chromium')
  return { executablePath, args: [...args] }
}
