import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { generateKeyPairSync } from 'node:crypto'
import { chromium } from 'playwright-core'
import t from 'tap'
import { cloudfront } from '../../src/index.js'
import { freePort } from '../engines/program.js'
import { removeAtEnd } from '../fixtures/remove-at-end.js'
import { args } from './chromium.js'

/** What the tools of a page save and copy of its last request. */
interface Saved {
  readonly sanitized: string
  readonly whole: string
  readonly curl: string
}

async function listen (answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** What stands in the tools' own page: its modules are those of Chromium's export and copy. */
const save = `(async () => {
  const HAR = await import('./models/har/har.js')
  const Logs = await import('./models/logs/logs.js')
  const { NetworkLogView } = await import('./panels/network/network.js')
  const requests = Logs.NetworkLog.NetworkLog.instance().requests()
  const make = async (sanitize) => JSON.stringify({ log: await HAR.Log.Log.build(requests, { sanitize }) })
  const curl = await NetworkLogView.NetworkLogView.generateCurlCommand(requests.at(-1), 'unix')
  return { sanitized: await make(true), whole: await make(false), curl }
})()`

t.test('explains what Chromium\'s tools save and copy of a refused request', async (t) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  let lines: string[] = []
  const media = await listen((request, reply) => {
    reply.setHeader('access-control-allow-origin', request.headers.origin ?? '')
    reply.setHeader('access-control-allow-credentials', 'true')
    if (request.url === '/login') reply.setHeader('set-cookie', lines)
    reply.writeHead(request.url === '/login' ? 200 : 403).end()
  })
  const page = await listen((_request, reply) => {
    reply.setHeader('content-type', 'text/html').end('<title>page</title>')
  })
  const cdn = cloudfront({ url: `http://media.example.com:${media}`, keyPairId: 'K1', privateKey })
  const key = cdn.parseKey((cdn.keys as readonly unknown[])[0])
  const expiresAt = Math.floor(Date.now() / 1000) + 600
  const cookies = await cdn.sign({ paths: ['/courses/42/*'], expiresAt }, key)
  lines = cookies.map(({ name, value }) => `${name}=${value}; Path=/; HttpOnly`)

  const port = await freePort()
  const debugging = [`--remote-debugging-port=${port}`, '--remote-allow-origins=*']
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [...args, ...debugging]
  })
  t.teardown(() => browser.close())
  const context = await browser.newContext()
  const viewer = await context.newPage()
  await viewer.goto(`http://www.example.com:${page}/`)
  const ask = async (path: string): Promise<void> => {
    const code =
      `fetch('http://media.example.com:${media}${path}', { credentials: 'include' }).then(() => 0)`
    await viewer.evaluate(code)
  }
  await ask('/login')
  const targets = await (await fetch(`http://127.0.0.1:${port}/json`)).json() as Array<
    { id: string, url: string }
  >
  const { id } = targets.find(({ url }) => url.includes('www.example.com'))!
  const tools = await context.newPage()
  await tools.goto(
    `devtools://devtools/bundled/devtools_app.html?ws=127.0.0.1:${port}/devtools/page/${id}`
  )
  let saved: Saved | undefined
  for (let tries = 0; tries < 40 && !saved?.whole.includes('/courses/43/'); tries++) {
    await setTimeout(500)
    await ask('/courses/43/a.mp4')
    saved = await tools.evaluate<Saved>(save).catch(() => undefined)
  }

  const folder = await mkdtemp(join(tmpdir(), 'cdn-access-captures-'))
  removeAtEnd(t, folder)
  const explain = async (option: string, text: string): Promise<string> => {
    const file = join(folder, 'capture')
    await writeFile(file, text)
    const command = ['dist/cli/main.js', 'explain', option, file]
    return new Promise((resolve) => {
      execFile(process.execPath, command, (_error, printed) => {
        resolve(printed)
      })
    })
  }
  t.match(await explain('--har', saved!.whole), /courses\/43[^]*\[path-outside\]/)
  t.match(await explain('--curl', saved!.curl), /courses\/43[^]*\[path-outside\]/)
  const sanitized = await explain('--har', saved!.sanitized)
  t.match(sanitized, 'Cookies were removed from this file')
  t.notMatch(sanitized, /No cookie was sent|path-outside/)
})
