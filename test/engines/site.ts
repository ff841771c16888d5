import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance } from 'fastify'
import cdnAccess, {
  cdnPath,
  type Authorization,
  type Cdn,
  type CdnPath,
  type Receipt
} from 'fastify-cdn-access'
import cdnEdge from 'fastify-cdn-access/edge'
import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'
import { CookieJar } from 'tough-cookie'
import type { Scope } from './program.js'
import { send, type Answer } from './request.js'

/** An API in front of one CDN, and a viewer with a cookie jar. */
export interface Site {
  readonly app: FastifyInstance
  /** Asks the API, and keeps the cookies that it sets. */
  ask(method?: 'GET' | 'POST'): Promise<Receipt>
  /** Has the API take the cookies away. */
  clear(): Promise<void>
  /** Asks for cookies that end in about this many seconds. */
  askForLast(seconds: number): Promise<Receipt>
  /** Fetches a file from the engine, as a browser would. */
  fetch(path: string): Promise<Answer>
  /** What a browser would send for a path, but for the ticket. */
  cookies(path: string): string
}

const ttl = 600

/** Starts an API that grants the same at a CDN to everyone. */
export async function startSite (scope: Scope, cdn: Cdn, granted: Authorization): Promise<Site> {
  const jar = new CookieJar()
  let behind = 0
  const app = Fastify()
  scope.teardown(() => app.close())
  await app.register(cookie)
  await app.register(cdnAccess, {
    cdn,
    cookie: { domain: false },
    authorize: () => granted,
    ttl,
    expiryStep: 1,
    env: false,
    now: () => Date.now() - behind
  })
  const api = await app.listen({ host: '127.0.0.1', port: 0 })

  async function visit (method: string): Promise<Response> {
    const url = `${api}/cdn-access`
    const reply = await fetch(url, { method, headers: { cookie: jar.getCookieStringSync(url) } })
    for (const line of reply.headers.getSetCookie()) jar.setCookieSync(line, url)
    return reply
  }

  async function ask (method = 'GET'): Promise<Receipt> {
    return await (await visit(method)).json() as Receipt
  }

  return {
    app,
    ask,
    clear: async () => {
      await visit('DELETE')
    },
    askForLast: async (seconds) => {
      behind = (ttl - seconds) * 1000
      const receipt = await ask('POST')
      behind = 0
      return receipt
    },
    fetch: (path) => send(cdn.url, path, jar.getCookieStringSync(cdn.url + path)),
    cookies: (path) => {
      const held = jar.getCookiesSync(cdn.url + path).filter(({ key }) => key !== 'cdn-access')
      return held.map((each) => each.cookieString()).join('; ')
    }
  }
}

/** The folder that the tests of engines grant. */
export const folder: readonly CdnPath[] = [cdnPath`/v/${1}/*`]

/** What the tests of each engine begin with: a viewer before, with, beside and after access. */
export async function testFolder (t: Test, start: () => Promise<Cdn>): Promise<void> {
  await t.test('serves a folder to who holds it, and nothing else', async (t) => {
    const cdn = await start()
    const site = await startSite(t, cdn, folder)
    t.equal((await site.fetch('/v/1/a.txt')).status, 403)
    t.match(await site.ask(), { status: 'issued' })
    t.match(await site.fetch('/v/1/a.txt'), { status: 200, body: 'a of 1' })
    t.match(await site.ask(), { status: /^fresh$/ })
    const cookies = site.cookies('/v/1/')
    t.equal((await send(cdn.url, '/v/2/secret.txt', cookies)).status, 403)
    t.equal((await send(cdn.url, '/img/a.png', cookies)).status, 403)
    await site.clear()
    t.equal((await site.fetch('/v/1/a.txt')).status, 403)
  })
}

/**
 * Starts the edge plugin in a CDN's place. Its address is another one than the CDN's: what it
 * checks is the CDN's.
 */
export async function startEdge (scope: Scope, cdn: Cdn): Promise<string> {
  const app = Fastify()
  scope.teardown(() => app.close())
  await app.register(cdnEdge, { cdn })
  app.get('/*', async () => 'through')
  return app.listen({ host: '127.0.0.1', port: 0 })
}

/** Waits for a second of the clock to begin, and a little longer. */
export async function until (epochSeconds: number): Promise<void> {
  while (Date.now() < epochSeconds * 1000 + 50) {
    await setTimeout(epochSeconds * 1000 + 50 - Date.now())
  }
}
