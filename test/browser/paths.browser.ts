import { generateKeyPairSync } from 'node:crypto'
import type { Page } from 'playwright-core'
import t from 'tap'
import { cookiePairs } from '../../src/cookies/cookies.js'
import { cdnPath, cloudfront, type Cdn } from '../../src/index.js'
import type { Verdict } from '../../src/cdn/cdn.js'
import { pickText, seeded } from '../fixtures/seeded.js'
import { launchChromium, newViewer } from './chromium.js'
import type { Listener } from './listener.js'
import { startSite } from './site.js'

t.setTimeout(180_000)

/** Each of these means something on the way from a page to an edge, or is written in two ways. */
const characters = Array.from('!"#$%&\'()*+,-.:;<=>?@[]^_`{|}~ aZ09äéß日本🎬\u0301')
const listed = [
  'plain',
  'a b',
  ' a ',
  'it\'s',
  'a(1)',
  '~a!*b',
  '*',
  '"quoted"',
  '100%',
  '100%25',
  '%41',
  'a%2Fb',
  '%2e%2e',
  '50% off! (new)',
  'a+b',
  'a&amp;b',
  'a;b',
  'a:b@c',
  'x=1&y=2',
  'a?b',
  'a#b',
  '[1]',
  '{a}|^`',
  '<a>',
  '...',
  '-_.',
  'ä',
  'a\u0308',
  '日本',
  '🎬'
]
const next = seeded(11)
const random = Array.from({ length: 50 }, () => pickText(next, characters, 1 + next(8)))

/** A dot segment is no name; some servers cut it off at a `;`. */
const names = [...listed, ...random].filter((name) => !/^\.\.?(?:;|$)/.test(name))

const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>'

/** One request at the edge. */
interface Asked {
  readonly url: string
  readonly allowed: boolean
}

/** A CDN, and what it says of a request with these cookies. */
interface Edge {
  readonly cdn: Cdn
  readonly check: (target: string, cookies: string) => Promise<Verdict>
}

function makeEdge (url: string): Edge {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const entry = { keyPairId: 'KONE', privateKey }
  const cdn = cloudfront({ url, ...entry })
  const keys = [cdn.parseKey(entry)]
  return {
    cdn,
    check: async (target, cookies) => {
      const now = Math.floor(Date.now() / 1000)
      return cdn.check({ method: 'GET', url: target, cookies: cookiePairs(cookies), now }, keys)
    }
  }
}

/** Serves a picture wherever access is allowed. */
function serve ({ server }: Listener, { check }: Edge, log: Asked[]): void {
  server.on('request', async ({ url = '', headers }, reply) => {
    const { allowed } = await check(url, headers.cookie ?? '')
    log.push({ url, allowed })
    const type = { 'content-type': 'image/svg+xml', 'cache-control': 'no-store' }
    reply.writeHead(allowed ? 200 : 403, type).end(allowed ? picture : '')
  })
}

/** Puts a picture into the page, its address written into the attribute as it stands. */
async function showPicture (page: Page, address: string): Promise<boolean> {
  return page.evaluate((source) => {
    const escaped = source.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
    document.body.innerHTML = `<img src="${escaped}">`
    return new Promise<boolean>((resolve) => {
      const [image] = document.images
      image!.addEventListener('load', () => {
        resolve(true)
      })
      image!.addEventListener('error', () => {
        resolve(false)
      })
    })
  }, address)
}

t.test('opens a folder of any name in the spelling of its path', async (t) => {
  const log: Asked[] = []
  let name = ''
  let edge: Edge | undefined
  const site = await startSite(t, {
    ttl: 600,
    refreshBefore: 60,
    authorize: () => [cdnPath`/u/${name}/*`],
    edge: async (listener, { url }) => {
      edge = makeEdge(url)
      serve(listener, edge, log)
      return edge.cdn
    }
  })
  const viewer = await newViewer(t, await launchChromium(t))
  const page = await viewer.newPage()
  await page.goto(site.page)

  /**
   * What the edge answers to a spelling of the name. The query is for browsers, which show a picture
   * of one address without asking again.
   */
  async function ask (spelling: string): Promise<Asked> {
    const before = log.length
    const shown = await showPicture(page, `${site.media}/u/${spelling}/a.svg?${before}`)
    t.equal(log.length, before + 1, `${spelling} brings one request about`)
    const asked = log.at(-1)!
    t.equal(shown, asked.allowed, `${spelling} is shown where it is allowed`)
    return asked
  }

  /**
   * Why the edge refuses, with all cookies that the browser holds: it sends none to a folder that
   * is spelled in another way.
   */
  async function explain (target: string): Promise<string> {
    const held = (await viewer.cookies()).map((cookie) => `${cookie.name}=${cookie.value}`)
    return (await edge!.check(target, held.join('; '))).checks.at(-1)!.detail
  }

  for (name of names) {
    const status = await page.evaluate(async (url) => {
      const reply = await fetch(url, { method: 'POST', credentials: 'include' })
      return reply.status
    }, site.api)
    t.equal(status, 200, `access to ${name} is issued`)
    const component = encodeURIComponent(name)
    const written = await ask(component.replaceAll('*', '%2A'))
    t.ok(written.allowed, `${name} as cdnPath spells it, ${written.url}`)
    if (!name.includes('*')) {
      t.ok((await ask(component)).allowed, `${name} as encodeURIComponent spells it`)
    }
    for (const [way, spelling] of [['raw', name], ['encodeURI', encodeURI(name)]] as const) {
      const { allowed, url } = await ask(spelling)
      const title = `${name} ${way} is asked for as ${url}`
      if (/[?#]/.test(spelling) || (/%/.test(name) && way === 'raw')) {
        t.notOk(allowed, `${title}, another path`)
      } else if (!allowed) t.match(await explain(url), /percent-encoding/, title)
    }
  }
})
