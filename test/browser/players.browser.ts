import t, { type Test } from 'tap'
import { launchChromium, newViewer } from './chromium.js'
import { layFilm } from './film.js'
import type { PlayerName } from './page-script.js'
import { openTab, play, playedTo, playedToEnd, report, until } from './player.js'
import { startSite } from './site.js'

t.setTimeout(180_000)
t.jobs = 5
const browser = await launchChromium(t)
const files = await layFilm(t.testdir())

/** The clip of 24 seconds takes 48. */
const rate = 0.5

/**
 * Plays through a refusal at the start, an API that is away for two polls, and a refusal in
 * mid-play.
 */
async function checkPlayer (t: Test, player: PlayerName, file: string): Promise<void> {
  const site = await startSite(t, { ttl: 16, refreshBefore: 4, files })
  const viewer = await newViewer(t, browser)
  const tab = await openTab(viewer, site, new URL(player, site.page).href)
  const { page } = tab
  await until('the check of the first cookies', () => site.apiLog.length >= 2)
  const forced = (): number => site.apiLog.filter(({ method }) => method === 'POST').length
  const refusals = (): number => site.edgeLog.filter(({ status }) => status === 403).length

  // Whatever a poll brings meanwhile.
  site.refuses = () => forced() === 0
  await play(page, { ...site, playlist: `${site.media}/courses/1/video/${file}` }, rate)
  await playedTo(page, 1)
  t.equal(forced(), 1, 'one forced refresh at the start')
  t.ok(refusals() > 0, 'it was refused')

  await site.apiListener.down()
  await until('two failures', async () => (await report(page)).errors.length >= 2)
  await site.apiListener.up()
  const receipts = site.apiLog.length
  await until('the API is back', () => site.apiLog.length > receipts)
  t.equal(forced(), 1)

  await playedTo(page, 8)
  const before = refusals()
  site.refuses = () => forced() === 1
  await until('a forced refresh', () => forced() > 1)
  t.ok(refusals() > before, 'it was refused in mid-play')

  const end = await playedToEnd(page)
  const log = site.apiLog.map(({ method, outcome }) => `${method} ${outcome}`)
  // What an element itself can't load pauses it.
  const most = player === 'media' ? 2 : 0
  t.ok(end.stalls <= most, `${end.stalls} stalls`)
  t.ok(end.pauses <= most / 2, `${end.pauses} pauses`)
  t.equal(end.refused, 0, 'the adapter never gave up')
  t.equal(forced(), 2, 'one forced refresh for each refusal')
  // How many depends on when the player asked for more after the refusal began.
  t.ok(log.includes('GET refreshed'), log.join())
}

const films: ReadonlyArray<[PlayerName, string]> = [
  ['hls', 'index.m3u8'],
  ['shaka', 'index.m3u8'],
  ['video-js', 'index.m3u8'],
  ['dash', 'manifest.mpd'],
  ['media', 'film.mp4']
]
for (const [player, file] of films) {
  t.test(`${player} plays ${file}`, { buffered: true }, (t) => checkPlayer(t, player, file))
}
