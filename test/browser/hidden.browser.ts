import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openChromiumWindow, type ChromiumWindow, type WindowTab } from './chromium-window.js'
import type { PageReport } from './page/viewer.js'
import { until } from './player.js'
import { startSite, type Site } from './site.js'

t.setTimeout(180_000)
t.jobs = 2
const buffered = { buffered: true }
/** A tab in front asks after 2 to 8 seconds, a hidden one after 8 to 11. */
const life = { ttl: 14, refreshBefore: 12 }

interface Hidden {
  readonly site: Site
  readonly chromium: ChromiumWindow
  readonly tab: WindowTab
}

/** A tab that keeps access, and went behind another one. */
async function hideTab (t: Test): Promise<Hidden> {
  const [site, chromium] = [await startSite(t, life), await openChromiumWindow(t)]
  const tab = await chromium.open(site.page)
  await until('the page is there', () => tab.evaluate(() => 'viewer' in window))
  await tab.evaluate((url) => {
    window.viewer.open(url)
  }, site.api)
  await nextReceipt(tab)
  await nextReceipt(tab)
  t.notOk(await isHidden(tab), 'it is in front')
  await chromium.open('about:blank')
  await until('hidden', () => isHidden(tab))
  return { site, chromium, tab }
}

/** Freezes the hidden tab until access has ended. Gives how many requests came before. */
async function freezePastEnd (t: Test, { site, chromium, tab }: Hidden): Promise<number> {
  await nextReceipt(tab)
  await tab.freeze()
  const requests = site.apiLog.length
  await until('the cookies run out', async () => (await chromium.cookies()).length === 0)
  await setTimeout(2000)
  t.equal(site.apiLog.length, requests, 'nothing is asked while it is frozen')
  return requests
}

/** Access is back, after nothing worse than its end. */
async function checkRecovery (t: Test, { site, tab }: Hidden, requests: number): Promise<void> {
  await until('access is back', () => site.apiLog.length > requests)
  await until('fresh', async () => (await report(tab)).state === 'fresh')
  t.equal(site.apiLog.length, requests + 1, 'with one request')
  t.equal(site.apiLog[requests]!.outcome, 'issued')
  const statuses = await Promise.all(
    [site.playlist, new URL('init.mp4', site.playlist).href].map((url) => statusOf(tab, url))
  )
  t.strictSame(statuses, [200, 200], 'the edge serves again')
  const { changes, errors } = await report(tab)
  const ends = ['stale (expired)', 'refreshing (request)']
  t.ok(ends.some((end) => changes.includes(end)), 'it knew that access had ended')
  t.strictSame(changes.filter((change) => ![...ends, 'fresh (receipt)'].includes(change)), [])
  t.strictSame(errors, [])
}

t.test('a hidden tab asks late, and one that froze recovers when shown', buffered, async (t) => {
  const hidden = await hideTab(t)
  const { site, tab } = hidden
  const opened = site.apiLog.length
  await setTimeout(30_000)
  const asked = site.apiLog.length - opened
  t.ok(asked >= 1 && asked <= 3, `${asked} requests, where a tab in front sends about 6`)
  t.strictSame((await report(tab)).changes, ['fresh (receipt)'], 'access was valid all the time')

  const requests = await freezePastEnd(t, hidden)
  await tab.show()
  await checkRecovery(t, hidden, requests)
  t.notOk(await isHidden(tab))
})

t.test('a frozen tab that wakes behind another one recovers there', buffered, async (t) => {
  const hidden = await hideTab(t)
  const requests = await freezePastEnd(t, hidden)
  await hidden.tab.resume()
  await checkRecovery(t, hidden, requests)
  t.ok(await isHidden(hidden.tab))
})

async function nextReceipt (tab: WindowTab): Promise<void> {
  const { length } = (await report(tab)).receipts
  await until('a receipt', async () => (await report(tab)).receipts.length > length)
}

async function report (tab: WindowTab): Promise<PageReport> {
  return tab.evaluate(() => window.viewer.report())
}

async function isHidden (tab: WindowTab): Promise<boolean> {
  return tab.evaluate(() => document.hidden)
}

/** The status of a file that the page fetches with its cookies, but without the client. */
async function statusOf (tab: WindowTab, url: string): Promise<number> {
  return tab.evaluate(
    async (address) => (await fetch(address, { credentials: 'include' })).status,
    url
  )
}
