import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import onHeaders from 'on-headers'
import t from 'tap'
import cdnAccess, { cdnPath } from '../../src/index.js'
import { apiUrl, createViewer, fixedClock, media, startApi, type Reply } from '../fixtures/site.js'

const ada = { 'x-user': 'ada' }
const names = (lines: string[]): string[] => lines.map((line) => line.split('=')[0]!)
const ours = (lines: string[]): string[] =>
  names(lines).filter((name) => /^(?:CloudFront-|__Host-)/.test(name))

/** A reply on which access is issued and whose handler then writes the head by itself. */
async function afterIssue (
  write: (raw: ServerResponse, reply: FastifyReply) => void
): Promise<Reply> {
  const app = await startApi(fixedClock())
  app.get('/own', async (_request, reply) => {
    await reply.issueCdnAccess()
    reply.hijack()
    write(reply.raw, reply)
  })
  return createViewer(ada).ask(app, 'GET', '/own')
}

const pairs: Array<[string, string]> = [
  ['X-Own', '1'],
  ['Set-Cookie', 'given=1'],
  ['Link', '</a>'],
  ['Link', '</b>'],
  ['Cache-Control', 'public'],
  ['Expires', 'Thu, 01 Jan 2030 00:00:00 GMT']
]

const forms: Record<string, unknown[]> = {
  'an object': [{ ...Object.fromEntries(pairs), Link: ['</a>', '</b>'] }],
  'an object after a reason phrase': ['Fine', {
    ...Object.fromEntries(pairs),
    Link: ['</a>', '</b>']
  }],
  'a flat array': [pairs.flat()],
  'a flat array after a reason phrase': ['Fine', pairs.flat()],
  'an array of pairs': [pairs],
  'an object after no reason': [undefined, { ...Object.fromEntries(pairs), Link: ['</a>', '</b>'] }]
}

for (const [form, given] of Object.entries(forms)) {
  for (const withRaw of [false, true]) {
    t.test(`takes headers as ${form}${withRaw ? ', beside those on the response' : ''}`, async (t) => {
      const before = JSON.stringify(given)
      const { status, headers, setCookie } = await afterIssue((raw) => {
        if (withRaw) {
          raw.setHeader('Set-Cookie', 'raw=1').setHeader('Surrogate-Control', 'max-age=60')
        }
        raw.writeHead(201, ...given as [OutgoingHttpHeaders]).end('x')
      })
      t.equal(status, 201)
      t.match(headers, { 'x-own': '1', 'cache-control': 'private, no-store' })
      t.same([headers['link']].flat().flatMap((link) => String(link).split(', ')), ['</a>', '</b>'])
      t.same(names(setCookie).slice(0, withRaw ? 2 : 1), withRaw ? ['raw', 'given'] : ['given'])
      t.equal(ours(setCookie).length, 6)
      for (const name of ['expires', 'surrogate-control']) t.notOk(name in headers, name)
      t.equal(JSON.stringify(given), before, 'what it is given stays as it is')
    })
  }
}

t.test('writes with a head that nobody writes, and with one of a bare status', async (t) => {
  const implicit = await afterIssue((raw) => {
    raw.setHeader('set-cookie', ['a=1', 'b=2']).end('x')
  })
  t.same(names(implicit.setCookie).slice(0, 2), ['a', 'b'])
  t.equal(ours(implicit.setCookie).length, 6)
  const bare = await afterIssue((raw) => {
    raw.writeHead(202).end()
  })
  t.equal(bare.status, 202)
  t.equal(ours(bare.setCookie).length, 6)
})

t.test('takes a reason phrase alone, and names that every object has', async (t) => {
  const reason = await afterIssue((raw) => {
    raw.writeHead(200, 'Fine').end()
  })
  t.equal(ours(reason.setCookie).length, 6)
  const odd = await afterIssue((raw) => {
    raw.writeHead(200, { constructor: 'x', ['__proto__']: 'y' } as never).end()
  })
  t.equal(odd.headers['constructor'], 'x')
  t.equal(ours(odd.setCookie).length, 6)
})

t.test('leaves alone what is out where a middleware fails after it', async (t) => {
  const app = await startApi(fixedClock(), {}, {}, (own) => {
    own.addHook('onRequest', async (_request, { raw }) => {
      const { writeHead } = raw
      raw.writeHead = (...head: never[]) => {
        Reflect.apply(writeHead, raw, head)
        throw new Error('too late')
      }
    })
  })
  app.get('/own', async (_request, reply) => {
    await reply.issueCdnAccess()
    reply.hijack()
    try {
      reply.raw.writeHead(200)
    } catch (error) {
      reply.raw.end((error as Error).message)
    }
  })
  const { body, setCookie } = await createViewer(ada).ask(app, 'GET', '/own')
  t.same(body, { text: 'too late' })
  t.equal(ours(setCookie).length, 6)
})

t.test('leaves a failure that is written by hand as it is given', async (t) => {
  const { status, headers, setCookie } = await afterIssue((raw) => {
    raw.setHeader('set-cookie', 'raw=1')
    raw.writeHead(503, { 'cache-control': 'public, max-age=5', 'set-cookie': 'given=1' }).end()
  })
  t.equal(status, 503)
  t.equal(headers['cache-control'], 'public, max-age=5')
  t.same(setCookie, ['given=1'], 'as Node.js has it: what is given wins')
})

t.test('writes a cookie once that is on the response and given too', async (t) => {
  const { setCookie } = await afterIssue((raw) => {
    raw.setHeader('set-cookie', 'same=1')
    raw.writeHead(200, { 'set-cookie': ['same=1', 'other=1'] }).end()
  })
  t.same(names(setCookie).slice(0, 3), ['same', 'other', 'CloudFront-Policy'])
})

t.test('leaves no access on the response where the head can\'t be written', async (t) => {
  const app = await startApi(fixedClock())
  const bad = { 'x-bad': 'line\nbreak' }
  app.get('/bad', async (_request, reply) => {
    await reply.issueCdnAccess()
    reply.raw.setHeader('Set-Cookie', 'raw=1').setHeader('X-Accel-Expires', '60')
    return reply.header('x-bad', bad['x-bad']).send('x')
  })
  const seen: Array<OutgoingHttpHeaders> = []
  app.get('/bad-by-hand', async (_request, reply) => {
    await reply.issueCdnAccess()
    reply.hijack()
    const { raw } = reply
    raw.setHeader('Set-Cookie', 'raw=1').setHeader('X-Accel-Expires', '60')
    try {
      raw.writeHead(200, { 'cache-control': 'public', ...bad })
    } catch {
      seen.push({ ...raw.getHeaders() })
    }
    raw.writeHead(200).end()
  })
  const failed = await createViewer(ada).ask(app, 'GET', '/bad')
  t.equal(failed.status, 500)
  t.same(ours(failed.setCookie), [])
  const again = await createViewer(ada).ask(app, 'GET', '/bad-by-hand')
  t.match(seen, [{ 'set-cookie': 'raw=1', 'x-accel-expires': '60', 'cache-control': undefined }])
  t.equal(ours(again.setCookie).length, 6, 'a head that is written again has it again')
})

t.test('throws what Node.js throws where the head is out already', async (t) => {
  let code: unknown
  const { setCookie } = await afterIssue((raw) => {
    raw.writeHead(200)
    try {
      raw.writeHead(200)
    } catch (error) {
      code = (error as { code?: unknown }).code
    }
    raw.end()
  })
  t.equal(code, 'ERR_HTTP_HEADERS_SENT')
  t.equal(ours(setCookie).length, 6)
})

t.test('keeps a slot for each registration', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock, { refreshOnRequest: true })
  await app.register(async (child) => {
    await child.register(cdnAccess, {
      cdn: media({ url: 'https://files.example.org', name: 'files' }),
      cookie: { domain: 'example.org' },
      name: 'files',
      authorize: () => [cdnPath`/files/*`],
      route: { url: '/files-access' },
      now: clock.now
    })
    child.get('/both', async (_request, reply) => reply.issueCdnAccess())
  })
  const viewer = createViewer(ada)
  await viewer.ask(app)
  clock.advance(500)
  const cookies = viewer.cookies(apiUrl)
  const { headers } = await app.inject({ url: '/both', headers: { ...ada, cookie: cookies } })
  const setCookie = [headers['set-cookie'] ?? []].flat()
  t.same(names(setCookie).filter((name) => name.startsWith('__Host-')), [
    '__Host-cdn-access-files',
    '__Host-cdn-access'
  ], 'one issues, the other renews')
  t.match(setCookie[0], 'Domain=example.org; Path=/files/')
  t.match(setCookie[6], 'Domain=example.com; Path=/u/ada/')
})

t.test('runs before what a middleware wrapped around the head before it, and after what came later', async (t) => {
  const app = await startApi(fixedClock())
  const seen: Array<[when: string, names: string[]]> = []
  const look = (when: string, raw: ServerResponse): void => {
    onHeaders(raw, function (this: ServerResponse) {
      seen.push([when, ours([this.getHeader('set-cookie') ?? []].flat().map(String))])
    })
  }
  app.addHook('onRequest', async (_request, reply) => {
    look('before', reply.raw)
  })
  app.get('/', async (_request, reply) => {
    await reply.issueCdnAccess()
    look('after', reply.raw)
    return 'x'
  })
  await createViewer(ada).ask(app, 'GET', '/')
  t.same(seen.map(([when, lines]) => [when, lines.length]), [['after', 0], ['before', 6]])
})

t.test('lets what only renews give way where a head has no room for both', async (t) => {
  const clock = fixedClock()
  const many = (folder: string) => () =>
    Array.from('abcdefgh', (name) => cdnPath`/${folder}/${name}/*`)
  const app = await startApi(clock, { refreshOnRequest: true, authorize: many('outer') })
  await app.register(async (child) => {
    await child.register(cdnAccess, {
      cdn: media({ url: 'https://files.example.org', name: 'files' }),
      cookie: { domain: 'example.org' },
      name: 'files',
      authorize: many('inner'),
      route: { url: '/files-access' },
      now: clock.now
    })
    child.get('/both', async (_request, reply) => reply.issueCdnAccess())
  })
  const viewer = createViewer(ada)
  await viewer.ask(app)
  clock.advance(500)
  const cookie = viewer.cookies(apiUrl)
  const { headers } = await app.inject({ url: '/both', headers: { ...ada, cookie } })
  const lines = [headers['set-cookie'] ?? []].flat()
  t.ok(lines.length > 30 && lines.every((line) => !line.includes('/outer/')))
})
