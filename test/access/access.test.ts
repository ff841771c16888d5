import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { cdnPath, cloudfront, type Cdn, type GrantDetails } from '../../src/index.js'
import {
  apiUrl,
  createViewer,
  fixedClock,
  keys,
  mediaUrl,
  startApi,
  startEdge,
  startSeconds,
  valueOf
} from '../fixtures/site.js'

t.test('issues, keeps, renews and takes away access', async (t) => {
  const clock = fixedClock()
  const [app, edge, ada] = [
    await startApi(clock),
    await startEdge(clock),
    createViewer({ 'x-user': 'ada' })
  ]
  t.equal(await ada.fetch(edge, '/u/ada/a.png'), 403, 'nothing before access is issued')

  const issued = await ada.ask(app)
  t.match(issued, {
    status: 200,
    body: { status: 'issued', expiresIn: 600, expiresAt: startSeconds + 600 }
  })
  t.equal(await ada.fetch(edge, '/u/ada/a.png'), 200)
  t.equal(await ada.fetch(edge, '/u/bob/a.png'), 403, 'not what belongs to another')

  clock.advance(337)
  const fresh = await ada.ask(app)
  t.match(fresh, { status: 200, body: { status: /^fresh$/, expiresIn: 263 }, setCookie: [] })

  clock.advance(1)
  const refreshed = await ada.ask(app)
  t.match(refreshed, { status: 200, body: { status: 'refreshed', expiresIn: 592 } })
  t.not(valueOf(refreshed, 'CloudFront-Signature'), valueOf(issued, 'CloudFront-Signature'))
  clock.advance(591)
  t.equal(await ada.fetch(edge, '/u/ada/a.png'), 200, 'access outlives the first cookies')

  const ended = await ada.ask(app, 'DELETE')
  t.equal(ended.status, 204)
  t.equal(await ada.fetch(edge, '/u/ada/a.png'), 403)
  t.equal(ada.cookies(`${mediaUrl}/u/ada/a.png`), '')
  t.equal(ada.cookies(apiUrl), '')
})

t.test('sets every attribute of every cookie', async (t) => {
  const clock = fixedClock()
  const reply = await createViewer({ 'x-user': 'ada' }).ask(await startApi(clock))
  t.same(reply.setCookie.map((line) => line.replace(/^([^=]+)=[^;]+/, '$1=…')), [
    ...['Policy', 'Key-Pair-Id', 'Signature', 'Hash-Algorithm'].map((name) =>
      `CloudFront-${name}=…; Max-Age=600; Domain=example.com; Path=/u/ada/; HttpOnly; Secure; SameSite=Lax`
    ),
    'CloudFront-Expires=; Max-Age=0; Domain=example.com; Path=/u/ada/',
    '__Host-cdn-access=…; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax'
  ], 'and clears the companion of an earlier kind')
  t.equal(reply.headers['cache-control'], 'private, no-store')
})

t.test('follows a permission that changes between two polls', async (t) => {
  const clock = fixedClock()
  let paths = [cdnPath`/a/*`, cdnPath`/b/*`]
  const [app, edge, viewer] = [
    await startApi(clock, { authorize: () => paths }),
    await startEdge(clock),
    createViewer()
  ]
  await viewer.ask(app)
  t.same([
    await viewer.fetch(edge, '/a/1'),
    await viewer.fetch(edge, '/b/1'),
    await viewer.fetch(edge, '/c/1')
  ], [200, 200, 403])

  paths = [cdnPath`/b/*`, cdnPath`/c/*`]
  t.equal((await viewer.ask(app)).body.status, 'refreshed')
  t.same([
    await viewer.fetch(edge, '/a/1'),
    await viewer.fetch(edge, '/b/1'),
    await viewer.fetch(edge, '/c/1')
  ], [403, 200, 200])
  t.equal(viewer.cookies(`${mediaUrl}/a/1`), '', 'the dropped path keeps no cookie')

  paths = [cdnPath`/c/*`, cdnPath`/b/*`]
  t.equal((await viewer.ask(app)).body.status, 'fresh', 'their order does not matter')
})

t.test('follows the keys: a removed one issues again, an added one does not', async (t) => {
  const clock = fixedClock()
  const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const first = { keyPairId: 'KONE', privateKey: keys.privateKey }
  const second = { keyPairId: 'KTWO', privateKey: other.privateKey }
  let ring = [first]
  const cdn = cloudfront({ url: mediaUrl, keys: { load: () => ring } }) as Cdn
  const [app, viewer] = [await startApi(clock, { cdn }), createViewer({ 'x-user': 'ada' })]
  t.teardown(() => app.close())
  t.equal(valueOf(await viewer.ask(app), 'CloudFront-Key-Pair-Id'), 'KONE')

  ring = [second, first]
  await app.cdnAccess.reloadKeys()
  t.equal((await viewer.ask(app)).body.status, 'fresh')

  ring = [second]
  await app.cdnAccess.reloadKeys()
  const again = await viewer.ask(app)
  t.equal(again.body.status, 'refreshed')
  t.equal(valueOf(again, 'CloudFront-Key-Pair-Id'), 'KTWO')
})

t.test('renews where the key that signed now ends before the cookies do', async (t) => {
  const clock = fixedClock()
  const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  let notAfter = startSeconds + 10_000
  const load = () => [{ keyPairId: 'KONE', privateKey: keys.privateKey, notAfter }, {
    keyPairId: 'KTWO',
    privateKey: other.privateKey
  }]
  const [app, viewer] = [
    await startApi(clock, { cdn: cloudfront({ url: mediaUrl, keys: { load, settle: 0 } }) as Cdn }),
    createViewer({ 'x-user': 'ada' })
  ]
  t.teardown(() => app.close())
  t.equal(valueOf(await viewer.ask(app), 'CloudFront-Key-Pair-Id'), 'KONE')
  notAfter = startSeconds + 100
  await app.cdnAccess.reloadKeys()
  const again = await viewer.ask(app)
  t.equal(again.body.status, 'refreshed')
  t.equal(valueOf(again, 'CloudFront-Key-Pair-Id'), 'KTWO')
})

t.test('never shares a signature between viewers with different rights, start or address', async (t) => {
  const clock = fixedClock()
  const grants: GrantDetails[] = [
    { paths: [cdnPath`/a/*`] },
    { paths: [cdnPath`/b/*`] },
    { paths: ['/a/b'] },
    { paths: [cdnPath`/a/*`], notBefore: startSeconds + 5 },
    { paths: [cdnPath`/a/*`], notBefore: startSeconds + 6 },
    { paths: [cdnPath`/a/*`], ip: '203.0.113.1' },
    { paths: [cdnPath`/a/*`], ip: '203.0.113.2' },
    { paths: [cdnPath`/a/*`], ip: { cidr: '203.0.113.0/24' } },
    { paths: [cdnPath`/a/*`], ttl: '5m' },
    { paths: [cdnPath`/a/*`], until: startSeconds + 60 }
  ]
  const app = await startApi(clock, {
    authorize: ({ headers }) => grants[Number(headers['x-user'])]
  })
  const policies = new Set<string>()
  for (const index of grants.keys()) {
    policies.add(
      valueOf(await createViewer({ 'x-user': String(index) }).ask(app), 'CloudFront-Policy')!
    )
  }
  t.equal(policies.size, grants.length)
})

t.test('shares one signature between viewers with equal grants of one step', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock, { authorize: () => [cdnPath`/a/*`] })
  const signatures = new Set<string>()
  for (const seconds of [0, 13, 15]) {
    clock.advance(seconds)
    signatures.add(valueOf(await createViewer().ask(app), 'CloudFront-Signature')!)
  }
  t.equal(signatures.size, 1)
  clock.advance(2)
  signatures.add(valueOf(await createViewer().ask(app), 'CloudFront-Signature')!)
  t.equal(signatures.size, 2)
  t.equal(app.cdnAccess.stats().cached, 1)
})

t.test('signs again on POST whatever the ticket says, through the same memory', async (t) => {
  const clock = fixedClock()
  const [app, viewer] = [await startApi(clock), createViewer({ 'x-user': 'ada' })]
  const first = await viewer.ask(app, 'POST')
  t.equal(first.body.status, 'issued')
  const forced = await viewer.ask(app, 'POST')
  t.equal(forced.body.status, 'refreshed')
  t.same(forced.setCookie, first.setCookie)
})
