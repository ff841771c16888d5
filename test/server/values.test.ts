import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { cdnPath } from '../../src/index.js'
import { valuesType } from '../../src/server/values.js'
import { start } from '../fixtures/server.js'

const refused = { statusCode: 406 }
const allowed = { statusCode: 200 }
const asking = { accept: valuesType }
const open = { values: () => true, authorize: () => [cdnPath`/a/*`] }

type Sent = { statusCode: number, headers: Record<string, unknown>, json: () => unknown }

async function ask (
  app: FastifyInstance,
  headers: Record<string, string> = {},
  method: 'GET' | 'POST' = 'GET'
): Promise<Sent> {
  const own = { host: 'api.example.com' }
  return app.inject({ method, url: '/cdn-access', headers: { ...own, ...asking, ...headers } })
}

t.test('gives the receipt and the cookies, and sets none', async (t) => {
  const app = await start(t, open)
  for (const method of ['GET', 'POST', 'GET'] as const) {
    const reply = await ask(app, {}, method)
    t.match(reply, {
      statusCode: 200,
      headers: {
        'content-type': 'application/vnd.cdn-access+json; charset=utf-8',
        'cache-control': 'private, no-store',
        'set-cookie': undefined
      }
    })
    const body = reply.json() as Record<string, unknown>
    t.same(Object.keys(body), ['status', 'expiresIn', 'refreshIn', 'expiresAt', 'cookies'])
    t.match(body, { status: 'issued', expiresIn: 580, expiresAt: 1_700_000_580 })
    t.match(body['cookies'], [{ cdn: 'cloudfront', url: 'https://media.example.com', path: '/a/' }])
  }
  t.match(app.cdnAccess.stats(), { issued: 3, fresh: 0, denied: 0, failed: 0 })
})

t.test('refuses a request with any Cookie header, and says the way out', async (t) => {
  const app = await start(t, open)
  for (const method of ['GET', 'POST'] as const) {
    for (const cookie of ['session=1', '', ' ', ';', 'AWSALB=balancer']) {
      const reply = await ask(app, { cookie }, method)
      t.match(reply, { ...refused, headers: { 'set-cookie': undefined } }, JSON.stringify(cookie))
      t.match(reply.json(), {
        code: 'CDN_ACCESS_VALUES_REFUSED',
        message: /^Cookies are not given as values here: .*credentials: "omit"/
      })
      t.equal(reply.headers['cache-control'], 'private, no-store')
    }
  }
})

t.test('sees an empty Cookie header that came over the wire', async (t) => {
  const app = await start(t, open)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const send = async (line: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    const head = `GET /cdn-access HTTP/1.1\r\nHost: x\r\nAccept: ${valuesType}\r\n`
    socket.write(`${head}${line}Connection: close\r\n\r\n`)
    return (await text(socket)).slice(0, 12)
  }
  t.equal(await send(''), 'HTTP/1.1 200')
  for (const line of ['Cookie:\r\n', 'cookie: \r\n', 'COOKIE:\r\nCookie:\r\n']) {
    t.equal(await send(line), 'HTTP/1.1 406', JSON.stringify(line))
  }
})

t.test('refuses what a browser says of a page, whatever it says', async (t) => {
  const app = await start(t, open)
  for (const origin of ['https://www.example.com', 'https://api.example.com', 'null', '']) {
    t.match((await ask(app, { origin })).json(), {
      statusCode: 406,
      message: /the header "origin" came: pages keep cookies/
    }, origin)
  }
  for (const site of ['same-origin', 'same-site', 'cross-site', 'none', 'odd', '']) {
    t.match((await ask(app, { 'sec-fetch-site': site })).json(), {
      statusCode: 406,
      message: /"sec-fetch-site" came/
    }, site)
  }
})

t.test('takes Sec-Fetch-Mode, which Node\'s own fetch sends', async (t) => {
  const app = await start(t, open)
  for (const mode of ['cors', 'no-cors', 'navigate', 'same-origin']) {
    t.match(await ask(app, { 'sec-fetch-mode': mode }), allowed, mode)
  }
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  for (const method of ['GET', 'POST']) {
    const reply = await fetch(`${address}/cdn-access`, { method, headers: asking })
    t.equal(reply.status, 200, method)
    t.same(reply.headers.getSetCookie(), [])
  }
})

t.test('refuses where the option is absent', async (t) => {
  const app = await start(t, { authorize: open.authorize })
  t.match((await ask(app)).json(), {
    statusCode: 406,
    message: /: the server does not set the option "values"$/
  })
  t.match(app.cdnAccess.stats(), { issued: 0 })
})

t.test('refuses what the option does not answer with true, or a promise of it', async (t) => {
  const kinds: Array<[answer: unknown, words: RegExp]> = [
    [false, /: the option "values" refuses this request$/],
    [Promise.resolve(false), /: the option "values" refuses this request$/],
    [undefined, /must answer true or false, and answered nothing$/],
    [null, /and answered null$/],
    [1, /and answered a value of type number$/],
    ['true', /and answered a value of type string$/],
    [Promise.resolve({ id: 'ada' }), /and answered a value of type object$/]
  ]
  for (const [answer, message] of kinds) {
    const app = await start(t, { ...open, values: () => answer })
    t.match((await ask(app)).json(), { code: 'CDN_ACCESS_VALUES_REFUSED', message })
  }
  const app = await start(t, { ...open, values: async () => true })
  t.match(await ask(app), allowed)
})

t.test('asks the option last, with the request, and lets its error pass', async (t) => {
  const asked: unknown[] = []
  const app = await start(t, {
    ...open,
    values: ({ headers }: { headers: Record<string, unknown> }) => {
      asked.push(headers['authorization'])
      if (headers['authorization'] === undefined) {
        throw Object.assign(new Error('log in'), { statusCode: 401 })
      }
      return headers['authorization'] === 'Bearer tv'
    }
  })
  t.match(await ask(app, { authorization: 'Bearer tv' }), allowed)
  t.match(await ask(app, { authorization: 'Bearer web' }), refused)
  t.match(await ask(app), { statusCode: 401 })
  t.match(await ask(app, { authorization: 'Bearer tv', cookie: 'a=b' }), refused)
  t.same(asked, ['Bearer tv', 'Bearer web', undefined])
})

t.test('reads the type among others, in any case, but for a weight of zero', async (t) => {
  const app = await start(t, open)
  const asks = async (accept: string): Promise<boolean> => {
    const reply = await ask(app, { accept })
    t.equal(reply.statusCode, 200, accept)
    return 'cookies' in (reply.json() as object)
  }
  for (
    const accept of [
      'application/vnd.cdn-access+json',
      'Application/VND.CDN-Access+JSON',
      'application/json, application/vnd.cdn-access+json',
      'application/json;q=0.9,application/vnd.cdn-access+json;q=0.1 , */*',
      'application/vnd.cdn-access+json ; charset=utf-8 ; Q=1.0',
      'application/vnd.cdn-access+json;q=0.001'
    ]
  ) {
    t.ok(await asks(accept), accept)
  }
  for (
    const accept of [
      '',
      '*/*',
      'application/*',
      'application/json',
      'application/vnd.cdn-access',
      'application/vnd.cdn-access+json;q=0',
      'application/vnd.cdn-access+json; Q=0.000, */*',
      'text/application/vnd.cdn-access+json',
      'x; a="application/vnd.cdn-access+json"'
    ]
  ) {
    t.notOk(await asks(accept), accept)
  }
})

t.test('leaves the plain receipt and its cookies to who does not ask', async (t) => {
  const app = await start(t, open)
  const reply = await ask(app, { accept: '*/*', origin: 'https://www.example.com', cookie: 'a=b' })
  t.match(reply, {
    statusCode: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' }
  })
  t.equal([reply.headers['set-cookie']].flat().length, 6)
  t.notOk('cookies' in (reply.json() as object))
})

t.test('a denial says so and clears nothing', async (t) => {
  for (const authorize of [() => false, () => [], async () => undefined]) {
    const app = await start(t, { values: () => true, authorize })
    const reply = await ask(app)
    t.match(reply, { statusCode: 403, headers: { 'set-cookie': undefined } })
    t.match(reply.json(), { code: 'CDN_ACCESS_DENIED' })
    t.match(app.cdnAccess.stats(), { denied: 1, cleared: 0 })
  }
})

t.test('answers no link, form or picture of another site, as without values', async (t) => {
  const app = await start(t, open)
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
  t.match((await ask(app, link)).json(), { code: 'CDN_ACCESS_CROSS_SITE' })
})
