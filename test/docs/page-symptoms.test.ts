import { readFileSync } from 'node:fs'
import fastifyCors from '@fastify/cors'
import Fastify, { type FastifyInstance } from 'fastify'
import { Window } from 'happy-dom'
import t, { type Test } from 'tap'
import { CookieJar } from 'tough-cookie'
import cdnEdge from '../../src/edge/edge.js'
import { cdnAccess, cdnPath } from '../../src/index.js'
import { rsaPkcs8 } from '../fixtures/keys.js'
import { clock, media, privateKey, publicKey, start, working } from '../fixtures/server.js'

const api = 'https://api.example.com/cdn-access'
const file = 'https://media.example.com/courses/42/a.png'
const page = readFileSync(`${process.cwd()}/docs/troubleshooting.md`, 'utf8')

/** What a browser holds after it has asked an API. */
async function ask (app: FastifyInstance, jar = new CookieJar(), url = api): Promise<CookieJar> {
  const { hostname, pathname } = new URL(url)
  const headers = { host: hostname, cookie: await jar.getCookieString(url) }
  const reply = await app.inject({ url: pathname, headers })
  for (const line of [reply.headers['set-cookie'] ?? []].flat()) {
    await jar.setCookie(line, url, { ignoreError: true })
  }
  return jar
}

/** The codes that `explain` of a server has for a request. */
async function codes (
  app: FastifyInstance,
  cookies: string,
  { url = file, at = clock } = {}
): Promise<Array<string | undefined>> {
  const { checks, notes = [] } = await app.cdnAccess.explain({ url, cookies, at })
  return [...checks.flatMap(({ ok, code }) => ok ? [] : code), ...notes.map(({ code }) => code)]
}

/** By how each row of the page begins. */
const symptoms: Readonly<Record<string, (t: Test) => Promise<void>>> = {
  'The request to the CDN has no cookies at all': async (t) => {
    const log: string[] = []
    const app = await start(t, {}, log)
    const jar = await ask(app, new CookieJar(), 'https://api.example.org/cdn-access')
    const cookies = await jar.getCookieString(file)
    t.same(await codes(app, cookies), ['cookies-none'])
    t.match(log, [/browsers refuse cookies with Domain/])
    t.same(await codes(app, await (await ask(app)).getCookieString(file)), [])
  },
  'Viewers lose access at every poll': async (t) => {
    for (const [name, lost] of [[undefined, true], ['files', false]] as const) {
      const first = await start(t, { paths: ['/courses/*'] })
      const second = await start(t, { paths: ['/files/*'], name })
      const jar = await ask(first)
      t.match(await jar.getCookieString(file), 'CloudFront-Policy')
      await ask(second, jar)
      t.equal((await codes(first, await jar.getCookieString(file))).length > 0, lost)
    }
  },
  'The cookies are there, and the API answers `issued`': async (t) => {
    const app = await start(t)
    const cookie = await (await ask(app)).getCookieString(api)
    const without = cookie.split('; ').filter((pair) => !pair.startsWith('__Host-')).join('; ')
    const statuses = [without, without, cookie].map(async (sent) =>
      (await app.inject({ url: '/cdn-access', headers: { cookie: sent } })).json().status
    )
    t.same(await Promise.all(statuses), ['issued', 'issued', 'fresh'])
  },
  '`explain` says that a cookie was sent twice': async (t) => {
    const app = await start(t)
    const cookies = await (await ask(app)).getCookieString(file)
    t.ok((await codes(app, `CloudFront-Signature=AAAA; ${cookies}`)).includes('sent-twice'))
  },
  'Everything is refused since a new key': async (t) => {
    const old = { keyPairId: 'KOLD', privateKey }
    const added = { keyPairId: 'KNEW', privateKey: rsaPkcs8 }
    const group = await start(t, {
      cdn: media({ keys: [old, { keyPairId: 'KOTHER', publicKey }] })
    })
    for (const [keys, found] of [[[added, old], ['key-unknown']], [[old, added], []]] as const) {
      const app = await start(t, { cdn: media({ keys: [...keys] }) })
      t.same(await codes(group, await (await ask(app)).getCookieString(file)), found)
    }
  },
  '`FST_ERR_PLUGIN_DEPENDENCY_NOT_REGISTERED`': async (t) => {
    const app = Fastify()
    t.teardown(() => app.close())
    await t.rejects(async () => app.register(cdnAccess, working()), {
      code: 'FST_ERR_PLUGIN_DEPENDENCY_NOT_REGISTERED',
      message: /dependency '@fastify\/cookie' of plugin 'fastify-cdn-access' is not registered/
    })
  },
  'Every viewer gets a 403, and the log says': async (t) => {
    const log: string[] = []
    const app = await start(t, { authorize: () => {} }, log)
    for (let viewer = 0; viewer < 25; viewer++) {
      t.equal((await app.inject('/cdn-access')).statusCode, 403)
    }
    t.match(log, [/authorize has returned undefined/])
  },
  'http works and https does not': async (t) => {
    const app = await start(t)
    const cookies = await (await ask(app)).getCookieString(file)
    t.same(await codes(app, cookies, { url: file.replace('https', 'http') }), ['address-unserved'])
  },
  'Only some files of a folder are refused': async (t) => {
    const paths = [cdnPath`/courses/42/a.png`, cdnPath`/people/${'O\'Neil'}/*`]
    const cases = [
      ['/courses/42/a.png', []],
      ['/courses/42/a.png?v=1', ['query-differs']],
      ['/people/O\'Neil/a.png', []],
      ['/people/O%27Neil/a.png', ['encoding-differs', 'cookie-path']]
    ] as const
    for (const [target, found] of cases) {
      const app = await start(t, { authorize: () => paths })
      const granted = target.startsWith('/people') ? cases[2][0] : cases[0][0]
      const cookies = await (await ask(app)).getCookieString(`https://media.example.com${granted}`)
      t.same(await codes(app, cookies, { url: `https://media.example.com${target}` }), found)
    }
  },
  'It works until a moment in mid-play': async (t) => {
    const app = await start(t)
    const cookies = await (await ask(app)).getCookieString(file)
    t.same(await codes(app, cookies, { at: clock + 500 }), [])
    t.same(await codes(app, cookies, { at: clock + 600 }), ['expired'])
  },
  'A player reports a network error, not a 403': async (t) => {
    const window = new Window({ url: 'http://page.example.com/' })
    t.teardown(() => window.close())
    for (const cors of [false, true]) {
      const edge = Fastify()
      t.teardown(() => edge.close())
      if (cors) {
        await edge.register(fastifyCors, { origin: 'http://page.example.com', credentials: true })
      }
      await edge.register(cdnEdge, { cdn: media() })
      const asked = window.fetch(`${await edge.listen({ host: '127.0.0.1', port: 0 })}/a.png`, {
        credentials: 'include'
      })
      if (cors) t.equal((await asked).status, 403)
      else await t.rejects(asked, { name: 'NetworkError' })
    }
  },
  'nginx in front of the API answers 502': async (t) => {
    const log: string[] = []
    const app = await start(t, {
      cdn: media({ keys: [{ keyPairId: 'KRSA', privateKey: rsaPkcs8 }] }),
      paths: ['/a/*', '/b/*', '/c/*', '/d/*', '/e/*']
    }, log)
    const { headers } = await app.inject('/cdn-access')
    t.ok([headers['set-cookie']].flat().join('').length > 4096)
    t.match(log.join(''), 'nginx\' default, answers 502')
  }
}

t.test('each row of the page and the API happens as it says', async (t) => {
  const table = page.split('## By what the page and the API do')[1]!.split('\n## ')[0]!
  const rows = [...table.matchAll(/^\| (.+?) \| .+ \|$/gm)].map((match) => match[1]!).slice(1)
  t.equal(rows.length, Object.keys(symptoms).length)
  for (const row of rows) {
    const own = Object.keys(symptoms).filter((beginning) => row.startsWith(beginning))
    t.equal(own.length, 1, row)
    await t.test(row, symptoms[own[0]!]!)
  }
})
