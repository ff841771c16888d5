import t, { type Test } from 'tap'
import { launchChromium, newViewer } from './chromium.js'
import {
  openTab,
  play,
  playback,
  playedTo,
  playedToEnd,
  report,
  until,
  type Tab
} from './player.js'
import { makeKey, startSite, type Site } from './site.js'

t.setTimeout(240_000)
const browser = await launchChromium(t)
const segments = 12

/**
 * Plays on to the end, and shows that all of the clip was fetched, decoded and shown without a
 * refusal or a pause.
 */
async function checkWholeClip (t: Test, { page, fetched }: Tab): Promise<void> {
  const played = await playedToEnd(page)
  t.ok(played.duration > 23.5, `the clip lasts ${played.duration} s`)
  t.ok(played.at > played.duration - 0.5, `played to ${played.at}`)
  t.ok(played.frames > 400, `${played.frames} frames`)
  t.equal(played.stalls, 0, 'waited for no data')
  t.strictSame(played.faults, [], 'the player met no fault')
  const paths = fetched.map(({ path }) => path).filter((path) => path.endsWith('.m4s'))
  t.ok(new Set(paths).size >= segments, 'each segment was fetched')
  t.strictSame(fetched.filter(({ status }) => status !== 200), [], 'nothing was refused')
}

/** The different values of a cookie that the edge was sent, in order. */
function cookiesSent ({ edgeLog }: Site, name: string): string[] {
  const values = edgeLog.map(({ cookie }) =>
    cookie.split('; ').find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
  )
  return values.filter((value, index) => value !== values[index - 1])
}

t.test('plays the whole clip on cookies that live for 6 seconds', async (t) => {
  const site = await startSite(t)
  const tab = await openTab(await newViewer(t, browser), site)
  await play(tab.page, site)
  await checkWholeClip(t, tab)

  const { changes, receipts, errors } = await report(tab.page)
  t.strictSame(changes, ['fresh (receipt)'], 'access was valid from the first receipt to the end')
  t.strictSame(errors, [])
  t.equal(receipts[0], 'issued')
  const refreshed = receipts.filter((status) => status === 'refreshed')
  t.ok(refreshed.length >= 5, `${receipts.length - 1} refreshes`)
  t.ok(site.apiLog.every(({ method }) => method === 'GET'), 'nothing was forced')
  const signatures = cookiesSent(site, 'CloudFront-Signature')
  t.ok(
    signatures.length >= 5 && new Set(signatures).size === signatures.length,
    `the edge saw ${signatures.length} cookies, one after the other`
  )
})

t.jobs = 4
const buffered = { buffered: true }

t.test('plays through a rotation of the key', buffered, async (t) => {
  const site = await startSite(t)
  const [before] = [site.keys.edge[0]!]
  const after = makeKey('KTWO')
  const tab = await openTab(await newViewer(t, browser), site)
  await play(tab.page, site)

  await playedTo(tab.page, 4)
  t.strictSame(cookiesSent(site, 'CloudFront-Key-Pair-Id'), ['KONE'])
  site.keys.edge = [before, after.checking]
  await playedTo(tab.page, 7)
  site.keys.api = [after.signing, ...site.keys.api]
  await site.reloadKeys()
  const keyIds = (): string[] => cookiesSent(site, 'CloudFront-Key-Pair-Id')
  await until('a cookie of the new key', () => keyIds().includes('KTWO'))
  site.keys.api = [after.signing]
  site.keys.edge = [after.checking]
  await site.reloadKeys()
  t.ok((await playback(tab.page)).at < 18, 'the old key is gone while the clip plays')

  await checkWholeClip(t, tab)
  t.strictSame(cookiesSent(site, 'CloudFront-Key-Pair-Id'), ['KONE', 'KTWO'])
  t.strictSame((await report(tab.page)).changes, ['fresh (receipt)'])
})

t.test('plays while the API is down for two polls, and is refreshed then', buffered, async (t) => {
  const site = await startSite(t, { ttl: 14, refreshBefore: 8 })
  const tab = await openTab(await newViewer(t, browser), site)
  await play(tab.page, site)
  await site.apiListener.down()
  await until('two failures', async () => (await report(tab.page)).errors.length >= 2)
  const { changes, receipts } = await report(tab.page)
  t.strictSame(changes, ['fresh (receipt)'], 'access stays valid without the API')
  t.strictSame(receipts, ['issued'])
  await site.apiListener.up()

  await checkWholeClip(t, tab)
  const end = await report(tab.page)
  t.strictSame(end.changes, ['fresh (receipt)'])
  t.ok(end.errors.every((code) => code === 'failed'))
  t.ok(end.receipts.includes('refreshed'))
  t.ok(cookiesSent(site, 'CloudFront-Signature').length >= 2)
})

t.test('plays in a page whose clock is an hour fast, then slow, then fast', buffered, async (t) => {
  const site = await startSite(t)
  const viewer = await newViewer(t, browser)
  await viewer.addInitScript(() => {
    const { now } = Date
    window.clockShift = 3_600_000
    window.Date = class extends Date {
      constructor (value: number | string | Date = Date.now() + window.clockShift) {
        super(value)
      }
      static override now (): number {
        return now() + window.clockShift
      }
    } as DateConstructor
  })
  const tab = await openTab(viewer, site)
  const ahead = await tab.page.evaluate(() => Date.now()) - Date.now()
  t.ok(ahead > 3_500_000 && ahead < 3_700_000, 'the page has another time')
  await play(tab.page, site)
  await playedTo(tab.page, 6)
  await tab.page.evaluate(() => {
    window.clockShift = -3_600_000
  })
  await playedTo(tab.page, 14)
  const requests = site.apiLog.length
  const { changes } = await report(tab.page)
  t.strictSame(changes, ['fresh (receipt)'], 'a clock that is set back changes nothing')
  await tab.page.evaluate(() => {
    window.clockShift = 3_600_000
  })

  await checkWholeClip(t, tab)
  t.equal((await report(tab.page)).state, 'fresh')
  t.strictSame((await report(tab.page)).errors, [])
  t.ok(requests >= 3 && requests <= 9, `${requests} requests in 14 seconds`)
  t.ok(site.apiLog.length <= 14, `${site.apiLog.length} requests in all`)
})

t.test('plays on when the browser loses its cookies', buffered, async (t) => {
  const site = await startSite(t, { ttl: 60, refreshBefore: 20 })
  const viewer = await newViewer(t, browser)
  const { page, fetched } = await openTab(viewer, site)
  await play(page, site)
  await until('the check of the first cookies', () => site.apiLog.length >= 2)
  await viewer.clearCookies()

  const { at, duration } = await playedToEnd(page)
  t.ok(duration > 23.5 && at > duration - 0.5, `played to ${at}`)
  t.strictSame(site.apiLog.map(({ method, outcome }) => `${method} ${outcome}`), [
    'GET issued',
    'GET fresh',
    'POST issued',
    'GET fresh'
  ])
  const refused = fetched.filter(({ status }) => status === 403)
  t.ok(refused.length > 0 && refused.length <= 3, `${refused.length} refusals`)
})

t.test('begins to play when the playlist is refused at first', buffered, async (t) => {
  const site = await startSite(t, { ttl: 60, refreshBefore: 20 })
  const viewer = await newViewer(t, browser)
  const { page, fetched } = await openTab(viewer, site)
  await until('the check of the first cookies', () => site.apiLog.length >= 2)
  await viewer.clearCookies()
  await play(page, site)

  await playedTo(page, 2)
  t.strictSame(fetched[0], { status: 403, path: new URL(site.playlist).pathname })
  t.equal(fetched.filter(({ status }) => status === 403).length, 1)
  t.strictSame(site.apiLog.map(({ method, outcome }) => `${method} ${outcome}`).slice(0, 3), [
    'GET issued',
    'GET fresh',
    'POST issued'
  ])
})

declare global {
  interface Window {
    clockShift: number
  }
}
