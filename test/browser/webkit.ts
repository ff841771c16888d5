import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'
import { freePort } from '../engines/program.js'
import { callText, type Engine, type EnginePage } from './engine.js'
import { startProxy } from './proxy.js'

const driver = '/usr/bin/WebKitWebDriver'
const display = '/usr/bin/Xvfb'
const browser = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'
const packages = 'webkit2gtk-driver gstreamer1.0-libav gstreamer1.0-plugins-good xvfb'

type Send = (method: string, path: string, body?: object) => Promise<unknown>

/**
 * Starts WebKit on a screen of its own, in which all hosts of the tests are this machine. Closed
 * with the test.
 */
export async function launchWebKit (t: Test): Promise<Engine> {
  if (![driver, display, browser].every((path) => existsSync(path))) {
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
  const args = ['--automation', `--proxy=http://${await startProxy(t)}`, '--ignore-host=localhost']
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
        return pageOf(send, inTurn, handle)
      })
  }
}

function pageOf (
  send: Send,
  inTurn: <Result>(run: () => Promise<Result>) => Promise<Result>,
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
    frame: async () => pageOf(send, inTurn, handle, true),
    screenshot: (width) =>
      inTurn(async () => {
        await select()
        await send('POST', '/window/rect', { x: 0, y: 0, width, height: 1000 })
        return Buffer.from(String(await send('GET', '/screenshot')), 'base64')
      })
  }
}

async function startScreen (t: Test): Promise<string> {
  const screen = spawn(display, ['-displayfd', '3', '-screen', '0', '1400x1100x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe']
  })
  endWith(t, screen)
  const [number] = await once(screen.stdio[3] as Readable, 'data') as [Buffer]
  return `:${number.toString().trim()}`
}

function endWith (t: Test, process: ChildProcess): void {
  const ended = once(process, 'exit')
  t.teardown(async () => {
    process.kill()
    await ended
  })
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
