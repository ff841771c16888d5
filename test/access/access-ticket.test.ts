import t from 'tap'
import { cdnPath, type Authorization } from '../../src/index.js'
import { createViewer, fixedClock, startApi, startSeconds, valueOf } from '../fixtures/site.js'

const ticketName = '__Host-cdn-access'

async function ask (
  app: Awaited<ReturnType<typeof startApi>>,
  ticket: string,
  method: 'GET' | 'DELETE' = 'GET'
): Promise<{ status: number, body: Record<string, unknown>, lines: string[] }> {
  const reply = await app.inject({
    method,
    url: '/cdn-access',
    headers: { host: 'api.example.com', 'x-user': 'ada', cookie: `${ticketName}=${ticket}` }
  })
  return {
    status: reply.statusCode,
    body: reply.body === '' ? {} : reply.json(),
    lines: [reply.headers['set-cookie'] ?? []].flat()
  }
}

t.test('takes a broken ticket for none, and echoes nothing of it', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock)
  const good = valueOf(await createViewer({ 'x-user': 'ada' }).ask(app), ticketName)!
  const [version, expiry, fingerprint, identity, places] = good.split('.') as [
    string,
    string,
    string,
    string,
    string
  ]
  t.equal((await ask(app, good)).body.status, 'fresh')
  const write = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

  const broken = {
    'random bytes': 'q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k',
    'eight kilobytes': 'a'.repeat(8192),
    'no places': [version, expiry, fingerprint, identity].join('.'),
    'another version': ['2', expiry, fingerprint, identity, places].join('.'),
    'no number': [version, '!', fingerprint, identity, places].join('.'),
    'the year 9999': [version, (253370764800).toString(36), fingerprint, identity, places].join(
      '.'
    ),
    'beyond ttl and a step': [
      version,
      (startSeconds + 631).toString(36),
      fingerprint,
      identity,
      places
    ].join('.'),
    'an absurd number': [version, 'zzzzzzzzzzzzzzzz', fingerprint, identity, places].join('.'),
    'an expiry in the past': [version, startSeconds.toString(36), fingerprint, identity, places]
      .join('.'),
    'an unknown key': [version, expiry, fingerprint, 'AAAAAAAA', places].join('.'),
    'a short key': [version, expiry, fingerprint, 'AAAA', places].join('.'),
    'another fingerprint': [version, expiry, 'AAAAAAAAAAAAAAAA', identity, places].join('.'),
    'places of a wrong type': [version, expiry, fingerprint, identity, write({ a: 1 })].join('.'),
    'places that split headers': [
      version,
      expiry,
      fingerprint,
      identity,
      write([['cloudfront', 'example.com', 0, ['/a\r\nx-evil: 1']]])
    ].join('.'),
    'places with attributes': [
      version,
      expiry,
      fingerprint,
      identity,
      write([['cloudfront', 'example.com', 0, ['/a; Domain=evil']]])
    ].join('.'),
    'a domain with attributes': [
      version,
      expiry,
      fingerprint,
      identity,
      write([['cloudfront', 'example.com; x', 0, ['/evil/']]])
    ].join('.')
  }
  for (const [what, ticket] of Object.entries(broken)) {
    const { status, body, lines } = await ask(app, ticket)
    t.equal(status, 200, what)
    t.match(body, { status: 'refreshed' }, what)
    t.notMatch(lines.join('\n'), /evil|\r/, what)
    t.equal((await ask(app, ticket, 'DELETE')).status, 204, what)
  }
})

t.test('still clears the places of an odd ticket that pass the grammar', async (t) => {
  const app = await startApi(fixedClock())
  const places = Buffer.from(
    JSON.stringify([['cloudfront', 'old.example.com', 1, ['/x/', '/../y']], ['gone', 0, 0, [
      '/z/'
    ]]])
  ).toString('base64url')
  const { lines } = await ask(app, `9.9.9.9.${places}`, 'DELETE')
  t.ok(lines.includes(
    'CloudFront-Policy=; Max-Age=0; Domain=old.example.com; Path=/x/; Secure; Partitioned; SameSite=Lax'
  ))
  t.notMatch(lines.join('\n'), 'Path=/z/', 'a CDN that is not there has no cookies')
})

t.test('hints at what the ticket says', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock, { cookie: { domain: 'example.com', lifetime: 'session' } })
  app.get('/hint', async (request) => request.cdnAccessTicket)
  const viewer = createViewer({ 'x-user': 'ada' })
  t.same((await viewer.ask(app, 'GET', '/hint')).body, { status: 'none' })
  await viewer.ask(app)
  const expiresAt = startSeconds + 600
  for (
    const [seconds, status] of [[0, 'valid'], [449, 'valid'], [1, 'due'], [149, 'due'], [
      1,
      'expired'
    ]] as const
  ) {
    clock.advance(seconds)
    t.same((await viewer.ask(app, 'GET', '/hint')).body, { status, expiresAt })
  }
  t.equal((await viewer.ask(app)).body.status, 'refreshed', 'an expired one is renewed')
})

t.test('tells each viewer when to ask again, spread over the time in which access is renewed', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock)
  const seen = new Set<number>()
  for (let viewer = 0; viewer < 100; viewer++) {
    seen.add(Number((await createViewer({ 'x-user': 'ada' }).ask(app)).body.refreshIn))
  }
  t.ok(Math.min(...seen) >= 338 && Math.max(...seen) <= 525 && seen.size > 40, [...seen].join())
})

t.test('ends a grant at its hard end, and does not renew what can not last longer', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock, {
    authorize: () => ({ paths: [cdnPath`/a/*`], until: new Date((startSeconds + 700) * 1000) })
  })
  const viewer = createViewer()
  t.match((await viewer.ask(app)).body, { status: 'issued', expiresIn: 600 })
  clock.advance(460)
  const last = await viewer.ask(app)
  t.match(last.body, { status: 'refreshed', expiresIn: 240, refreshIn: 240 })
  t.match(last.setCookie[0], 'Max-Age=250', 'the life at the first second of the step')
  clock.advance(239)
  t.match(await viewer.ask(app), {
    body: { status: /^fresh$/, expiresIn: 1, refreshIn: 1 },
    setCookie: []
  })
  clock.advance(1)
  t.match(await viewer.ask(app), { status: 403 })
})

t.test('issues again where the hard end or the ttl of a grant has shrunk', async (t) => {
  const clock = fixedClock()
  let grant: Authorization = { paths: [cdnPath`/a/*`], until: startSeconds + 500 }
  const app = await startApi(clock, { authorize: () => grant })
  const viewer = createViewer()
  await viewer.ask(app)
  grant = { paths: [cdnPath`/a/*`], until: startSeconds + 300 }
  t.match((await viewer.ask(app)).body, { status: 'refreshed', expiresIn: 300 })
  grant = { paths: [cdnPath`/a/*`], ttl: '1m' }
  t.match((await viewer.ask(app)).body, { status: 'refreshed', expiresIn: 60 })
})
