import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { removeAtEnd } from '../fixtures/remove-at-end.js'
import { addressIn, openBidi, type Bidi } from './bidi.js'
import { findChromium } from './chromium.js'
import { callText, type EnginePage } from './engine.js'
import { startScreen } from './screen.js'

/** A window of Chromium in which one tab is shown, and all others are hidden. */
export interface ChromiumWindow {
  /** Opens a page in a new tab, and shows it. */
  open(url: string): Promise<WindowTab>
  /** What it holds for all hosts. */
  cookies(): Promise<readonly object[]>
}

export interface WindowTab extends Pick<EnginePage, 'evaluate'> {
  /** Brings it to the front; a frozen tab wakes. */
  show(): Promise<void>
  /** Stops the timers and the requests of a hidden tab, as Chromium does to save memory. */
  freeze(): Promise<void>
  /** Wakes a frozen tab, which stays hidden. */
  resume(): Promise<void>
}

/**
 * Starts Chromium on a screen of its own, by its DevTools protocol alone: below Playwright each
 * page counts as shown. Closed with the test.
 */
export async function openChromiumWindow (t: Test): Promise<ChromiumWindow> {
  const { executablePath, args } = findChromium()
  const screen = await startScreen(t)
  const profile = await mkdtemp(join(tmpdir(), 'cdn-access-window-'))
  removeAtEnd(t, profile)
  const options = [
    '--remote-debugging-port=0',
    '--ignore-certificate-errors',
    '--ozone-platform=x11'
  ]
  const chromium = spawn(executablePath, [...args, ...options, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, DISPLAY: screen }
  })
  const ended = once(chromium, 'exit')
  t.teardown(async () => {
    chromium.kill()
    await ended
  })
  const address = await addressIn(chromium.stderr, /DevTools listening on (ws:\S+)/)
  const devTools = await openBidi(address)
  return {
    open: async (url) => {
      const { targetId } = await devTools.send('Target.createTarget', { url })
      return tabOf(await openBidi(new URL(`/devtools/page/${String(targetId)}`, address).href))
    },
    cookies: async () => (await devTools.send('Storage.getCookies', {})).cookies as object[]
  }
}

function tabOf (devTools: Bidi): WindowTab {
  return {
    evaluate: async (run, ...args) => {
      const { result, exceptionDetails } = await devTools.send('Runtime.evaluate', {
        expression: callText(run, args),
        awaitPromise: true,
        returnByValue: true
      }) as { result: { value: never, description?: string }, exceptionDetails?: object }
      if (exceptionDetails !== undefined) throw new Error(result.description)
      return result.value
    },
    show: async () => {
      await devTools.send('Page.bringToFront', {})
    },
    freeze: async () => {
      await devTools.send('Page.setWebLifecycleState', { state: 'frozen' })
    },
    resume: async () => {
      await devTools.send('Page.setWebLifecycleState', { state: 'active' })
    }
  }
}
