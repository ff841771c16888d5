import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { removeAtEnd } from '../fixtures/remove-at-end.js'
import { addressIn, openBidi, type Bidi } from './bidi.js'
import { callText, type Engine, type EnginePage } from './engine.js'
import { startProxy } from './proxy.js'

const executable = '/usr/bin/firefox-esr'

const preferences = {
  'media.autoplay.default': 0,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'app.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false
}

/** Starts Firefox, in which all hosts of the tests are this machine. Closed with the test. */
export async function launchFirefox (t: Test): Promise<Engine> {
  if (!existsSync(executable)) throw new Error('Firefox is missing: apt-get install firefox-esr')
  const profile = await mkdtemp(join(tmpdir(), 'cdn-access-firefox-'))
  removeAtEnd(t, profile)
  const lines = Object.entries(preferences).map(([name, value]) =>
    `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)})\n`
  )
  await writeFile(join(profile, 'user.js'), lines.join(''))
  const options = ['--headless', '--no-remote', '--remote-debugging-port', '0']
  const firefox = spawn(executable, [...options, '--profile', profile], {
    stdio: ['ignore', 'ignore', 'pipe']
  })
  const ended = once(firefox, 'exit')
  t.teardown(async () => {
    firefox.kill()
    await ended
  })
  const address = await addressIn(firefox.stderr, /WebDriver BiDi listening on (ws:\S+)/)
  const bidi = await openBidi(`${address}/session`)
  const proxy = { proxyType: 'manual', sslProxy: await startProxy(t), noProxy: ['localhost'] }
  await bidi.send('session.new', {
    capabilities: { alwaysMatch: { acceptInsecureCerts: true, proxy } }
  })
  return {
    name: 'Firefox',
    open: async (url) => {
      const { context } = await bidi.send('browsingContext.create', { type: 'tab' })
      await bidi.send('browsingContext.navigate', { context, url, wait: 'complete' })
      return pageOf(bidi, String(context))
    }
  }
}

function pageOf (bidi: Bidi, context: string): EnginePage {
  return {
    evaluate: async (run, ...args) => {
      // What a page gives comes as text, for the protocol has a form of its own for values.
      const expression = `Promise.resolve(${
        callText(run, args)
      }).then((each) => JSON.stringify(each))`
      const { result, exceptionDetails } = await bidi.send('script.evaluate', {
        expression,
        target: { context },
        awaitPromise: true,
        userActivation: true
      }) as { result?: { value?: string }, exceptionDetails?: { text: string } }
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text)
      return result?.value === undefined ? undefined : JSON.parse(result.value)
    },
    frame: async () => {
      const { contexts } = await bidi.send('browsingContext.getTree', { root: context }) as {
        contexts: Array<{ children: Array<{ context: string }> }>
      }
      return pageOf(bidi, contexts[0]!.children[0]!.context)
    },
    screenshot: async (width) => {
      const viewport = { width, height: 1000 }
      await bidi.send('browsingContext.setViewport', { context, viewport })
      const { data } = await bidi.send('browsingContext.captureScreenshot', { context })
      return Buffer.from(String(data), 'base64')
    }
  }
}
