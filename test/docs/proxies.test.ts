import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { ownFolder } from '../fixtures/own-folder.js'
import { start } from '../fixtures/server.js'

interface Event {
  rawPath: string
  rawQueryString: string
  cookies?: string[]
  headers: Record<string, string>
  requestContext: { http: { method: string, sourceIp: string } }
}

interface Result {
  statusCode: number
  headers: Record<string, unknown>
  cookies: string[]
  body: string
}

const page = readFileSync('docs/proxies.md', 'utf8')
const folder = ownFolder(t, {
  'handler.mjs': /```js\n(\/\/ handler\.js\n[\s\S]*?)```/.exec(page)![1]!
})
const { handlerOf } = await import(join(folder, 'handler.mjs')) as {
  handlerOf: (app: FastifyInstance) => (event: Event) => Promise<Result>
}

t.test('the handler for payload 2.0 keeps every cookie, both ways', async (t) => {
  const addresses: string[] = []
  const app = await start(t, {
    authorize: ({ ip }: { ip: string }) => {
      addresses.push(ip)
      return true
    }
  })
  const handler = handlerOf(app)
  const ask = (method: string, more: Partial<Event> = {}): Promise<Result> =>
    handler({
      rawPath: '/cdn-access',
      rawQueryString: '',
      headers: { host: 'api.example.com' },
      requestContext: { http: { method, sourceIp: '203.0.113.7' } },
      ...more
    })
  const issued = await ask('GET')
  t.match(issued, { statusCode: 200, body: /"status":"issued"/ })
  t.equal(issued.cookies.length, 6)
  t.notOk('set-cookie' in issued.headers)
  t.equal(issued.headers['cache-control'], 'private, no-store')
  const cookies = issued.cookies.map((line) => line.split(';')[0]!)
  t.match((await ask('GET', { cookies })).body, /"status":"fresh"/)
  t.match((await ask('POST', { cookies, rawQueryString: 'a=b' })).body, /"status":"refreshed"/)
  const ended = await ask('DELETE', { cookies })
  t.match(ended, { statusCode: 204, body: '' })
  t.ok(ended.cookies.length >= 6)
  t.same(new Set(addresses), new Set(['203.0.113.7']))
})

t.test('no hop but the proxy is believed, and no private address is bound to', async (t) => {
  const app = await start(t, { authorize: () => ({ paths: ['/a'], ip: '10.0.0.1' }) })
  const { statusCode, body } = await app.inject('/cdn-access')
  t.equal(statusCode, 500)
  t.match(body, 'CDN_ACCESS_IP_INVALID')
})
