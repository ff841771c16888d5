import { generateKeyPairSync } from 'node:crypto'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import cdnEdge from '../../src/edge/edge.js'
import {
  akamai,
  cdnPath,
  cloudfront,
  commonAccessToken,
  googleCloudCdn,
  googleMediaCdn,
  nginx,
  uriSigning,
  type Cdn,
  type GrantedPath
} from '../../src/index.js'
import {
  apiUrl,
  createViewer,
  fixedClock,
  startApi,
  type Clock,
  type Viewer
} from '../fixtures/site.js'

const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
const ed = generateKeyPairSync('ed25519').privateKey
const host = (name: string): string => `https://${name}.example.com`

/** One of each, under names and keys of their own. */
const cdns: Record<string, Cdn> = {
  cloudfront: cloudfront({ url: host('cloudfront'), keyPairId: 'K1', privateKey: ec }),
  googleCloudCdn: googleCloudCdn({
    url: host('cloud-cdn'),
    keyName: 'key-1',
    key: 'nZtRohdNF9m3cKM24IcK4w==',
    requireSignature: true
  }),
  googleMediaCdn: googleMediaCdn({ url: host('media-cdn'), keyName: 'keyset-1', privateKey: ed }),
  akamai: akamai({ url: host('akamai'), key: '52a152a152a152a152a152a152a1aabb' }),
  uriSigning: uriSigning({
    url: host('traffic-server'),
    issuer: 'example',
    key: { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA' }
  }),
  commonAccessToken: commonAccessToken({
    url: host('cat'),
    issuer: 'example',
    kid: 'key-1',
    key: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA'
  }),
  nginx: nginx({ url: host('nginx'), secret: 'c2VjcmV0LXNlY3JldC1zZWNyZXQ', scope: '/v/:id/' })
}

/** The status of a CDN's edge for a viewer. */
async function fetchFrom (
  name: string,
  clock: Clock,
  viewer: Viewer,
  url: string
): Promise<number> {
  const edge = Fastify()
  await edge.register(cdnEdge, { cdn: cdns[name]!, now: clock.now })
  edge.get('/*', async () => 'x')
  const cookie = viewer.cookies(cdns[name]!.url + url)
  return (await edge.inject({ url, headers: cookie === '' ? {} : { cookie } })).statusCode
}

async function start (
  clock: Clock,
  authorize: () => readonly GrantedPath[],
  chosen: readonly Cdn[] = Object.values(cdns)
): Promise<FastifyInstance> {
  return startApi(clock, { cdn: chosen, authorize: authorize })
}

t.test('one grant sets the cookies of all CDNs, and each edge takes its own', async (t) => {
  const clock = fixedClock()
  const app = await start(clock, () => [cdnPath`/v/42/*`])
  const viewer = createViewer()
  for (const name of Object.keys(cdns)) {
    t.equal(await fetchFrom(name, clock, viewer, '/v/42/a.png'), 403, `${name} without cookies`)
  }
  t.match(await viewer.ask(app), { status: 200, body: { status: 'issued' } })
  t.equal(viewer.cookies(apiUrl).match(/__Host-cdn-access/g)!.length, 1, 'one ticket for all')
  for (const name of Object.keys(cdns)) {
    t.equal(await fetchFrom(name, clock, viewer, '/v/42/a.png'), 200, name)
    t.equal(
      await fetchFrom(name, clock, viewer, '/v/43/a.png'),
      403,
      `${name}, a neighbouring folder`
    )
  }
  t.match(await viewer.ask(app), { body: { status: /^fresh$/ }, setCookie: [] })

  clock.advance(460)
  t.match(await viewer.ask(app), { body: { status: 'refreshed' } })
  clock.advance(589)
  for (const name of Object.keys(cdns)) {
    t.equal(await fetchFrom(name, clock, viewer, '/v/42/a.png'), 200, `${name} after a refresh`)
  }
  clock.advance(1)
  for (const name of Object.keys(cdns)) {
    t.equal(await fetchFrom(name, clock, viewer, '/v/42/a.png'), 403, `${name} after the end`)
  }
  clock.advance(-460)
  await viewer.ask(app, 'DELETE')
  for (const name of Object.keys(cdns)) {
    t.equal(viewer.cookies(`${cdns[name]!.url}/v/42/a.png`), '', `${name} after the clear`)
  }
})

t.test('a path can be given to one CDN alone', async (t) => {
  const clock = fixedClock()
  let paths: GrantedPath[] = [{ path: cdnPath`/a/*`, cdn: 'cloudfront' }, {
    path: cdnPath`/b/*`,
    cdn: 'akamai'
  }]
  const app = await start(clock, () => paths)
  const viewer = createViewer()
  await viewer.ask(app)
  t.same([
    await fetchFrom('cloudfront', clock, viewer, '/a/1'),
    await fetchFrom('akamai', clock, viewer, '/a/1')
  ], [200, 403])
  t.same([
    await fetchFrom('cloudfront', clock, viewer, '/b/1'),
    await fetchFrom('akamai', clock, viewer, '/b/1')
  ], [403, 200])

  paths = [{ path: cdnPath`/b/*`, cdn: 'akamai' }]
  t.match(await viewer.ask(app), { body: { status: 'refreshed' } })
  t.equal(
    viewer.cookies(`${cdns['cloudfront']!.url}/a/1`).includes('CloudFront'),
    false,
    'what a CDN no longer has is cleared'
  )
  paths = [{ path: '/a/x', cdn: 'none' }]
  t.match((await viewer.ask(app)).body, { code: 'CDN_ACCESS_CDN_UNKNOWN' })
})

t.test('sets no cookie where one of the CDNs can not hold the grant, or can not sign', async (t) => {
  const clock = fixedClock()
  const app = await start(clock, () => ['/v/42/exact.png'])
  const refused = await createViewer().ask(app)
  t.match(refused, { status: 500, body: { code: 'CDN_ACCESS_PATH_UNSUPPORTED' }, setCookie: [] })

  let works = true
  const sign: Cdn['sign'] = async (grant, key) => {
    if (!works) throw new Error('out')
    return cdns['akamai']!.sign(grant, key)
  }
  const half = await start(clock, () => [cdnPath`/v/42/*`], [cdns['cloudfront']!, {
    ...cdns['akamai']!,
    sign
  }])
  works = false
  t.match(await createViewer().ask(half), {
    status: 500,
    body: { code: 'CDN_ACCESS_SIGN_FAILED' },
    setCookie: []
  })
})

t.test('renews where the key of any of them is gone', async (t) => {
  const clock = fixedClock()
  let entries = [{ keyName: 'key-1', key: 'nZtRohdNF9m3cKM24IcK4w==' }]
  const google = googleCloudCdn({ url: host('cloud-cdn'), keys: { load: () => entries } })
  const app = await start(clock, () => [cdnPath`/v/42/*`], [cdns['cloudfront']!, google])
  t.teardown(() => app.close())
  const viewer = createViewer()
  await viewer.ask(app)
  entries = [{ keyName: 'key-2', key: 'AAAAAAAAAAAAAAAAAAAAAA==' }, ...entries]
  await app.cdnAccess.reloadKeys()
  t.match((await viewer.ask(app)).body, { status: /^fresh$/ })
  entries = entries.slice(0, 1)
  await app.cdnAccess.reloadKeys()
  t.match((await viewer.ask(app)).body, { status: 'refreshed' })
})
