import { setTimeout } from 'node:timers/promises'
import type { Browser, BrowserContext } from 'playwright-core'
import t from 'tap'
import { launchChromium, newViewer } from './chromium.js'
import { openTab, report, statusOf, until, type Tab } from './player.js'
import { startSite, type Site } from './site.js'

t.setTimeout(180_000)
t.jobs = 2
const browser = await launchChromium(t)
const buffered = { buffered: true }
const life = { ttl: 12, refreshBefore: 8 }

/** How many requests brought new cookies. */
function refreshes ({ apiLog }: Site): number {
  return apiLog.filter(({ outcome }) => outcome !== 'fresh').length
}

/** The tab that sent the next refresh. */
async function nextToRefresh (site: Site, tabs: readonly Tab[]): Promise<Tab> {
  const count = refreshes(site)
  const asked = tabs.map((tab) => tab.asked())
  await until('a refresh', () => refreshes(site) > count)
  const index = tabs.findIndex((tab, place) => tab.asked() > asked[place]!)
  if (index < 0) throw new Error('No tab sent the refresh')
  return tabs[index]!
}

async function openTabs (viewer: BrowserContext, site: Site, count: number): Promise<Tab[]> {
  const tabs: Tab[] = []
  while (tabs.length < count) {
    const tab = await openTab(viewer, site)
    await tab.page.evaluate(() => window.viewer.access!.ready)
    tabs.push(tab)
  }
  return tabs
}

t.test('five tabs refresh about as often as one, and replace a closed one', buffered, async (t) => {
  const [alone, together] = [await startSite(t, life), await startSite(t, life)]
  const single = await openTabs(await newViewer(t, browser), alone, 1)
  const tabs = await openTabs(await newViewer(t, browser), together, 5)
  const opened = [alone, together].map(({ apiLog }) => apiLog.length)
  await setTimeout(32_000)
  const [one, five] = [alone.apiLog.slice(opened[0]), together.apiLog.slice(opened[1])]
  // A tab for itself asks 8 seconds later at the latest: five would send 15 and more.
  t.ok(one.length >= 3 && one.length < 15, `one tab sent ${one.length} requests`)
  t.ok(five.length >= 3 && five.length < 15, `five tabs sent ${five.length}`)
  for (const { page } of [...single, ...tabs]) {
    const { changes } = await report(page)
    const others = changes.filter((change) => !change.startsWith('fresh'))
    t.strictSame(others, [], 'access was valid all the time')
  }

  const leader = await nextToRefresh(together, tabs)
  await leader.page.close()
  const rest = tabs.filter((tab) => tab !== leader)
  const heir = await nextToRefresh(together, rest)
  t.not(heir, leader)
  const held = await heir.page.context().cookies()
  t.ok(held.length >= 4, 'the cookies are still there')
  for (const { page } of rest) {
    const { state, changes } = await report(page)
    t.equal(state, 'fresh')
    t.strictSame(changes.filter((change) => !change.startsWith('fresh')), [], 'no tab lost access')
  }
})

t.test('a tab that was frozen past the end of access recovers as it wakes', buffered, async (t) => {
  const site = await startSite(t)
  const own = await launchChromium(t)
  const viewer = await newViewer(t, own)
  const { page } = (await openTabs(viewer, site, 1))[0]!
  await until('the first refresh', () => refreshes(site) > 1)
  const pages = await renderers(own)
  t.ok(pages.length > 0)
  const signal = (name: NodeJS.Signals): void => {
    for (const id of pages) process.kill(id, name)
  }
  const wake = (): void => {
    signal('SIGCONT')
  }
  t.teardown(wake)
  signal('SIGSTOP')
  // One may have been on its way.
  await setTimeout(500)
  const requests = site.apiLog.length
  await until('the cookies run out', async () => (await viewer.cookies()).length === 0)
  await setTimeout(2000)
  t.equal(site.apiLog.length, requests, 'nothing is asked while it sleeps')

  wake()
  await until('access is back', () => site.apiLog.length > requests)
  await until('fresh', async () => (await report(page)).state === 'fresh')
  t.equal(site.apiLog.length, requests + 1, 'with one request')
  t.equal(site.apiLog[requests]!.outcome, 'issued')
  const { changes, errors } = await report(page)
  const ends = ['stale (expired)', 'refreshing (request)']
  t.ok(ends.some((end) => changes.includes(end)), 'it knew that access had ended')
  t.strictSame(errors, [])
  t.equal(await statusOf(page, site.playlist), 200, 'the edge serves again')
})

/**
 * The processes in which pages run. DevTools freeze only pages that are hidden, and here each
 * counts as shown.
 */
async function renderers (browser: Browser): Promise<number[]> {
  const devTools = await browser.newBrowserCDPSession()
  const { processInfo } = await devTools.send('SystemInfo.getProcessInfo')
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
}
