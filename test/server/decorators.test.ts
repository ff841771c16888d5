import t from 'tap'
import { cdnPath, cloudfront } from '../../src/index.js'
import { rsaPkcs8 } from '../fixtures/keys.js'
import {
  createViewer,
  fixedClock,
  keys,
  media,
  mediaUrl,
  startApi,
  startEdge,
  startSeconds
} from '../fixtures/site.js'

t.test('names the CDNs and the ids of the keys that they accept', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock, {
    cdn: cloudfront({
      url: mediaUrl,
      keys: [{ keyPairId: 'KONE', privateKey: keys.privateKey, notAfter: startSeconds + 900 }, {
        keyPairId: 'KTWO',
        privateKey: keys.privateKey
      }]
    })
  })
  t.same(app.cdnAccess.cdns, [{ name: 'cloudfront', url: mediaUrl, keyIds: ['KONE', 'KTWO'] }])
  clock.advance(900)
  t.same(app.cdnAccess.cdns[0]!.keyIds, ['KTWO'])
})

t.test('says how the keys stand, without key material', async (t) => {
  const clock = fixedClock()
  const next = { keyPairId: 'KNEXT', privateKey: rsaPkcs8 }
  const one = { keyPairId: 'KONE', privateKey: keys.privateKey, notAfter: startSeconds + 90_000 }
  let entries: unknown = [one]
  const load = (): unknown => entries
  const app = await startApi(clock, {
    cdn: cloudfront({ url: mediaUrl, keys: { load, every: '1h', settle: '5m' } as never })
  })
  t.teardown(() => app.close())
  clock.advance(60)
  entries = [next, one, { keyPairId: 'KOLD', publicKey: keys.publicKey }]
  await app.cdnAccess.reloadKeys()
  entries = []
  clock.advance(60)
  await t.rejects(app.cdnAccess.reloadKeys(), { code: 'CDN_ACCESS_KEY_LOAD_FAILED' })
  const times = { firstSeenAt: startSeconds + 60, settledAt: startSeconds + 360 }
  t.strictSame(app.cdnAccess.keys(), [{
    cdn: 'cloudfront',
    source: 'loader',
    lastLoadAt: startSeconds + 60,
    lastFault: {
      at: startSeconds + 120,
      reason: 'CDN_ACCESS_KEY_LOAD_FAILED: The keys of "cloudfront" could not be loaded: ' +
        'the source yielded no entry'
    },
    keys: [
      { id: 'KNEXT', type: 'RSA-2048', signs: false, canSign: true, ...times },
      {
        id: 'KONE',
        type: 'EC P-256',
        signs: true,
        canSign: true,
        firstSeenAt: startSeconds,
        settledAt: startSeconds + 300,
        notAfter: startSeconds + 90_000
      },
      { id: 'KOLD', type: 'EC P-256', signs: false, canSign: false, ...times }
    ],
    signing: { id: 'KONE', since: startSeconds }
  }])
  clock.advance(300)
  t.match(app.cdnAccess.keys()[0]!.signing, { id: 'KNEXT', since: startSeconds + 420 })
})

t.test('counts what happened', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock)
  const viewer = createViewer({ 'x-user': 'ada' })
  await viewer.ask(app)
  await viewer.ask(app)
  await viewer.ask(app, 'POST')
  await viewer.ask(app, 'DELETE')
  await createViewer().ask(app)
  t.same(app.cdnAccess.stats(), {
    issued: 1,
    refreshed: 1,
    fresh: 1,
    denied: 1,
    cleared: 1,
    failed: 0,
    pushedOut: 0,
    cached: 1
  })
})

t.test('reloads keys that are given once and for all without a word', async (t) => {
  await t.resolves((await startApi(fixedClock())).cdnAccess.reloadKeys())
})

t.test('signs a URL that the edge takes without cookies', async (t) => {
  const clock = fixedClock()
  const [app, edge] = [await startApi(clock), await startEdge(clock)]
  const url = await app.cdnAccess.signUrl(cdnPath`/report/${'ä & b'}.pdf`, { ttl: '1m' })
  t.match(url, 'https://media.example.com/report/%C3%A4%20%26%20b.pdf?Expires=')
  const viewer = createViewer()
  t.equal(await viewer.fetch(edge, url.slice(mediaUrl.length)), 200)
  t.equal(await viewer.fetch(edge, url.slice(mediaUrl.length).replace('.pdf', '.png')), 403)
  clock.advance(60)
  t.equal(await viewer.fetch(edge, url.slice(mediaUrl.length)), 403)
})

t.test('explains why the CDN would refuse', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock)
  const viewer = createViewer({ 'x-user': 'ada' })
  await viewer.ask(app)
  const cookies = viewer.cookies(`${mediaUrl}/u/ada/a.png`)
  t.match(await app.cdnAccess.explain({ url: `${mediaUrl}/u/ada/a.png`, cookies }), {
    allowed: true,
    status: 200,
    cdn: 'cloudfront'
  })
  const refused = await app.cdnAccess.explain({ url: `${mediaUrl}/u/bob/a.png`, cookies })
  t.match(refused, { allowed: false, status: 403, cdn: 'cloudfront' })
  t.match(refused.checks.at(-1), {
    name: 'resource',
    ok: false,
    detail:
      'The policy is good for "https://media.example.com/u/ada/*", which is not this URL. They part at "bob", where "ada" was granted.',
    code: 'path-outside'
  })
})

t.test('gives a scope and the scope below it decorators of their own', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock)
  await app.register(async (child) => {
    const { default: cdnAccess } = await import('../../src/index.js')
    await child.register(cdnAccess, {
      cdn: media({ url: 'https://cdn.example.org', name: 'inner' }),
      cookie: { domain: 'example.org' },
      name: 'inner',
      authorize: () => [cdnPath`/inner/*`],
      route: { url: '/inner-access' },
      now: clock.now
    })
    child.get('/inner', async (_request, reply) => reply.issueCdnAccess())
    t.equal(child.cdnAccess.cdns[0]!.name, 'inner')
  })
  await app.ready()
  t.equal(app.cdnAccess.cdns[0]!.name, 'cloudfront')
  const lines = [
    (await app.inject({ url: '/inner', headers: { host: 'api.example.org' } }))
      .headers['set-cookie'] ?? []
  ].flat()
  t.equal(lines.length, 6, 'the outer registration adds nothing')
  t.match(lines.at(-1), /^__Host-cdn-access-inner=/)
  t.match(lines[0], 'Domain=example.org; Path=/inner/')
})

t.test('logs a denial that a handler did not wait for', async (t) => {
  const log: string[] = []
  const logger = {
    level: 'error',
    stream: {
      write: (line: string) => {
        log.push(line)
      }
    }
  }
  const app = await startApi(fixedClock(), {}, { logger })
  app.get('/careless', async (_request, reply) => {
    void reply.issueCdnAccess()
    return 'x'
  })
  t.equal((await app.inject('/careless')).statusCode, 200)
  await new Promise((resolve) => {
    setTimeout(resolve, 5)
  })
  t.match(log.map((line) => JSON.parse(line)), [{
    reason: 'CDN_ACCESS_DENIED',
    msg: 'fastify-cdn-access: issueCdnAccess() failed and nobody awaited it: ' +
      'write "await reply.issueCdnAccess()", or handle its rejection'
  }])
})
