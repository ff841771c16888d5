import t, { type Test } from 'tap'
import type { BrowserContext } from 'playwright-core'
import { launchChromium, newViewer } from './chromium.js'
import { openTab, play, playback, playedTo, report, until, type Tab } from './player.js'
import { startSite, type Site } from './site.js'

t.setTimeout(120_000)
t.jobs = 3
const browser = await launchChromium(t)

/** A player in mid-play. */
async function startPlaying (t: Test): Promise<{ site: Site, viewer: BrowserContext, tab: Tab }> {
  const site = await startSite(t)
  const viewer = await newViewer(t, browser)
  const tab = await openTab(viewer, site)
  await play(tab.page, site)
  await playedTo(tab.page, 3)
  t.ok(tab.fetched.length > 2 && tab.fetched.every(({ status }) => status === 200), 'it plays')
  t.ok((await viewer.cookies()).length >= 4, 'the browser holds cookies')
  return { site, viewer, tab }
}

/** Waits until the player has played what it had, and shows that it got nothing after that. */
async function checkStopped (t: Test, { page, fetched }: Tab): Promise<void> {
  const before = fetched.length
  await until('the player has nothing left', async () => {
    const { stalls, faults } = await playback(page)
    return stalls > 0 && faults.some((fault) => fault.startsWith('fragLoadError'))
  })
  const { at, ended } = await playback(page)
  t.ok(at < 20 && !ended, `playback stopped at ${at}`)
  // One may have been on its way.
  const after = fetched.slice(before + 1)
  t.ok(after.every(({ status }) => status === 403), 'and nothing was served any more')
}

t.test('stops at logout', { buffered: true }, async (t) => {
  const { site, viewer, tab } = await startPlaying(t)
  await tab.page.evaluate(() => window.viewer.access!.end())
  t.equal((await report(tab.page)).state, 'idle')
  t.strictSame(await viewer.cookies(), [], 'the browser holds no cookie')
  t.strictSame(site.apiLog.at(-1), { method: 'DELETE', status: 204, outcome: undefined })
  const requests = site.apiLog.length

  await checkStopped(t, tab)
  t.equal(site.apiLog.length, requests, 'nothing is asked after it')
  t.equal((await report(tab.page)).changes.at(-1), 'idle (end)')
})

t.test('stops in all tabs at a logout in one of them', { buffered: true }, async (t) => {
  const { site, viewer, tab } = await startPlaying(t)
  const other = await openTab(viewer, site)
  await other.page.evaluate(() => window.viewer.access!.ready)
  await other.page.evaluate(() => window.viewer.access!.end())
  await until('the other tab knows', async () => (await report(tab.page)).state === 'idle')
  // What it had under way is taken back after that.
  await until('the cookies are gone', async () => (await viewer.cookies()).length === 0)
  const requests = site.apiLog.length

  await checkStopped(t, tab)
  t.equal(site.apiLog.length, requests, 'no tab asks after it')
})

t.test('stops at a denial, and asks no more', { buffered: true }, async (t) => {
  const { site, viewer, tab } = await startPlaying(t)
  site.allowed = false
  await until('the denial', async () => (await report(tab.page)).state === 'denied')
  t.strictSame(await viewer.cookies(), [], 'the API took the cookies away')
  t.strictSame(site.apiLog.at(-1), { method: 'GET', status: 403, outcome: undefined })

  await checkStopped(t, tab)
  const { changes, errors } = await report(tab.page)
  t.strictSame(changes.slice(0, 2), ['fresh (receipt)', 'denied (denied)'])
  t.equal(changes.at(-1), 'denied (denied)')
  t.ok(errors.length > 0 && errors.every((code) => code === 'denied'))
  const denials = site.apiLog.filter(({ status }) => status === 403)
  t.strictSame(
    denials.map(({ method }) => method),
    ['GET'],
    'nobody asked again'
  )
})
