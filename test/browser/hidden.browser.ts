import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { launchChromium, newViewer } from './chromium.js'
import { openTab, report, statusOf, until } from './player.js'
import { startSite } from './site.js'

t.setTimeout(120_000)
const browser = await launchChromium(t)

t.test('a hidden tab that the browser froze past the end of access recovers', async (t) => {
  const site = await startSite(t)
  const viewer = await newViewer(t, browser)
  const { page } = await openTab(viewer, site)
  await page.evaluate(() => window.viewer.access!.ready)
  const devTools = await viewer.newCDPSession(page)
  // Otherwise each tab counts as shown.
  await devTools.send('Emulation.setFocusEmulationEnabled', { enabled: false })
  const other = await viewer.newPage()
  await other.bringToFront()
  await until('hidden', () => page.evaluate(() => document.hidden))
  await devTools.send('Page.setWebLifecycleState', { state: 'frozen' })
  await setTimeout(1000)
  const requests = site.apiLog.length
  await until('the cookies run out', async () => (await viewer.cookies()).length === 0)
  await setTimeout(2000)
  t.equal(site.apiLog.length, requests, 'nothing is asked while it is frozen')

  await devTools.send('Page.setWebLifecycleState', { state: 'active' })
  await page.bringToFront()
  await until('access is back', () => site.apiLog.length > requests)
  await until('fresh', async () => (await report(page)).state === 'fresh')
  t.equal(site.apiLog[requests]!.outcome, 'issued')
  t.equal(await statusOf(page, site.playlist), 200, 'the edge serves again')
  t.strictSame((await report(page)).errors, [])
})
