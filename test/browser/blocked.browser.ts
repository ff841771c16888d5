import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { launchChromium, newViewer } from './chromium.js'
import {
  openTab,
  play,
  playback,
  playedTo,
  report,
  startClient,
  statusOf,
  until,
  type Tab
} from './player.js'
import { makeKey, startSite, type Site } from './site.js'

t.setTimeout(120_000)
t.jobs = 4
const buffered = { buffered: true }
const browser = await launchChromium(t)

/**
 * Waits until the client knows that cookies do not arrive, and shows that it then leaves the API
 * alone.
 */
async function checkBlocked (t: Test, site: Site, { page }: Tab): Promise<void> {
  await until('blocked', async () => (await report(page)).state === 'blocked')
  const { changes, receipts, advice, errors } = await report(page)
  t.strictSame(changes, ['fresh (receipt)', 'blocked (cookies)'])
  t.strictSame(receipts, ['issued', 'issued', 'issued'])
  t.strictSame(errors, [])
  t.equal(
    advice,
    'No cookies arrive: check https, options, keys, paths; WebKit takes none in embeds'
  )
  const outcome = await page.evaluate(() =>
    window.viewer.access!.ensure().then(() => 'valid', ({ code }: { code: string }) => code)
  )
  t.equal(outcome, 'blocked')
  await setTimeout(7000)
  t.equal(site.apiLog.length, 3, 'asks no more')
}

t.test('says blocked where another site gets no cookies with SameSite=Lax', buffered, async (t) => {
  const site = await startSite(t)
  const viewer = await newViewer(t, browser)
  const tab = await openTab(viewer, site, site.otherPage)
  await checkBlocked(t, site, tab)
  t.strictSame(await viewer.cookies(), [])
})

t.test('says blocked there with SameSite=None that is not Partitioned', buffered, async (t) => {
  const site = await startSite(t, { cookie: { domain: 'example.com', sameSite: 'none' } })
  const viewer = await newViewer(t, browser)
  const tab = await openTab(viewer, site, site.otherPage)
  await checkBlocked(t, site, tab)
  t.strictSame(await viewer.cookies(), [])
})

t.test('says blocked where the CDN refuses what was issued right before', buffered, async (t) => {
  const site = await startSite(t)
  site.keys.edge = [makeKey('KONE').checking]
  const { page } = await openTab(await newViewer(t, browser), site)
  await page.evaluate(() => window.viewer.access!.ready)
  await until('the edge has another key', async () => await statusOf(page, site.playlist) === 403)
  t.equal((await report(page)).state, 'fresh')
  const fetched = await page.evaluate(
    async (url) => {
      const urls = [url, `${url}?2`, `${url}?3`]
      const replies = await Promise.all(urls.map((each) => window.viewer.access!.fetch(each)))
      return replies.map(({ status }) => status)
    },
    site.playlist
  )
  t.strictSame(fetched, [403, 403, 403])
  const { state, changes } = await report(page)
  t.equal(state, 'blocked')
  t.equal(changes.at(-1), 'blocked (cdn)')
  const forced = site.apiLog.filter(({ method }) => method === 'POST')
  t.equal(forced.length, 1, 'after one forced issue')
})

t.test('plays in a frame of another site on cookies that are Partitioned', buffered, async (t) => {
  const site = await startSite(t, {
    cookie: { domain: 'example.com', sameSite: 'none', partitioned: true }
  })
  const viewer = await newViewer(t, browser)
  const page = await viewer.newPage()
  const statuses: number[] = []
  page.on('response', (response) => {
    if (response.url().startsWith(site.media)) statuses.push(response.status())
  })
  await page.goto(new URL('/frame', site.otherPage).href)
  const frame = page.frames().find((each) => each.parentFrame() !== null)!
  await startClient(frame, site)
  await play(frame, site)
  await playedTo(frame, 12)

  t.strictSame((await report(frame)).changes, ['fresh (receipt)'])
  const count = (wanted: string): number =>
    site.apiLog.filter(({ outcome }) => outcome === wanted).length
  t.ok(count('refreshed') >= 2, 'refreshed, so the ticket came back')
  t.equal(count('issued'), 1)
  t.ok(statuses.length > 6, 'the edge was asked')
  t.ok(statuses.every((status) => status === 200), 'the edge got the cookies')
  t.equal((await playback(frame)).stalls, 0)
  const cookies = await viewer.cookies()
  t.ok(cookies.length >= 4)
  t.ok(cookies.every(({ partitionKey }) => partitionKey === 'https://example.org'))
})
