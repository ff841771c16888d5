import t from 'tap'
import { launchChromium, newViewer } from './chromium.js'
import { openTab, until } from './player.js'
import { startSite } from './site.js'

t.setTimeout(120_000)
const browser = await launchChromium(t)

t.test('30 pictures that the CDN refuses are shown after one forced refresh', async (t) => {
  const site = await startSite(t, { ttl: 60, refreshBefore: 20 })
  const viewer = await newViewer(t, browser)
  const { page } = await openTab(viewer, site)
  await until('the check of the first cookies', () => site.apiLog.length >= 2)
  await viewer.clearCookies()
  const urls = Array.from(
    { length: 30 },
    (_, index) => `${site.media}/courses/1/waves.svg?${index}`
  )
  await page.evaluate((addresses) => window.viewer.show(addresses), urls)
  await until(
    '30 pictures',
    () =>
      page.evaluate(() =>
        [...document.images].filter((image) => image.naturalWidth > 0).length === 30
      )
  )
  const forced = site.apiLog.filter(({ method }) => method === 'POST')
  t.equal(forced.length, 1)
  // A refused picture is no response to the page's tools: the edge counts.
  const asked = site.edgeLog.filter(({ path }) => path.includes('/waves.svg'))
  const refused = asked.filter(({ status }) => status === 403).length
  t.ok(refused > 0 && refused <= 30, `${refused} refusals`)
  t.ok(asked.length <= 60, `${asked.length} requests`)
})
