import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { CookieJar } from 'tough-cookie'
import { edgeFile } from '../../src/cli/edge-file.js'
import { arn, startKeyValueStore } from '../fixtures/key-value-store.js'
import { startFunction } from './njs.js'
import { scratchFolder } from './program.js'
import { redisServer } from './redis.js'
import { send } from './request.js'
import { startWorker } from './workerd.js'

const key = Buffer.alloc(32, 5).toString('base64url')
const token = 'what the Worker knows the API by'
const settings = {
  issuer: 'https://api.example.com',
  host: '127.0.0.1',
  cookieName: 'CTA-Common-Access-Token',
  queryName: 'CAT',
  origins: []
}

const origin = createServer((_, reply) => {
  reply.end('through')
}).listen(0, '127.0.0.1')
await once(origin, 'listening')
t.teardown(() => {
  origin.closeAllConnections()
  origin.close()
})

const redis = await redisServer(t)
let running = await redis.start()
const store = await startKeyValueStore(t)
const keys = [{ kty: 'oct', kid: 'one', k: key }]
const worker = await startWorker(t, {
  origin: `http://127.0.0.1:${(origin.address() as AddressInfo).port}`,
  script: await edgeFile('cloudflare-worker', settings),
  bindings: { KEYS: JSON.stringify(keys), REVOKE_TOKEN: token },
  classes: { REVOCATIONS: 'Revocations' }
})
const cloudFront = await startFunction(t, {
  text: await edgeFile('cloudfront-function', settings),
  standIn: () => ({
    entries: { ...Object.fromEntries(store.kept), keys: JSON.stringify({ k: [key], i: ['one'] }) },
    unreadable: []
  })
})
const sessions = await scratchFolder(t)
const apis = await Promise.all(['a', 'b', 'c'].map(startApi))
const [first = '', second = '', third = ''] = apis

/** One of the API's processes. */
async function startApi (): Promise<string> {
  const given = {
    redis: redis.port,
    store: store.port,
    worker: worker.url,
    token,
    key,
    arn,
    sessions
  }
  const args = ['test/engines/revoking-api.js', JSON.stringify(given)]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [url] = await once(child.stdout, 'data') as [Buffer]
  return url.toString().trim()
}

/** A viewer with a browser's jar: one machine has one, whatever the port. */
class Viewer {
  session = ''
  jar = new CookieJar()

  async logIn (api: string, user: string): Promise<void> {
    const reply = await fetch(`${api}/login/${user}`, { method: 'POST' })
    const { session } = await reply.json() as { session: string }
    this.session = session
  }

  async poll (api: string): Promise<{ status: number, body: Record<string, unknown> }> {
    const url = `${api}/cdn-access`
    const cookie = await this.jar.getCookieString(url)
    const reply = await fetch(url, { headers: { cookie, 'x-session': this.session } })
    for (const line of reply.headers.getSetCookie()) await this.jar.setCookie(line, url)
    const body = await reply.json() as Record<string, unknown>
    return { status: reply.status, body: { ...body, after: reply.headers.get('retry-after') } }
  }

  async cookies (): Promise<string> {
    return this.jar.getCookieString(`${cloudFront}/v/1.ts`)
  }
}

/** What the Worker and the function answer to cookies. */
async function atEdges (cookies: string): Promise<number[]> {
  const asked = [worker.url, cloudFront].map((url) => send(url, '/v/1.ts', cookies))
  return (await Promise.all(asked)).map(({ status }) => status)
}

async function revoke (api: string, user: string, query = ''): Promise<Response> {
  return fetch(`${api}/revoke/${user}${query}`, { method: 'POST' })
}

async function logIn (user: string): Promise<Viewer> {
  const viewer = new Viewer()
  await viewer.logIn(first, user)
  t.match(await viewer.poll(first), { status: 200, body: { status: 'issued' } })
  t.same(await atEdges(await viewer.cookies()), [200, 200])
  return viewer
}

await t.test('what one process revokes is refused by all, until a new login', async (t) => {
  const ada = await logIn('ada')
  const other = await logIn('bob')
  t.match(await ada.poll(second), { body: { status: 'fresh' } })
  const old = await ada.cookies()

  const revoked = await revoke(second, 'ada')
  t.match(await revoked.json(), { since: Number, until: Number })
  t.same(await atEdges(old), [403, 403])
  for (const api of apis) {
    t.match(await ada.poll(api), { status: 403, body: { code: 'CDN_ACCESS_DENIED' } })
  }
  t.same(await atEdges(await other.cookies()), [200, 200], 'and nobody else')

  await ada.logIn(third, 'ada')
  t.match(await ada.poll(third), { status: 200 })
  t.same(await atEdges(await ada.cookies()), [200, 200])
  t.same(await atEdges(old), [403, 403], 'what was issued before stays closed')
})

await t.test('a new issue in the same second is good, and the old one is not', async (t) => {
  const carl = await logIn('carl')
  for (const api of [second, third, first]) {
    const old = await carl.cookies()
    t.equal((await revoke(api, 'carl', '?keep')).status, 200)
    t.match(await carl.poll(api), { status: 200, body: { status: 'refreshed' } })
    t.same(await atEdges(await carl.cookies()), [200, 200])
    t.same(await atEdges(old), [403, 403])
  }
})

await t.test('an edge that fails is told of, and a repeated call reaches it', async (t) => {
  const dora = await logIn('dora')
  store.troubles.push({ status: 403, type: 'AccessDeniedException' })
  const failed = await revoke(second, 'dora')
  t.match(await failed.json(), {
    code: 'CDN_ACCESS_REVOCATION_INCOMPLETE',
    message: /cloudFrontKeyValueStore/
  })
  t.same(await atEdges(await dora.cookies()), [403, 200], 'the others obey already')
  t.match(await dora.poll(third), { status: 403 })
  t.equal((await revoke(third, 'dora')).status, 200)
  t.match(store.kept.size, 3)
})

await t.test('many revocations at a time all land', async (t) => {
  const users = Array.from({ length: 20 }, (_, index) => `user-${index}`)
  const viewers = await Promise.all(users.map(logIn))
  const replies = await Promise.all(users.map((user, index) => revoke(apis[index % 3]!, user)))
  t.same([...new Set(replies.map(({ status }) => status))], [200])
  for (const viewer of viewers) {
    t.same(await atEdges(await viewer.cookies()), [403, 403])
  }
})

await t.test('without its store the route closes, edges go on, and it comes back', async (t) => {
  const eve = await logIn('eve')
  await running.stop()
  const { status, body } = await eve.poll(second)
  t.equal(status, 503)
  t.match(body, { code: 'CDN_ACCESS_REVOCATION_UNAVAILABLE', after: '5' })
  t.match(await (await revoke(second, 'eve', '?keep')).json(), {
    code: 'CDN_ACCESS_REVOCATION_UNAVAILABLE'
  })
  t.same(await atEdges(await eve.cookies()), [200, 200])

  running = await redis.start()
  const last = Date.now() + 20_000
  while ((await eve.poll(second)).status !== 200 && Date.now() < last) await setTimeout(200)
  t.match(await eve.poll(second), { status: 200, body: { status: 'fresh' } })
  t.equal((await revoke(second, 'eve')).status, 200)
  t.same(await atEdges(await eve.cookies()), [403, 403])
})
