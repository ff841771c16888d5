import { setTimeout } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { BrowserContext, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { cdnPath, type Authorization } from '../../src/index.js'
import { launchChromium, newTolerantViewer, newViewer } from './chromium.js'
import { until } from './player.js'
import { startSite, type Site, type SiteOptions } from './site.js'

t.setTimeout(120_000)
const browser = await launchChromium(t)
const bearer = 'Bearer viewer'
const crossSite = '403 CDN_ACCESS_CROSS_SITE'
const denied = '403 CDN_ACCESS_DENIED'

/** How the API knows a viewer: by what requests of other sites come without. */
const sessions: Record<string, (request: FastifyRequest) => boolean> = {
  'a cookie with SameSite=Strict': ({ cookies }) => cookies['session'] === 'viewer',
  'a header': ({ headers }) => headers.authorization === bearer
}

type Act = (page: Page, address: string) => Promise<unknown>

async function insert (page: Page, html: string): Promise<void> {
  await page.evaluate((text) => {
    document.body.insertAdjacentHTML('beforeend', text)
  }, html)
}

async function follow (page: Page, html: string): Promise<void> {
  await insert(page, html)
  await page.click('#go')
}

/** What a page can have a browser do to an address of another site without reading the answer. */
const blind: Record<string, Act> = {
  'a link': (page, address) => follow(page, `<a id="go" href="${address}">go</a>`),
  'a form': (page, address) =>
    follow(page, `<form method="post" action="${address}"><button id="go">go</button></form>`),
  'a form that gets': (page, address) =>
    follow(page, `<form action="${address}"><button id="go">go</button></form>`),
  'a picture': (page, address) => insert(page, `<img src="${address}">`),
  'a frame': (page, address) => insert(page, `<iframe src="${address}"></iframe>`),
  'a stylesheet': (page, address) => insert(page, `<link rel="stylesheet" href="${address}">`),
  'a beacon': (page, address) => page.evaluate((url) => navigator.sendBeacon(url), address),
  'a fetch without an answer': (page, address) =>
    page.evaluate(async (url) => {
      await fetch(url, { mode: 'no-cors', credentials: 'include' })
    }, address)
}

const read: Act = (page, address) =>
  page.evaluate(async (url) => (await fetch(url, { credentials: 'include' })).status, address)

/** A viewer who holds access, by a fetch of the page's own. */
interface Holder {
  readonly site: Site
  readonly viewer: BrowserContext
  /** What the page's own script gets from the API. */
  readonly ask: () => Promise<number>
  /** All cookies but the session's. */
  readonly held: () => Promise<string[]>
}

async function startHolder (
  t: Test,
  viewer: BrowserContext,
  { known, cookie }: { known: (request: FastifyRequest) => boolean } & Pick<SiteOptions, 'cookie'>
): Promise<Holder> {
  const authorize = (request: FastifyRequest): Authorization =>
    known(request) && [cdnPath`/courses/${1}/*`]
  const site = await startSite(t, { ...(cookie && { cookie }), authorize, ttl: 600 })
  await viewer.addCookies([{
    name: 'session',
    value: 'viewer',
    domain: new URL(site.api).hostname,
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: 'Strict'
  }])
  const page = await viewer.newPage()
  await page.goto(site.page)
  const ask = async (): Promise<number> =>
    page.evaluate(async ([url, authorization]) => {
      const reply = await fetch(url, { credentials: 'include', headers: { authorization } })
      return reply.status
    }, [site.api, bearer] as const)
  const held = async (): Promise<string[]> => {
    const cookies = (await viewer.cookies()).filter(({ name }) => name !== 'session')
    return cookies.map(({ name, path, value }) => `${name} ${path} ${value}`).toSorted()
  }
  t.equal(await ask(), 200)
  t.ok((await held()).length >= 4, 'the browser holds access')
  return { site, viewer, ask, held }
}

/**
 * Does one thing on a page of its own, and says how the API answered, a little after the browser
 * has that answer.
 */
async function answerTo ({ viewer, site }: Holder, address: string, act: Act): Promise<string> {
  const page = await viewer.newPage()
  await page.goto(address)
  const count = site.apiLog.length
  await act(page, site.api)
  await until('the API has answered', () => site.apiLog.length > count)
  await setTimeout(150)
  await page.close()
  const { status } = site.apiLog.at(-1)!
  return status < 400 ? String(status) : `${status} ${site.refusals.at(-1)}`
}

for (const [session, known] of Object.entries(sessions)) {
  t.test(`another site takes nothing away where the session is ${session}`, async (t) => {
    const holder = await startHolder(t, await newViewer(t, browser), { known })
    const { site, held, ask } = holder
    const before = await held()
    for (const [name, act] of Object.entries(blind)) {
      t.equal(await answerTo(holder, site.otherPage, act), crossSite, name)
      t.strictSame(await held(), before, `${name} leaves the cookies`)
    }
    t.equal(await answerTo(holder, site.otherPage, read), denied, 'a script')
    t.strictSame(await held(), before, 'a script leaves the cookies')
    t.equal(await ask(), 200)
  })

  t.test(`nor where browsers send it cookies, and the session is ${session}`, async (t) => {
    const holder = await startHolder(t, await newTolerantViewer(t), {
      known,
      cookie: { domain: 'example.com', sameSite: 'none' }
    })
    const { site, held } = holder
    const before = await held()
    for (const [name, act] of Object.entries(blind)) {
      t.equal(await answerTo(holder, site.otherPage, act), crossSite, name)
      t.strictSame(await held(), before, `${name} leaves the cookies`)
    }
    t.equal(await answerTo(holder, site.otherPage, read), denied, 'a script')
    t.strictSame(await held(), before, 'a script leaves the cookies')
  })
}

t.test('a typed address and what a sibling host embeds take nothing away', async (t) => {
  const known = sessions['a header']!
  const holder = await startHolder(t, await newViewer(t, browser), { known })
  const { site, held } = holder
  const before = await held()
  t.equal(await answerTo(holder, 'about:blank', (page, address) => page.goto(address)), denied)
  t.strictSame(await held(), before, 'a typed address leaves the cookies')
  for (const [name, act] of Object.entries(blind)) {
    t.equal(await answerTo(holder, site.page, act), denied, name)
    t.strictSame(await held(), before, `${name} leaves the cookies`)
  }
})

for (const [session, known] of Object.entries(sessions)) {
  t.test(`the page's own fetch clears where access is over, with ${session}`, async (t) => {
    const { site, viewer, held, ask } = await startHolder(t, await newViewer(t, browser), { known })
    site.allowed = false
    t.equal(await ask(), 403)
    t.strictSame(await held(), [])
    t.strictSame((await viewer.cookies()).map(({ name }) => name), ['session'])
    t.strictSame(site.refusals, ['CDN_ACCESS_DENIED'])
  })
}
