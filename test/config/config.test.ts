import t from 'tap'
import { cdnAccess, cdnPath } from '../../src/index.js'
import { resolveOptions, type CdnAccessConfig } from '../../src/config/config.js'
import { clock, host, media, start, working } from '../fixtures/server.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    tier?: number
  }
}

function resolve (more: Record<string, unknown> = {}): Promise<CdnAccessConfig> {
  return resolveOptions(working(more), undefined)
}

t.test('fills in every default', async (t) => {
  const { rules, authorize, now, ...rest } = await resolve({ now: Date.now })
  t.match(rules, { ttl: 600, refreshBefore: 150, expiryStep: 30, paths: [{ path: '/*' }] })
  t.same(rest, {
    area: undefined,
    areas: undefined,
    values: undefined,
    route: { url: '/cdn-access', name: undefined, areas: false, values: false, options: {} },
    refreshOnRequest: false,
    ticket: {
      name: '__Host-cdn-access',
      attributes: {
        domain: undefined,
        httpOnly: true,
        secure: true,
        sameSite: 'lax',
        partitioned: false,
        lifetime: 'ttl'
      }
    },
    cacheSize: 1000,
    signTimeout: 10,
    pathsGiven: false
  })
  t.equal(now, Date.now)
  t.type(authorize, 'function')
})

t.test('takes every option', async (t) => {
  const config = await resolve({
    cdn: [media()],
    paths: ['/a/*', cdnPath`/b/*`, { path: '/c.png', cdn: 'cloudfront' }, { path: cdnPath`/d/*` }],
    ttl: '1h',
    refreshBefore: '10m',
    expiryStep: 60,
    route: { url: '/access', config: { rateLimit: false } },
    refreshOnRequest: true,
    name: 'films',
    cacheSize: 0
  })
  t.match(config, {
    pathsGiven: true,
    refreshOnRequest: true,
    cacheSize: 0,
    ticket: { name: '__Host-cdn-access-films' },
    route: { url: '/access', options: { config: { rateLimit: false } } }
  })
  t.match(config.rules, { ttl: 3600, refreshBefore: 600, expiryStep: 60 })
  t.same(config.rules.paths, [
    { path: '/a/*', cdn: undefined },
    { path: '/b/*', cdn: undefined },
    { path: '/c.png', cdn: 'cloudfront' },
    { path: '/d/*', cdn: undefined }
  ])
  t.equal((await resolve({ route: false })).route, false)
})

t.test('takes long lives, whose parts are over a day', async (t) => {
  t.match((await resolve({ ttl: '30d' })).rules, {
    ttl: 2_592_000,
    refreshBefore: 648_000,
    expiryStep: 129_600
  })
  t.match((await resolve({ ttl: '400d' })).rules, { ttl: 34_560_000 })
})

t.test('holds the bounds of times', async (t) => {
  t.match((await resolve({ ttl: 5 })).rules, { ttl: 5, refreshBefore: 1, expiryStep: 1 })
  t.match((await resolve({ ttl: 100, expiryStep: 25, refreshBefore: 50 })).rules, {
    ttl: 100,
    refreshBefore: 50,
    expiryStep: 25
  })
  await t.rejects(resolve({ ttl: 100, expiryStep: 25, refreshBefore: 51 }), {
    code: 'CDN_ACCESS_REFRESH_BEFORE_TOO_LONG',
    message: 'Option "refreshBefore" plus twice "expiryStep" must not exceed ttl ' +
      '(51 + 2 * 25 > 100 seconds): leave it out for a quarter of ttl'
  })
  await t.rejects(resolve({ ttl: 5, expiryStep: 2 }), { code: 'CDN_ACCESS_EXPIRY_STEP_INVALID' })
})

t.test('names no variable where none is read', async (t) => {
  await t.rejects(resolve({ cdn: undefined }), {
    code: 'CDN_ACCESS_CDN_MISSING',
    message: 'No CDN: pass "cdn", for instance cloudfront({ url, keyPairId, privateKey })'
  })
  await t.rejects(resolveOptions(working({ cdn: [] }), 'FILMS_'), {
    code: 'CDN_ACCESS_CDN_MISSING',
    message: 'No CDN: pass "cdn", for instance cloudfront({ url, keyPairId, privateKey }), ' +
      'or set FILMS_CDN and FILMS_URL'
  })
})

t.test('gives the ticket what the widest of all cookies needs', async (t) => {
  const files = (cookie: object, url = 'https://files.example.org'): object =>
    media({ name: 'files', url, cookie: { domain: 'example.org', ...cookie } })
  const ticketOf = async (other: object, cookie: object = {}): Promise<unknown> => {
    const { ticket } = await resolve({
      cdn: [media(), other],
      cookie: { domain: 'example.com', ...cookie }
    })
    const { sameSite, secure, partitioned, lifetime } = ticket.attributes
    return { name: ticket.name, sameSite, secure, partitioned, lifetime }
  }
  const usual = {
    name: '__Host-cdn-access',
    sameSite: 'lax',
    secure: true,
    partitioned: false,
    lifetime: 'ttl'
  }
  t.same(await ticketOf(files({})), usual)
  t.same(await ticketOf(files({ sameSite: 'none' })), { ...usual, sameSite: 'none' })
  t.same(await ticketOf(files({ sameSite: 'strict' })), usual)
  t.same(await ticketOf(files({ partitioned: true })), { ...usual, partitioned: true })
  const session = { lifetime: 'session' }
  t.same(await ticketOf(files({}), session), { ...usual, ...session })
  t.same(await ticketOf(files({ lifetime: 'ttl' }), session), usual)
  t.same(
    await ticketOf(files({}, 'http://files.example.org')),
    { ...usual, name: 'cdn-access', secure: false },
    'without Secure there is no __Host-'
  )
  const plain = files({ sameSite: 'lax', partitioned: false }, 'http://files.example.org')
  const embed = { sameSite: 'none', partitioned: true }
  t.same(
    await ticketOf(plain, embed),
    { ...usual, ...embed },
    'what browsers take with Secure alone has it'
  )
})

t.test('warns of a ttl under a minute, and of nothing else', async (t) => {
  const log: string[] = []
  await start(t, { ttl: 60 }, log)
  t.same(log, [])
  await start(t, { ttl: 59 }, log)
  t.equal(log.length, 1)
  t.match(JSON.parse(log[0]!), {
    level: 40,
    msg: 'fastify-cdn-access: a ttl of 59 s is shorter than clocks and networks are exact: ' +
      'viewers may lose access between two polls'
  })
})

t.test('changes nothing in the caller\'s options', async (t) => {
  const options = deepFreeze({
    ...working(),
    cdn: [media()],
    cookie: { domain: '.Example.com', sameSite: 'lax' as const },
    paths: ['/b/*', { path: '/a/*', cdn: 'cloudfront' }],
    route: {
      url: '/access',
      config: { tier: 1 },
      schema: { tags: ['cdn'] },
      preHandler: []
    },
    env: { data: { CDN_ACCESS_TTL: '20m' }, dotenv: { path: '/nowhere/.env' } },
    logLevel: 'warn' as const
  })
  const before = JSON.stringify(options)
  const app = await host(t)
  await app.register(cdnAccess, options)
  t.equal((await app.inject('/access')).statusCode, 200)
  t.match((await app.inject({ method: 'POST', url: '/access' })).json(), { expiresIn: 1180 })
  t.equal(JSON.stringify(options), before)
})

t.test('does not read the caller\'s options again', async (t) => {
  const options = {
    ...working({ authorize: () => true }),
    cdn: [media()],
    cookie: { domain: 'example.com' as string | false },
    paths: ['/a/*'],
    route: { url: '/access' },
    env: { data: { CDN_ACCESS_TTL: '10m' } }
  }
  const app = await host(t)
  await app.register(cdnAccess, options)
  await app.ready()
  const before = await app.inject('/access')
  Object.assign(options, {
    authorize: () => false,
    ttl: 5,
    name: 'other',
    now: () => 0,
    cacheSize: 0,
    refreshBefore: 1
  })
  Object.assign(options.env.data, { CDN_ACCESS_TTL: '1h' })
  options.cookie.domain = false
  options.route.url = '/other'
  options.paths.splice(0, 1, '/b/*')
  options.cdn.splice(0, 1)
  const after = await app.inject('/access')
  t.match(after.json(), { status: 'issued', expiresIn: 580, expiresAt: clock + 580 })
  t.same(after.headers['set-cookie'], before.headers['set-cookie'])
  t.match(String(after.headers['set-cookie']), /Domain=example.com; Path=\/a\//)
})

function deepFreeze<Value> (value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const member of Object.values(value)) deepFreeze(member)
  return value
}

t.test('reads how long a signing may take', async (t) => {
  t.equal((await resolve({ signTimeout: '2m' })).signTimeout, 120)
  await t.rejects(resolve({ signTimeout: 0 }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "signTimeout" must be at least 1 second and at most 10m'
  })
  await t.rejects(resolve({ signTimeout: '25d' }), { code: 'CDN_ACCESS_OPTION_INVALID' })
  await t.rejects(resolve({ signTimeout: 10_000_000 }), {
    code: 'CDN_ACCESS_DURATION_MILLISECONDS'
  })
})

t.test('bounds areas only where there are some', async (t) => {
  const area = (): undefined => undefined
  t.match(await resolve({ area }), { area, areas: undefined })
  t.match(await resolve({ area, areas: 16 }), { areas: 16 })
  await t.rejects(resolve({ areas: 3 }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "areas" must be left out where there is no option "area"'
  })
})

t.test('takes "values" only where there is a route to give them', async (t) => {
  const values = (): boolean => true
  t.match(await resolve({ values }), { values, route: { values: true } })
  await t.rejects(resolve({ values, route: false }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "values" must be left out where there is no route'
  })
})
