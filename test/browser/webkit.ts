import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { freePort } from '../engines/program.js'
import { callText, type Engine, type EnginePage } from './engine.js'
import { startProxy } from './proxy.js'
import { endWith, startScreen } from './screen.js'

const driver = '/usr/bin/WebKitWebDriver'
const browser = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'
const packages = 'webkit2gtk-driver gstreamer1.0-libav gstreamer1.0-plugins-good'

type Send = (method: string, path: string, body?: object) => Promise<unknown>

/**
 * Starts WebKit on a screen of its own, in which all hosts of the tests are this machine. Closed
 * with the test.
 */
export async function launchWebKit (t: Test): Promise<Engine> {
  if (![driver, browser].every((path) => existsSync(path))) {
    throw new Error(`WebKit is missing: apt-get install ${packages}`)
  }
  const screen = await startScreen(t)
  const port = await freePort()
  endWith(
    t,
    spawn(driver, [`--port=${port}`], {
      stdio: 'ignore',
      env: { ...process.env, DISPLAY: screen, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1' }
    })
  )
  const root = `http://127.0.0.1:${port}/session`
  await answering(root)
  const args = [
    '--automation',
    '--geometry=1280x1000',
    `--proxy=http://${await startProxy(t)}`,
    '--ignore-host=localhost'
  ]
  const { sessionId } = await sendTo(root)('POST', '', {
    capabilities: {
      alwaysMatch: {
        acceptInsecureCerts: true,
        'webkitgtk:browserOptions': { binary: browser, args }
      }
    }
  }) as { sessionId: string }
  const send = sendTo(`${root}/${sessionId}`)
  t.teardown(() => send('DELETE', '').catch(() => {}))
  await send('POST', '/timeouts', { script: 60_000 })

  // One tab is in front in a session: what is said to another one has to wait.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(run: () => Promise<Result>): Promise<Result> => {
    const result = turn.then(run)
    turn = result.catch(() => {})
    return result
  }
  return {
    name: 'WebKit',
    open: (url) =>
      inTurn(async () => {
        const { handle } = await send('POST', '/window/new', { type: 'tab' }) as { handle: string }
        await send('POST', '/window', { handle })
        await send('POST', '/url', { url })
        return pageOf(send, inTurn, screen, handle)
      })
  }
}

function pageOf (
  send: Send,
  inTurn: <Result>(run: () => Promise<Result>) => Promise<Result>,
  screen: string,
  handle: string,
  isFrame = false
): EnginePage {
  const select = async (): Promise<void> => {
    await send('POST', '/window', { handle })
    if (isFrame) await send('POST', '/frame', { id: 0 })
  }
  return {
    evaluate: (run, ...args) =>
      inTurn(async () => {
        await select()
        const text = callText(run, args)
        const script = `const done = arguments[0]
          Promise.resolve().then(() => ${text}).then((value) => done({ value }), (error) => done({ error: String(error) }))`
        const { value, error } = await send('POST', '/execute/async', { script, args: [] }) as {
          value: never
          error?: string
        }
        if (error !== undefined) throw new Error(error)
        return value
      }),
    frame: async () => pageOf(send, inTurn, screen, handle, true),
    // Without a window manager the driver neither resizes the window nor takes a picture of it.
    screenshot: () =>
      inTurn(async () => {
        await select()
        const input = ['-f', 'x11grab', '-video_size', '1400x1100', '-i', screen]
        const output = ['-frames:v', '1', '-c:v', 'png', '-f', 'image2pipe', '-']
        const { stdout } = await promisify(execFile)('ffmpeg', [
          ...input,
          ...output
        ], { encoding: 'buffer', maxBuffer: 1e7 })
        return stdout
      })
  }
}

async function answering (root: string): Promise<void> {
  const status = root.replace('session', 'status')
  while (!await fetch(status).then(({ ok }) => ok, () => false)) await setTimeout(50)
}

function sendTo (root: string): Send {
  return async (method, path, body) => {
    const reply = await fetch(
      root + path,
      { method, body: body && JSON.stringify(body) } as RequestInit
    )
    const { value } = await reply.json() as { value: { error?: string, message?: string } | null }
    if (!reply.ok) throw new Error(`${path}: ${value?.error} ${value?.message}`)
    return value
  }
}
