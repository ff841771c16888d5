import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { cdnPath, type CdnAccessOptions, type CookieValues } from '../../src/index.js'
import { createViewer, fixedClock, startApi } from '../fixtures/site.js'

const page = readFileSync('docs/security.md', 'utf8')
const section = page.split('\n## Credentials as values\n')[1]!.split('\n\nTell the maintainers')[0]!
const sentences = [...section.matchAll(/^- \*\*(.+?)\*\*/gm)].map((match) => match[1]!)

interface Answer {
  status: number
  body: { code?: string, message?: string, cookies?: CookieValues[], expiresAt?: number }
  headers: Record<string, unknown>
}

async function ask (
  app: FastifyInstance,
  headers: Record<string, string> = {},
  method: 'GET' | 'POST' = 'GET'
): Promise<Answer> {
  const accept = 'application/vnd.cdn-access+json'
  const reply = await app.inject({
    method,
    url: '/cdn-access',
    headers: { host: 'api.example.com', accept, ...headers }
  })
  return { status: reply.statusCode, body: reply.json(), headers: reply.headers }
}

const token = { authorization: 'Bearer ada' }

/** An API that takes a session's cookie, a token, and what a browser adds by itself. */
function start (options: Partial<CdnAccessOptions> = {}, log?: string[]): Promise<FastifyInstance> {
  const write = (line: string): void => {
    log?.push(line)
  }
  const server = log === undefined ? {} : { logger: { level: 'trace', stream: { write } } }
  return startApi(fixedClock(), {
    values: () => true,
    authorize: ({ headers }) => {
      const known = headers.cookie?.includes('session=ada') ||
        /^(?:Bearer|Basic) ada$/.test(headers.authorization ?? '')
      return known && [cdnPath`/u/ada/*`]
    },
    ...options
  }, server)
}

async function refuses (
  t: Test,
  app: FastifyInstance,
  sent: ReadonlyArray<Record<string, string>>
): Promise<void> {
  for (const headers of sent) {
    for (const method of ['GET', 'POST'] as const) {
      const { status, body } = await ask(app, headers, method)
      t.equal(status, 406, `${method} ${JSON.stringify(headers)}`)
      t.equal(body.code, 'CDN_ACCESS_VALUES_REFUSED')
      t.equal(body.cookies, undefined)
    }
  }
}

const session = { cookie: 'session=ada' }
const here = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }

const tests: Record<string, (t: Test) => Promise<void>> = {
  'Without the option nobody gets a value.': async (t) => {
    await refuses(t, await start({ values: undefined! }), [{}, token, session, here])
  },

  'Who comes with a cookie gets no value.': async (t) => {
    const balancer = { ...token, cookie: 'AWSALB=x' }
    await refuses(t, await start(), [session, { ...session, ...token }, balancer])
  },

  'A page of another origin gets no value, with cookies or without.': async (t) => {
    const origins = ['https://www.example.com', 'https://evil.test', 'null']
    await refuses(
      t,
      await start(),
      origins.flatMap((origin) => [{ origin, ...token }, { origin, ...session }, { origin }])
    )
  },

  'A page of the API\'s own origin gets no value where the browser tells of it.': async (t) => {
    await refuses(t, await start(), [here, { ...here, ...token }, { ...here, ...session }])
  },

  'Where no browser tells of it, a page without cookies has the rights of whatever it holds.':
    async (t) => {
      const app = await start()
      t.equal((await ask(app, token)).status, 200)
      t.equal((await ask(app)).body.code, 'CDN_ACCESS_DENIED')
    },

  'A login that comes by itself is the option\'s to refuse.': async (t) => {
    const basic = { authorization: 'Basic ada' }
    t.equal((await ask(await start(), basic)).status, 200, 'nothing else would')
    const careful = await start({
      values: ({ headers }) => headers.authorization?.startsWith('Bearer ') === true
    })
    await refuses(t, careful, [basic, {}])
    t.equal((await ask(careful, token)).status, 200)
  },

  'A request for values sets nothing and takes nothing away.': async (t) => {
    const app = await start({ area: () => 'one' })
    const asked = [{}, token, session, here, { origin: 'null' }]
    const replies = await Promise.all(asked.map((headers) => ask(app, headers)))
    t.same(replies.map(({ status }) => status), [403, 200, 406, 406, 406])
    t.same(replies.filter(({ headers }) => headers['set-cookie'] !== undefined), [])
    t.match(app.cdnAccess.stats(), { cleared: 0, pushedOut: 0 })
  },

  'No cache keeps a value.': async (t) => {
    const app = await start({}, [])
    for (const headers of [{}, token, session]) {
      t.equal((await ask(app, headers)).headers['cache-control'], 'private, no-store')
    }
  },

  'A value opens what the viewer\'s cookies open, and no longer.': async (t) => {
    const app = await start()
    const viewer = createViewer(token)
    const { body: receipt } = await viewer.ask(app)
    const { body } = await ask(app, token)
    t.equal(body.cookies![0]!.header, viewer.cookies('https://media.example.com/u/ada/x'))
    t.equal(body.expiresAt, receipt['expiresAt'])
  },

  'No log of the plugin\'s holds a value.': async (t) => {
    const log: string[] = []
    const app = await start({}, log)
    const { body } = await ask(app, token)
    const { header, pairs } = body.cookies![0]!
    const { body: refusal } = await ask(app, { cookie: header })
    const secrets = pairs.map(({ value }) => value).filter((value) => value.length > 12)
    t.equal(secrets.length, 2)
    t.ok(log.length > 4)
    for (const secret of secrets) {
      t.notOk(log.some((line) => line.includes(secret)))
      t.notOk(JSON.stringify(refusal).includes(secret))
    }
  }
}

t.same(Object.keys(tests), sentences, 'each sentence is a test')
for (const [sentence, test] of Object.entries(tests)) t.test(sentence, test)
