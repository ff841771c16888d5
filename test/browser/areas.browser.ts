import type { Page } from 'playwright-core'
import t from 'tap'
import { cdnPath } from '../../src/index.js'
import { seeded } from '../fixtures/seeded.js'
import { launchChromium, newViewer } from './chromium.js'
import { startClient, statusOf } from './player.js'
import { startSite, type Site } from './site.js'

t.setTimeout(180_000)
const browser = await launchChromium(t)

const hour = 3_600_000
/** The cookies of the sixteen areas that are the most which a viewer can have, with their tickets. */
const mostCookies = 16 * 5

interface Tab {
  readonly page: Page
  course: number
  pollsAt: number
}

/** A site whose clock, and its edge's, stands until it is told otherwise. */
async function startSchool (
  booked: readonly number[]
): Promise<{ site: Site, now: () => number, advance: (seconds: number) => void }> {
  let time = Date.now()
  const site = await startSite(t, {
    ttl: 600,
    refreshBefore: 150,
    area: ({ query }) => (query as { course?: string }).course,
    authorize: (_request, area) => booked.includes(Number(area)) && [cdnPath`/courses/${area!}/*`],
    now: () => time
  })
  return {
    site,
    now: () => time,
    advance: (seconds) => {
      time += seconds * 1000
    }
  }
}

t.test('four tabs of a viewer of forty courses', async (t) => {
  const next = seeded(20_260_101)
  const booked = Array.from({ length: 60 }, (_, index) => ({ course: index + 1, at: next(1e6) }))
    .toSorted((first, second) => first.at - second.at).slice(0, 40).map(({ course }) => course)
  const anyCourse = (): number => booked[next(booked.length)]!
  const { site, now, advance } = await startSchool(booked)
  const viewer = await newViewer(t, browser)
  const addressOf = (course: number): string => `${site.api}?course=${course}`

  /** The client of a page that shows this course. */
  async function open (tab: Tab, course: number): Promise<void> {
    tab.course = course
    await tab.page.evaluate(() => window.viewer.access?.stop())
    await startClient(tab.page, { ...site, api: addressOf(course) })
    await tab.page.evaluate(() => window.viewer.access!.ready)
    tab.pollsAt = now() + (420 + next(100)) * 1000
  }

  async function poll (tab: Tab): Promise<void> {
    await tab.page.evaluate(() => window.viewer.access!.refresh())
    tab.pollsAt = now() + (420 + next(100)) * 1000
  }

  const tabs: Tab[] = []
  while (tabs.length < 4) {
    const tab = { page: await viewer.newPage(), course: 0, pollsAt: 0 }
    await tab.page.goto(site.page)
    await open(tab, anyCourse())
    tabs.push(tab)
  }

  let used = tabs.at(-1)!
  let most = 0
  const opened = new Set(tabs.map(({ course }) => course))
  for (const end = now() + hour; now() < end;) {
    advance(1 + next(next(4) === 0 ? 120 : 12))
    for (const tab of tabs) if (tab.pollsAt <= now()) await poll(tab)
    if (next(3) === 0) {
      used = tabs[next(4)]!
      await (next(2) === 0 ? open(used, anyCourse()) : poll(used))
      opened.add(used.course)
    }
    // There is no such file: who is let in is told so.
    const status = await statusOf(used.page, `${site.media}/courses/${used.course}/film`)
    t.equal(status, 404, `course ${used.course}`)
    const held = (await viewer.cookies()).length
    most = Math.max(most, held)
  }
  t.ok(opened.size > 20, `${opened.size} courses were opened`)
  t.ok(most > 20 && most <= mostCookies, `at most ${most} cookies`)
  t.strictSame(site.refusals, [])
  t.ok(site.apiLog.some(({ outcome }) => outcome === 'fresh'), 'most polls change nothing')

  await used.page.evaluate(async (url) => {
    await fetch(url, { method: 'DELETE', credentials: 'include' })
  }, site.api)
  t.strictSame(await viewer.cookies(), [], 'the browser holds no cookie after a logout')
})

t.test('two tabs of two courses keep what they have, and end one by one', async (t) => {
  const { site } = await startSchool([1, 2])
  const viewer = await newViewer(t, browser)
  const pages = [await viewer.newPage(), await viewer.newPage()]
  const films = [1, 2].map((course) => `${site.media}/courses/${course}/film`)
  for (const [index, page] of pages.entries()) {
    await page.goto(site.page)
    await startClient(page, { ...site, api: `${site.api}?course=${index + 1}` })
    await page.evaluate(() => window.viewer.access!.ready)
  }
  const statuses = (): Promise<number[]> =>
    Promise.all(films.map((url) => statusOf(pages[0]!, url)))
  t.strictSame(await statuses(), [404, 404])
  for (const page of pages) await page.evaluate(() => window.viewer.access!.refresh())
  t.strictSame(site.apiLog.map(({ outcome }) => outcome), ['issued', 'refreshed', 'fresh', 'fresh'])
  await pages[0]!.evaluate(() => window.viewer.access!.end())
  t.strictSame(await statuses(), [403, 404])
  await pages[1]!.evaluate(() => window.viewer.access!.end())
  t.strictSame(await statuses(), [403, 403])
  t.strictSame(await viewer.cookies(), [])
})
