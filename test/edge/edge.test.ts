import { join } from 'node:path'
import cors from '@fastify/cors'
import fastifyStatic from '@fastify/static'
import Fastify from 'fastify'
import t from 'tap'
import cdnEdge, { cdnEdge as named } from '../../src/edge/edge.js'
import { cloudfront, googleCloudCdn } from '../../src/index.js'
import {
  createViewer,
  fixedClock,
  keys,
  media,
  mediaUrl,
  startApi,
  startEdge
} from '../fixtures/site.js'

const publicOnly = cloudfront({
  url: mediaUrl,
  keys: [{ keyPairId: 'KONE', publicKey: keys.publicKey }]
})

t.test('is one plugin under two names', async (t) => {
  t.equal(cdnEdge, named)
})

t.test('protects files behind it, and what tries to climb out of them', async (t) => {
  const root = t.testdir({ files: { u: { ada: { 'a.txt': 'hers' } } }, 'secret.txt': 'nobody\'s' })
  const clock = fixedClock()
  const edge = Fastify()
  await edge.register(cdnEdge, { cdn: publicOnly, now: clock.now })
  await edge.register(fastifyStatic, { root: join(root, 'files') })
  const viewer = createViewer({ 'x-user': 'ada' })
  t.equal(await viewer.fetch(edge, '/u/ada/a.txt'), 403)
  await viewer.ask(await startApi(clock))
  const cookie = viewer.cookies(`${mediaUrl}/u/ada/a.txt`)
  const fetch = async (url: string): Promise<[number, string]> => {
    const reply = await edge.inject({ url, headers: { cookie } })
    return [reply.statusCode, reply.body]
  }
  t.same(await fetch('/u/ada/a.txt'), [200, 'hers'])
  t.equal((await fetch('/u/ada/none.txt'))[0], 404)
  const climbs = [
    '/u/ada/..%2f..%2f..%2fsecret.txt',
    '/u/ada/%2e%2e/%2e%2e/secret.txt',
    '/u/ada/..%5c..%5csecret.txt',
    '/u/ada/%00'
  ]
  for (const url of climbs) t.equal((await fetch(url))[0], 403, url)
})

t.test('says why only where it is told to explain', async (t) => {
  const clock = fixedClock()
  const silent = Fastify()
  await silent.register(cdnEdge, { cdn: publicOnly, now: clock.now })
  silent.get('/*', async () => 'x')
  const reply = await silent.inject('/a')
  t.same(reply.json(), {
    statusCode: 403,
    error: 'Forbidden',
    message: 'The edge refuses this request'
  })
  t.equal(reply.headers['cache-control'], 'no-store')
  const lines: Array<Record<string, unknown>> = []
  const write = (line: string): void => void lines.push(JSON.parse(line))
  const edge = Fastify({ logger: { stream: { write } }, disableRequestLogging: true })
  await edge.register(cdnEdge, { cdn: publicOnly, now: clock.now, explain: true })
  edge.get('/*', async () => 'x')
  const explained = (await edge.inject('/a')).json()
  t.match(lines, [{ msg: /refused by the edge/, cdn: 'cloudfront', code: 'cookies-none' }])
  const checks = explained.checks as Array<{ name: string, ok: boolean }>
  t.same(checks.map(({ name, ok }) => [name, ok]), [['path', true], ['credentials', false]])
})

t.test('explains in a page to whoever loads one, with the same codes', async (t) => {
  const edge = await startEdge(fixedClock())
  const page = await edge.inject({
    url: '/a',
    headers: { accept: 'text/html,*/*;q=0.8', cookie: '__token__=exp=1~hmac=ab' }
  })
  t.equal(page.statusCode, 403)
  t.match(page.headers['content-type'], /^text\/html/)
  const json = (await edge.inject({ url: '/a', headers: { cookie: '__token__=exp=1~hmac=ab' } }))
    .json()
  t.match(json, {
    checks: [{}, { code: 'other-kind' }],
    notes: [{ code: 'url-token' }],
    unknown: /Not known/
  })
  for (const { code } of [...json.checks.slice(1), ...json.notes]) t.match(page.body, String(code))
})

t.test('holds for its scope alone', async (t) => {
  const edge = Fastify()
  edge.get('/open', async () => 'x')
  await edge.register(async (scope) => {
    await scope.register(cdnEdge, { cdn: publicOnly })
    scope.get('/closed', async () => 'x')
  })
  t.equal((await edge.inject('/open')).statusCode, 200)
  t.equal((await edge.inject('/closed')).statusCode, 403)
})

t.test('checks the viewer\'s address', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock, { authorize: () => ({ paths: ['/a'], ip: '203.0.113.9' }) })
  const viewer = createViewer()
  await viewer.ask(app)
  const edge = await startEdge(clock)
  const headers = { cookie: viewer.cookies(`${mediaUrl}/a`) }
  for (const [remoteAddress, status] of [['203.0.113.9', 200], ['203.0.113.10', 403]] as const) {
    t.equal((await edge.inject({ url: '/a', headers, remoteAddress })).statusCode, status)
  }
})

t.test('lets CORS that stands before it answer preflights, and speak on refusals', async (t) => {
  const edge = Fastify()
  await edge.register(cors, { origin: 'http://localhost:3000', credentials: true })
  await edge.register(cdnEdge, { cdn: publicOnly })
  edge.get('/*', async () => 'x')
  const origin = { origin: 'http://localhost:3000' }
  const preflight = await edge.inject({
    method: 'OPTIONS',
    url: '/a',
    headers: { ...origin, 'access-control-request-method': 'GET' }
  })
  t.equal(preflight.statusCode, 204)
  const refused = await edge.inject({ url: '/a', headers: origin })
  t.match(refused, { statusCode: 403, headers: { 'access-control-allow-credentials': 'true' } })
})

t.test('stops with the server, also where its keys are loaded again', async (t) => {
  const edge = Fastify()
  await edge.register(cdnEdge, {
    cdn: cloudfront({
      url: mediaUrl,
      keys: { load: () => ({ keyPairId: 'KONE', publicKey: keys.publicKey }), every: '1h' }
    })
  })
  await edge.ready()
  await t.resolves(async () => {
    await edge.close()
  })
})

t.test('refuses options that it can not use', async (t) => {
  const wrong = [
    [
      {},
      'CDN_ACCESS_CDN_MISSING',
      'No CDN: pass "cdn", for instance cloudfront({ url, keyPairId, privateKey }), ' +
      'which the edge then stands in for'
    ],
    [
      { cdn: [media()] },
      'CDN_ACCESS_OPTION_INVALID',
      'Option "cdn" must be one CDN and no array: an edge stands in for one. ' +
      'Register the edge once for each CDN, in a scope or a server of its own'
    ],
    [
      { cdn: cloudfront },
      'CDN_ACCESS_CDN_INVALID',
      'Option "cdn" must be made by a CDN factory or have the shape of a Cdn: ' +
      'it is a function that was not called. Call it: cloudfront({ … })'
    ],
    [{ cdn: media(), explain: 'yes' }, 'CDN_ACCESS_OPTION_INVALID'],
    [{ cdn: media(), now: 1 }, 'CDN_ACCESS_OPTION_INVALID'],
    [
      { cdn: media(), revocations: {} },
      'CDN_ACCESS_OPTION_INVALID',
      'Option "revocations" must be a store such as redisRevocations({ client }), or left out'
    ],
    [{ cdn: media(), explian: true }, 'CDN_ACCESS_OPTION_UNKNOWN'],
    [{ cdn: cloudfront({ url: mediaUrl, keys: [] }) }, 'CDN_ACCESS_KEYS_MISSING']
  ] as const
  for (const [options, code, message = /./] of wrong) {
    await t.rejects(async () => {
      await Fastify().register(cdnEdge, options as never).ready()
    }, { code, message })
  }
})

t.test('lets nothing through where its clock yields no time', async (t) => {
  const clock = fixedClock()
  const viewer = createViewer({ 'x-user': 'ada' })
  await viewer.ask(await startApi(clock))
  t.equal(await viewer.fetch(await startEdge(clock), '/u/ada/a.txt'), 200)
  for (const odd of [Number.NaN, undefined, '1767225600000', -1]) {
    await t.rejects(startEdge({ ...clock, now: () => odd as number }), {
      code: 'CDN_ACCESS_CLOCK_INVALID'
    })
    let now: unknown = clock.now()
    const edge = await startEdge({ ...clock, now: () => now as number })
    now = odd
    t.equal(await viewer.fetch(edge, '/u/ada/a.txt'), 500, String(odd))
  }
})

t.test('matches the host that was asked with the pattern of the CDN', async (t) => {
  const clock = fixedClock()
  const cdn = media({ host: 'https://*.example.com' })
  const edge = Fastify({ trustProxy: true })
  await edge.register(cdnEdge, { cdn, now: clock.now })
  edge.get('/*', async () => 'through')
  const viewer = createViewer({ 'x-user': 'ada' })
  await viewer.ask(await startApi(clock, { cdn }))
  const cookie = viewer.cookies(`${mediaUrl}/u/ada/a.txt`)
  const ask = async (host: string, protocol = 'https', url = '/u/ada/a.txt'): Promise<number> =>
    (await edge.inject({ url, headers: { cookie, host, 'x-forwarded-proto': protocol } }))
      .statusCode
  t.equal(await ask('media.example.com'), 200)
  t.equal(await ask('IMG.example.com:443'), 200)
  t.equal(await ask('img.example.com', 'https', '/u/bob/a.txt'), 403)
  t.equal(await ask('img.example.com', 'http'), 403)
  for (
    const host of [
      'img.example.org',
      'example.com',
      'evil.org/.example.com',
      'evil.org#.example.com',
      'evil.org:443.example.com',
      'x@img.example.com',
      ''
    ]
  ) t.equal(await ask(host), 403, host)
})

t.test('keeps no failure of a CDN\'s own check', async (t) => {
  const edge = Fastify()
  const check = (): Promise<never> => Promise.reject(new Error('its own'))
  await edge.register(cdnEdge, { cdn: { ...publicOnly, check } })
  edge.get('/*', async () => 'x')
  t.match(await edge.inject('/a'), {
    statusCode: 500,
    headers: { 'cache-control': 'no-store' }
  })
})

t.test('asks no store of a format without ids', async (t) => {
  const clock = fixedClock()
  const edge = Fastify()
  const since = (): Promise<never> => Promise.reject(new Error('asked'))
  await edge.register(cdnEdge, { cdn: publicOnly, now: clock.now, revocations: { since } })
  edge.get('/*', async () => 'x')
  const viewer = createViewer({ 'x-user': 'ada' })
  await viewer.ask(await startApi(clock))
  t.equal(await viewer.fetch(edge, '/u/ada/a'), 200)
})

t.test('warns where it lets everybody pass, as Cloud CDN does', async (t) => {
  const options = { url: mediaUrl, keyName: 'k', key: Buffer.alloc(16, 1).toString('base64url') }
  for (const requireSignature of [false, true]) {
    const lines: string[] = []
    const write = (line: string): void => void lines.push(JSON.parse(line).msg)
    const edge = Fastify({ logger: { level: 'warn', stream: { write } } })
    await edge.register(cdnEdge, { cdn: googleCloudCdn({ ...options, requireSignature }) })
    edge.get('/*', async () => 'x')
    t.equal((await edge.inject('/a')).statusCode, requireSignature ? 403 : 200)
    t.equal(lines.length, requireSignature ? 0 : 1)
    t.match(
      lines.join(),
      requireSignature ? /^$/ : /lets requests pass that have no access.*requireSig/
    )
  }
})

t.test('warns of a CDN that lets everybody pass without a word', async (t) => {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(JSON.parse(line).msg)
  const edge = Fastify({ logger: { level: 'warn', stream: { write } } })
  const check = async () => ({ allowed: true, status: 200, checks: [] })
  await edge.register(cdnEdge, { cdn: { ...publicOnly, check } })
  t.same(lines, ['fastify-cdn-access: this edge lets requests pass that have no access. '])
})
