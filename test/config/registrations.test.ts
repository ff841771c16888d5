import t from 'tap'
import { cdnAccess } from '../../src/index.js'
import { resolveOptions, type CdnAccessConfig } from '../../src/config/config.js'
import { claimCookies, planStaticPaths } from '../../src/config/registrations.js'
import { host, media, working } from '../fixtures/server.js'

const org = {
  cdn: media({ name: 'files', url: 'https://files.example.org' }),
  cookie: { domain: 'example.org' }
}

function config (more: Record<string, unknown> = {}): Promise<CdnAccessConfig> {
  return resolveOptions(working(more), undefined)
}

/** The domains that the cookies of a reply are set on, each once. */
function domainsOf (reply: { headers: Record<string, unknown> }): string[] {
  const lines = [reply.headers['set-cookie']].flat().map(String)
  return [...new Set(lines.map((line) => /Domain=([^;]+)/.exec(line)?.[1] ?? 'host'))]
}

t.test('serves two scopes with CDNs, routes and names of their own', async (t) => {
  const app = await host(t)
  await app.register(async (child) => {
    await child.register(cdnAccess, working())
  })
  await app.register(async (child) => {
    await child.register(cdnAccess, working({ ...org, name: 'files', prefix: '/files' }))
  })
  t.same(domainsOf(await app.inject('/cdn-access')), ['example.com', 'host'])
  t.same(domainsOf(await app.inject('/files/cdn-access')), ['example.org', 'host'])
  t.equal('cdnAccess' in app, false, 'the host has none of it')
})

t.test('serves a root and a scope below it', async (t) => {
  const app = await host(t)
  await app.register(cdnAccess, working())
  await app.register(async (child) => {
    await child.register(cdnAccess, working({ ...org, name: 'files' }))
    child.get('/login', async (_request, reply) => reply.issueCdnAccess())
    t.same(child.cdnAccess.cdns.map(({ name }) => name), ['files'])
  }, { prefix: '/files' })
  app.get('/login', async (_request, reply) => reply.issueCdnAccess())
  t.same(app.cdnAccess.cdns.map(({ name }) => name), ['cloudfront'])
  for (const url of ['/cdn-access', '/login']) {
    t.same(domainsOf(await app.inject(url)), ['example.com', 'host'], url)
  }
  for (const url of ['/files/cdn-access', '/files/login']) {
    t.same(domainsOf(await app.inject(url)), ['example.org', 'host'], url)
  }
  const { headers } = await app.inject('/files/cdn-access')
  t.match(String([headers['set-cookie']].flat().at(-1)), /^__Host-cdn-access-files=/)
})

t.test('puts the route below a prefix, and hands log options on', async (t) => {
  const log: string[] = []
  const app = await host(t, log)
  await app.register(async (child) => {
    await child.register(
      cdnAccess,
      working({
        prefix: '/v1/',
        logLevel: 'silent',
        authorize: () => {
          throw new Error('out of order')
        }
      })
    )
  }, { prefix: '/api' })
  t.equal((await app.inject('/api/v1/cdn-access')).statusCode, 500)
  t.same(log, [], 'the route logs nothing')
  for (const url of ['/cdn-access', '/v1/cdn-access', '/api/cdn-access']) {
    t.equal((await app.inject(url)).statusCode, 404, url)
  }
})

t.test('refuses what another registration of the server sets', async (t) => {
  const app = await host(t)
  claimCookies(app, await config())
  const same = await config({ ...org })
  t.throws(() => claimCookies(app, same), {
    code: 'CDN_ACCESS_NAME_TAKEN',
    message: 'Another registration of this server already uses the ticket cookie ' +
      '"__Host-cdn-access": give this one its own "name"'
  })
  const overlapping = await config({
    name: 'b',
    cdn: media({ name: 'files', url: 'https://files.example.com' })
  })
  t.throws(() => claimCookies(app, overlapping), {
    code: 'CDN_ACCESS_COOKIE_CONFLICT',
    message:
      /^The CDNs "cloudfront" and "files" would both set the cookie "CloudFront-Policy" on example.com and/
  })
  claimCookies(app, await config({ ...org, name: 'b' }))
  claimCookies(await host(t), await config())
})

t.test('names the API\'s host where a cookie has no Domain', async (t) => {
  const app = await host(t)
  claimCookies(app, await config({ cookie: { domain: false } }))
  const other = await config({ ...org, cookie: { domain: false }, name: 'b' })
  t.throws(() => claimCookies(app, other), {
    code: 'CDN_ACCESS_COOKIE_CONFLICT',
    message: /on the API's host and/
  })
})

t.test('knows where the cookies of the paths option lie', async (t) => {
  const place = { cdn: 'cloudfront', domain: 'example.com', partitioned: false }
  t.same(planStaticPaths(await config()), [{ ...place, path: '/' }])
  t.same(planStaticPaths(await config({ paths: ['/b/*', '/a.png', '/b/*'] })), [
    { ...place, path: '/a.png' },
    { ...place, path: '/b/' }
  ])
  const two = [
    media(),
    media({ name: 'files', url: 'https://files.example.org', cookie: { domain: 'example.org' } })
  ]
  const paths = [{ path: '/f/*', cdn: 'files' }]
  t.same(planStaticPaths(await config({ cdn: two, paths })), [
    { cdn: 'files', domain: 'example.org', partitioned: false, path: '/f/' }
  ])
})

t.test('takes a format that can\'t hold /*, where nobody asked for it', async (t) => {
  const canned = media({ policy: 'canned' })
  t.same(planStaticPaths(await config({ cdn: canned })), [])
  const asked = await config({ cdn: canned, paths: ['/*'] })
  t.throws(() => planStaticPaths(asked), { code: 'CDN_ACCESS_PATH_UNSUPPORTED' })
})

t.test('takes two CDNs below one domain, where nobody asked for both at /*', async (t) => {
  const cdn = [media(), media({ name: 'files', url: 'https://files.example.com' })]
  t.same(planStaticPaths(await config({ cdn })), [])
  const asked = await config({ cdn, paths: ['/*'] })
  t.throws(() => planStaticPaths(asked), { code: 'CDN_ACCESS_COOKIE_CONFLICT' })
})

t.test('refuses a registration whose cookies reach a host of another\'s pattern', async (t) => {
  const app = await host(t)
  await app.register(async (child) => {
    await child.register(
      cdnAccess,
      working({ cdn: media({ host: 'https://*.example.com' }), cookie: { domain: false } })
    )
  })
  const below = media({ name: 'files', url: 'https://a.files.example.com' })
  await t.rejects(async () =>
    app.register(async (child) => {
      await child.register(
        cdnAccess,
        working({ cdn: below, cookie: { domain: 'files.example.com' }, name: 'files' })
      )
    }), { code: 'CDN_ACCESS_COOKIE_CONFLICT' })
})
