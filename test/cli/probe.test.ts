import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import t from 'tap'
import { expiredCookies } from '../../src/cli/broken-cookies.js'
import { probeSite, type Probe } from '../../src/cli/probe.js'
import cdnEdge from '../../src/edge/edge.js'
import { cloudfront } from '../../src/index.js'
import { installDemo, startDemo } from '../demo/running-demo.js'

interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body?: string
}

const folder = await installDemo(t)
const demo = startDemo(folder, { TTL: '600' })
t.teardown(() => demo.process.kill('SIGKILL'))
await demo.until('Requests:')
const [, site = ''] = /Open {2}(http:\/\/localhost:\d+)\n/.exec(demo.out()) ?? []
const [, edge = ''] = /Edge {2}(http:\/\/localhost:\d+) /.exec(demo.out()) ?? []
const login = await fetch(`${site}/login/ada`, { method: 'POST' })
const [session = ''] = login.headers.getSetCookie().map((line) => line.split(';', 1)[0]!)

const hangsUp = 0

/** A proxy before the demo that does something wrong with what passes. */
async function faulty (
  to: string,
  change: (reply: Reply, method: string) => void,
  path = (own: string) => own
): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const passed = request(to + path(incoming.url!), {
      method: incoming.method!,
      headers: incoming.headers,
      agent: false
    }, (answer) => {
      const reply: Reply = { status: answer.statusCode!, headers: { ...answer.headers } }
      change(reply, incoming.method!)
      if (reply.status === hangsUp) {
        outgoing.destroy()
        return
      }
      outgoing.sendDate = false
      outgoing.writeHead(reply.status, reply.headers)
      if (reply.body === undefined) answer.pipe(outgoing)
      else outgoing.end(reply.body)
    })
    incoming.pipe(passed)
  }).listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => proxy.close())
  await once(proxy, 'listening')
  return `http://localhost:${(proxy.address() as AddressInfo).port}`
}

/** The codes of what was found, against the demo with one fault. */
async function codes (
  more: { api?: string, edge?: string } & Partial<Omit<Probe, 'api'>> = {}
): Promise<string[]> {
  const checks = await probeSite({
    page: new URL(site),
    headers: { cookie: session },
    cdns: [],
    expired: { why: 'no key' },
    now: Date.now,
    file: new URL(`${more.edge ?? edge}/courses/1/harbour.svg`),
    ...more,
    api: new URL(`${more.api ?? site}/cdn-access`)
  })
  return checks.flatMap(({ ok, code }) => ok ? [] : code!)
}

await t.test('finds nothing wrong with the demo', async (t) => {
  t.same(await codes({ cdns: [edge] }), [])
})

await t.test('asks whether a page of another origin may log out', async (t) => {
  const page = new URL('http://localhost:1')
  const open = (methods?: string, status?: number): Promise<string> =>
    faulty(site, (reply, method) => {
      const { headers } = reply
      if (method === 'OPTIONS') reply.status = status ?? reply.status
      headers['access-control-allow-origin'] = page.origin
      headers['access-control-allow-credentials'] = 'true'
      if (methods !== undefined) headers['access-control-allow-methods'] = methods
    })
  const found = async (methods?: string): Promise<string[]> =>
    (await codes({ page, api: await open(methods) })).filter((code) => /logout/.test(code))
  t.same(await found('GET, POST, DELETE'), [])
  t.same(await found('GET,HEAD,POST'), ['logout-blocked'])
  t.same(await found(), ['logout-blocked'])
  t.match(await codes({ page, api: await open('DELETE', hangsUp) }), ['unreachable'])
})

await t.test('names each of ten faults', async (t) => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const other = Fastify()
  t.teardown(() => other.close())
  await other.register(cdnEdge, {
    cdn: cloudfront({ url: edge, keys: [{ keyPairId: 'KDEMO1', publicKey }] })
  })
  const foreign = (await other.listen({ host: '127.0.0.1', port: 0 })).replace(
    '127.0.0.1',
    'localhost'
  )

  const faults: Array<[what: string, found: Promise<string[]>, code: string]> = [
    [
      'no CORS on 403',
      faulty(edge, ({ status, headers }) => {
        if (status === 403) delete headers['access-control-allow-origin']
      }).then((own) => codes({ edge: own })),
      'cors-on-refusal'
    ],
    [
      'a wrong Domain',
      faulty(site, ({ headers }) => {
        headers['set-cookie'] = headers['set-cookie']?.map((line) => `${line}; Domain=other.test`)
      }).then((own) => codes({ api: own })),
      'cookies-elsewhere'
    ],
    [
      'public caching',
      faulty(edge, ({ headers }) => {
        headers['cache-control'] = 'public, max-age=60'
      }).then((own) => codes({ edge: own })),
      'files-public'
    ],
    ['a clock an hour off', codes({ now: () => Date.now() - 3_600_000 }), 'clock-off'],
    ['a clock that is late', codes({ now: () => Date.now() + 3_600_000 }), 'clock-off'],
    ['a foreign key', codes({ edge: foreign }), 'good-refused'],
    ['http for https', codes({ cdns: [edge.replace('http:', 'https:')] }), 'scheme-differs'],
    [
      'a missing alias',
      codes({ file: new URL('http://media.invalid/courses/1/harbour.svg') }),
      'alias-missing'
    ],
    ['an API that is not in DNS', codes({ api: 'http://api.invalid' }), 'api-name-missing'],
    [
      'a prefix that a proxy lost',
      faulty(site, () => {}, (path) => `/lost${path}`).then((own) => codes({ api: own })),
      'prefix-lost'
    ],
    [
      'cookies that a proxy dropped',
      faulty(site, ({ headers }) => {
        delete headers['set-cookie']
      }).then((own) => codes({ api: own })),
      'cookies-dropped'
    ],
    ['SameSite in an embed', codes({ page: new URL('http://www.example.org') }), 'same-site-embed']
  ]
  for (const [what, found, code] of faults) {
    const all = await found
    t.ok(all.includes(code), `${what}: ${code} among ${all.join(', ')}`)
  }
})

await t.test('asks with cookies that have ended, where there is a key', async (t) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const late = Fastify()
  t.teardown(() => late.close())
  let behind = 0
  await late.register(cdnEdge, {
    cdn: cloudfront({ url: edge, keyPairId: 'KDEMO1', privateKey }),
    now: () => Date.now() - behind
  })
  late.get('/courses/1/harbour.svg', () => 'file')
  const own = (await late.listen({ host: '127.0.0.1', port: 0 })).replace('127.0.0.1', 'localhost')
  const expired = await expiredCookies(
    { cdns: [cloudfront({ url: edge, keyPairId: 'KDEMO1', privateKey })], options: {} },
    new URL(`${edge}/courses/1/harbour.svg`),
    { env: {}, now: Date.now, isTerminal: false, out () {}, err () {}, async readInput () {} }
  )
  t.same(await codes({ expired }), [], 'the demo refuses them')
  t.notOk((await codes({ edge: own, expired })).includes('expired-allowed'))
  behind = 3_600_000
  t.ok((await codes({ edge: own, expired })).includes('expired-allowed'))
})

await t.test('names others beside them', async (t) => {
  const api = async (change: (reply: Reply) => void): Promise<string[]> =>
    codes({ api: await faulty(site, change) })
  t.match(
    await api(({ headers }) => {
      headers['cache-control'] = 'max-age=60'
    }),
    ['reply-cacheable']
  )
  t.match(
    await api(({ headers }) => {
      delete headers['cache-control']
    }),
    ['reply-cacheable']
  )
  t.same(
    await api(({ headers }) => {
      delete headers.date
    }),
    ['cors-missing']
  )
  const page = async (reply: Reply): Promise<string[]> =>
    api((own) => {
      Object.assign(own, reply)
    })
  t.ok((await page({ status: 200, headers: {}, body: '<html>' })).includes('no-receipt'))
  t.ok((await page({ status: 404, headers: {}, body: 'none' })).includes('prefix-lost'))
  t.same(await codes({ headers: {} }), ['viewer-denied'])
  t.same(await codes({ api: 'http://localhost:1' }), ['unreachable'])
  t.same(await codes({ expired: { cookies: 'not\nlegal' } }), ['unreachable'])
  const open = await faulty(edge, (reply) => {
    reply.status = 200
    delete reply.headers['cache-control']
  })
  t.match(await codes({ edge: open }), ['open-to-all', 'open-to-all'])
  const stranger = await codes({ page: new URL('http://localhost:1') })
  t.ok(stranger.includes('cors-missing'))
})
