import { sign } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { akamai, cdnPath, googleCloudCdn, type CookieValues } from '../../src/index.js'
import { valuesType } from '../../src/server/values.js'
import { everyCdn } from '../fixtures/every-cdn.js'
import { createViewer, fixedClock, keys, media, startApi } from '../fixtures/site.js'

const url = '/cdn-access'

interface Body {
  status: string
  expiresIn: number
  refreshIn: number
  expiresAt: number
  cookies: CookieValues[]
}

async function valuesFrom (
  app: FastifyInstance,
  headers: Record<string, string> = {},
  address = url,
  method: 'GET' | 'POST' = 'GET'
): Promise<Body> {
  const own = { host: 'api.example.com', accept: valuesType, 'x-user': 'ada' }
  const reply = await app.inject({ method, url: address, headers: { ...own, ...headers } })
  return reply.json()
}

t.test('always gives the full life of the step, whatever was given before', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock, { values: () => true, ttl: 600, expiryStep: 30 })
  for (let second = 0; second < 1300; second += 13) {
    const { status, expiresIn, refreshIn, expiresAt } = await valuesFrom(app)
    t.equal(status, 'issued')
    t.ok(expiresIn > 570 && expiresIn <= 600, `${expiresIn}`)
    t.ok(refreshIn > 300 && refreshIn <= 525, `${refreshIn}`)
    t.equal(expiresAt, clock.now() / 1000 + expiresIn)
    clock.advance(13)
  }
})

t.test('gives each CDN and path an entry, with what a cookie jar would send there', async (t) => {
  const cdns = [
    media(),
    googleCloudCdn({
      url: 'https://img.example.com',
      keyName: 'k',
      key: 'nZtRohdNF9m3cKM24IcK4w==',
      requireSignature: true
    }),
    akamai({ url: 'https://files.example.com', key: 'a'.repeat(64) })
  ]
  const paths = ['a', 'b c', 'd!'].map((name) => ({
    path: cdnPath`/v/${name}/*`,
    cdn: 'cloudfront'
  }))
  const app = await startApi(fixedClock(), {
    cdn: cdns,
    values: () => true,
    authorize: () => [
      ...paths,
      { path: cdnPath`/p/*`, cdn: 'googleCloudCdn' },
      { path: cdnPath`/f/1/*`, cdn: 'akamai' },
      { path: cdnPath`/f/2/*`, cdn: 'akamai' }
    ]
  })
  const { cookies } = await valuesFrom(app)
  t.same(cookies.map(({ cdn, url: address, path }) => [cdn, address, path]), [
    ['cloudfront', 'https://media.example.com', '/v/a/'],
    ['cloudfront', 'https://media.example.com', '/v/b%20c/'],
    ['cloudfront', 'https://media.example.com', '/v/d!/'],
    ['googleCloudCdn', 'https://img.example.com', '/p/'],
    ['akamai', 'https://files.example.com', '/f/']
  ])
  const viewer = createViewer()
  await viewer.ask(app, 'GET', url)
  for (const { url: address, path, header, pairs } of cookies) {
    t.equal(header, pairs.map(({ name, value }) => `${name}=${value}`).join('; '))
    t.equal(header, viewer.cookies(`${address}${path}x`), path)
    t.ok(pairs.every(({ value }) => value.length > 0), 'nothing that only clears')
  }
})

t.test('shares signatures with viewers who keep cookies', async (t) => {
  let signatures = 0
  const { publicKey, privateKey } = keys
  const signer = {
    publicKey,
    sign: (data: Uint8Array): Buffer => {
      signatures++
      return sign('sha256', data, privateKey)
    }
  }
  const app = await startApi(fixedClock(), {
    cdn: media({ privateKey: signer }),
    values: () => true
  })
  const before = signatures
  const viewer = createViewer({ 'x-user': 'ada' })
  await viewer.ask(app)
  t.equal(signatures, before + 1)
  const first = await valuesFrom(app)
  const again = await valuesFrom(app, {}, url, 'POST')
  t.equal(signatures, before + 1)
  t.same(again.cookies, first.cookies)
  t.equal(first.cookies[0]!.header, viewer.cookies('https://media.example.com/u/ada/x'))
  t.same(app.cdnAccess.stats().cached, 1)
})

t.test('gives the area that is asked for, and pushes nothing out', async (t) => {
  const app = await startApi(fixedClock(), {
    values: () => true,
    area: ({ query }) => (query as { course?: string }).course,
    authorize: (_request, area) => area !== '13' && [cdnPath`/courses/${area ?? 'all'}/*`]
  })
  for (let course = 1; course <= 40; course++) {
    if (course === 13) continue
    const { status, cookies } = await valuesFrom(app, {}, `${url}?course=${course}`)
    t.equal(status, 'issued')
    t.same(cookies.map(({ path }) => path), [`/courses/${course}/`])
  }
  t.match(await valuesFrom(app), { cookies: [{ path: '/courses/all/' }] })
  t.match(await valuesFrom(app, {}, `${url}?course=13`), { code: 'CDN_ACCESS_DENIED' })
  t.match(await valuesFrom(app, {}, `${url}?course=1&course=2`), {
    code: 'CDN_ACCESS_AREA_INVALID'
  })
  t.match(app.cdnAccess.stats(), { issued: 40, pushedOut: 0, denied: 1, failed: 1 })
})

t.test('writes no value into a log at any level, given or refused', async (t) => {
  const log: string[] = []
  const write = (line: string): void => {
    log.push(line)
  }
  for (const [mode, cdn] of Object.entries(everyCdn)) {
    const app = await startApi(fixedClock(), {
      cdn,
      values: () => true,
      authorize: () => mode === 'canned' ? ['/u/ada/x'] : [cdnPath`/u/${'ada'}/*`]
    }, { logger: { level: 'trace', stream: { write } } })
    const { cookies } = await valuesFrom(app)
    t.ok(cookies.length > 0, mode)
    const secret = 'session-of-ada'
    await valuesFrom(app, { cookie: `s=${secret}; ${cookies[0]!.header}`, origin: secret })
    const values = cookies.flatMap(({ pairs }) => pairs.map(({ value }) => value))
    const found = [...values.filter((value) => value.length > 12), secret].filter((value) =>
      log.some((line) => line.includes(value))
    )
    t.same(found, [], mode)
  }
  t.ok(log.length > 20)
})
