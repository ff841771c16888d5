import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import t from 'tap'
import { createViewer, fixedClock, startApi } from '../fixtures/site.js'

const names = (lines: string[]): string[] => lines.map((line) => line.split('=')[0]!)
const set = [
  'CloudFront-Policy',
  'CloudFront-Key-Pair-Id',
  'CloudFront-Signature',
  'CloudFront-Hash-Algorithm',
  'CloudFront-Expires',
  '__Host-cdn-access'
]
const ada = { 'x-user': 'ada' }

async function issueAndSend (_request: FastifyRequest, reply: FastifyReply): Promise<string> {
  await reply.issueCdnAccess()
  return 'sent'
}

t.test('sets cookies on any reply that succeeds, beside those of others', async (t) => {
  const app = await startApi(fixedClock())
  app.post('/login', async (_request, reply) => {
    const receipt = await reply.setCookie('session', '1').issueCdnAccess()
    return { receipt }
  })
  const reply = await createViewer(ada).ask(app, 'POST', '/login')
  t.match(reply, {
    status: 200,
    body: { receipt: { status: 'issued' } },
    headers: { 'cache-control': 'private, no-store' }
  })
  t.same(names(reply.setCookie), ['session', ...set])
})

t.test('issues nothing on a reply that fails, and still clears', async (t) => {
  const app = await startApi(fixedClock())
  app.get('/throws', async (_request, reply) => {
    await reply.issueCdnAccess()
    throw new Error('after the issue')
  })
  app.get('/refuses', async (_request, reply) => {
    await reply.issueCdnAccess()
    return reply.code(409).send({ no: true })
  })
  app.get('/response', async (_request, reply) => {
    await reply.issueCdnAccess()
    return reply.send(new Response('no', { status: 402 }))
  })
  app.get('/clears', async (_request, reply) => {
    reply.clearCdnAccess()
    throw new Error('after the clear')
  })
  const viewer = createViewer(ada)
  t.match(await viewer.ask(app, 'GET', '/throws'), { status: 500, setCookie: [] })
  t.match(await viewer.ask(app, 'GET', '/refuses'), { status: 409, setCookie: [] })
  t.match(await viewer.ask(app, 'GET', '/response'), { status: 402, setCookie: [] })
  await viewer.ask(app)
  const cleared = await viewer.ask(app, 'GET', '/clears')
  t.equal(cleared.status, 500)
  t.ok(
    cleared.setCookie.length > 0 &&
      cleared.setCookie.every((line) => line.includes('Max-Age=0'))
  )
  t.equal(cleared.headers['cache-control'], 'private, no-store')
})

t.test('leaves its lines out where a later hook fails', async (t) => {
  const app = await startApi(fixedClock())
  app.get('/plain', issueAndSend)
  app.get('/with-session', async (_request, reply) => {
    await reply.setCookie('session', '1').issueCdnAccess()
    return 'sent'
  })
  app.addHook('onSend', async (_request, reply) => {
    if (reply.statusCode < 400) throw new Error('late')
  })
  t.match(await createViewer(ada).ask(app, 'GET', '/plain'), { status: 500, setCookie: [] })
  t.same(names((await createViewer(ada).ask(app, 'GET', '/with-session')).setCookie), ['session'])
})

t.test('sets its lines where a later hook takes away what was there, and none where it then fails', async (t) => {
  const app = await startApi(fixedClock())
  app.get('/plain', issueAndSend)
  app.addHook('onSend', async (_request, reply) => {
    if (reply.statusCode >= 400) return
    reply.removeHeader('set-cookie')
    throw new Error('late')
  })
  t.match(await createViewer(ada).ask(app, 'GET', '/plain'), { status: 500, setCookie: [] })
})

t.test('shares its lines with no later hook that appends to them', async (t) => {
  const app = await startApi(fixedClock())
  app.addHook('onSend', async (request, reply) => {
    reply.setCookie('session', String(request.headers['x-user']))
    if (request.url === '/fails' && reply.statusCode < 400) throw new Error('late')
  })
  app.get('/fails', issueAndSend)
  const viewers = ['ada', 'ada'].map((user) => createViewer({ 'x-user': user }))
  for (const viewer of viewers) {
    t.same(names((await viewer.ask(app)).setCookie), ['session', ...set])
  }
  t.same(
    names((await viewers[0]!.ask(app, 'GET', '/fails')).setCookie).filter((name) =>
      name !== 'session'
    ),
    []
  )
  t.same(names((await createViewer(ada).ask(app, 'GET', '/fails')).setCookie), [
    'session',
    'session'
  ], 'what the hook appended before and after the failure stays')
})

t.test('is never cacheable, whatever a handler, a file server or a Response says', async (t) => {
  const root = t.testdir({ 'page.html': '<p>page</p>' })
  const app = await startApi(fixedClock())
  await app.register(fastifyStatic, { root, maxAge: '1h', serve: false })
  app.get('/page', async (_request, reply) => {
    await reply.issueCdnAccess()
    return reply.sendFile('page.html')
  })
  app.get('/handler', async (_request, reply) => {
    await reply.issueCdnAccess()
    return reply.header('cache-control', 'public, max-age=60').send('x')
  })
  app.get('/response', async (_request, reply) => {
    await reply.issueCdnAccess()
    return reply.send(new Response('x', { headers: { 'cache-control': 'public', 'x-own': '1' } }))
  })
  app.get(
    '/untouched',
    async (_request, reply) =>
      reply.send(new Response('x', { headers: { 'cache-control': 'public' } }))
  )
  for (const url of ['/page', '/handler', '/response']) {
    const reply = await createViewer(ada).ask(app, 'GET', url)
    t.match(reply, { status: 200, headers: { 'cache-control': 'private, no-store' } }, url)
    t.same(names(reply.setCookie), set, url)
  }
  t.equal((await createViewer(ada).ask(app, 'GET', '/response')).headers['x-own'], '1')
  t.equal(
    (await createViewer(ada).ask(app, 'GET', '/untouched')).headers['cache-control'],
    'public'
  )
})

t.test('refuses to stage once the head is out, and not before', async (t) => {
  const app = await startApi(fixedClock())
  const codes: Array<string | undefined> = []
  let late: Promise<unknown> | undefined
  const remember = (error: unknown): void => {
    codes.push((error as { code?: string }).code)
  }
  app.get('/sent', async (_request, reply) => {
    await reply.send('x')
    await reply.issueCdnAccess().catch(remember)
    try {
      reply.clearCdnAccess()
    } catch (error) {
      remember(error)
    }
    return reply
  })
  app.get('/not-awaited', async (_request, reply) => {
    late = reply.issueCdnAccess().catch(remember)
    return reply.send('x')
  })
  app.get('/raw', async (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200).end('x')
    await reply.issueCdnAccess().catch(remember)
  })
  for (const url of ['/sent', '/not-awaited', '/raw']) {
    t.same((await createViewer(ada).ask(app, 'GET', url)).setCookie, [], url)
  }
  await late
  t.same(codes, Array.from({ length: 4 }, () => 'CDN_ACCESS_REPLY_SENT'))
})

t.test('writes what the last of all hooks stages', async (t) => {
  const app = await startApi(fixedClock())
  app.addHook('onSend', async (request, reply) => {
    if (request.url === '/late') await reply.issueCdnAccess()
    if (request.url === '/late-clear') reply.clearCdnAccess()
  })
  app.get('/late', async () => 'x')
  app.get('/late-clear', async (_request, reply) => {
    await reply.issueCdnAccess()
    return 'x'
  })
  t.same(names((await createViewer(ada).ask(app, 'GET', '/late')).setCookie), set)
  const viewer = createViewer(ada)
  const { setCookie } = await viewer.ask(app, 'GET', '/late-clear')
  t.ok(
    setCookie.length > 0 && setCookie.every((line) => line.includes('Max-Age=0')),
    'the issue that it replaces is not sent'
  )
  t.ok(setCookie.some((line) => line.includes('Path=/u/ada/')), 'nor are its places forgotten')
})

t.test('lets the last of several calls on one reply win', async (t) => {
  const app: FastifyInstance = await startApi(fixedClock())
  app.get('/clear-issue', async (_request, reply) => reply.clearCdnAccess().issueCdnAccess())
  const viewer = createViewer(ada)
  await viewer.ask(app)
  const { body, setCookie } = await viewer.ask(app, 'GET', '/clear-issue')
  t.equal(body.status, 'refreshed', 'what was cleared on this reply is not held')
  t.same(names(setCookie), set)
})
