import { readFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { startChromium } from './chromium.js'
import type { Engine, EnginePage } from './engine.js'
import { layFilm } from './film.js'
import { launchFirefox } from './firefox.js'
import { until } from './player.js'
import { startSite, type Site } from './site.js'
import { launchWebKit } from './webkit.js'
import type { PageReport, PlaybackReport } from './page/viewer.js'

t.setTimeout(300_000)
const files = await layFilm(t.testdir())

type Launch = (t: Test) => Promise<Engine>
/** What an engine can do, in the words of the docs. */
type Abilities = Record<string, boolean>

const launches: readonly Launch[] = [startChromium, launchFirefox, launchWebKit]
const found = new Map<string, Abilities>()

t.test('each engine', async (t) => {
  t.jobs = launches.length
  for (const launch of launches) {
    t.test(launch.name, { buffered: true }, async (t) => {
      const { name } = await launch(t)
      const abilities = {
        ...await watch(t, launch),
        ...await watchPlain(t, launch),
        ...await embed(t, launch)
      }
      found.set(name, abilities)
      t.pass(JSON.stringify(abilities))
    })
  }
})

t.test('the table in the docs says what the engines can do', async (t) => {
  const engines = [...found].toSorted(([first], [second]) => first.localeCompare(second))
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const table = [
    `| ${row(engines.map(([name]) => name))}`,
    `|---|${engines.map(() => '---|').join('')}`,
    ...Object.keys(engines[0]![1]).map((what) =>
      row([what, ...engines.map(([, abilities]) => abilities[what] === true ? 'yes' : 'no')])
    )
  ].join('\n')
  const docs = await readFile(`${process.cwd()}/docs/client.md`, 'utf8')
  t.ok(docs.includes(table), `docs/client.md has this table:\n${table}`)
})

/** Plays with hls.js over several lives of the cookies, and logs out in another tab. */
async function watch (t: Test, launch: Launch): Promise<Abilities> {
  const site = await startSite(t)
  const engine = await launch(t)
  const page = await openPage(engine, site.page, site)
  await play(page, site.playlist)
  const state = await playedTo(page, 12)
  const abilities: Abilities = {
    'cookies of the same site': state.receipts.includes('refreshed'),
    'hls.js plays on while cookies expire': state.state === 'fresh' &&
      state.receipts.filter((each) => each === 'refreshed').length >= 2 &&
      site.edgeLog.every(({ status }) => status === 200)
  }
  const other = await openPage(engine, site.page, site)
  await other.evaluate(() => window.viewer.access!.end())
  await until('a logout in all tabs', async () => (await reportOf(page)).state === 'idle')
  const status = (): Promise<number> =>
    page.evaluate(
      async (url) => (await fetch(url, { credentials: 'include' })).status,
      site.playlist
    )
  // What another tab had under way is taken back after it knows.
  await until('the edge to refuse', async () => await status() === 403)
  return { ...abilities, 'a logout ends all tabs': true }
}

/** Plays a file without a script between element and CDN. */
async function watchPlain (t: Test, launch: Launch): Promise<Abilities> {
  const site = await startSite(t, { files })
  const engine = await launch(t)
  const page = await openPage(engine, `${site.page}media`, site)
  await play(page, `${site.media}/courses/1/video/clip.mp4`)
  const { state } = await playedTo(page, 12)
  return { 'a plain element plays on while cookies expire': state === 'fresh' }
}

/** Whether pages in a frame of another site keep cookies. */
async function embed (t: Test, launch: Launch): Promise<Abilities> {
  return {
    'in an embed: cookies with `Partitioned`': await keepsEmbedded(t, launch, true),
    'in an embed: cookies with `SameSite=None` alone': await keepsEmbedded(t, launch, false)
  }
}

/** The second receipt tells whether what was issued with the first one came back. */
async function keepsEmbedded (t: Test, launch: Launch, partitioned: boolean): Promise<boolean> {
  const cookie = { domain: 'example.com', sameSite: 'none', partitioned } as const
  const site = await startSite(t, { cookie })
  const engine = await launch(t)
  const page = await engine.open(new URL('/frame', site.otherPage).href)
  const frame = await page.frame()
  await startClient(frame, site)
  await until('a second receipt', async () => (await reportOf(frame)).receipts.length > 1)
  const { receipts } = await reportOf(frame)
  return receipts[1] !== 'issued'
}

async function openPage (engine: Engine, url: string, site: Site): Promise<EnginePage> {
  const page = await engine.open(url)
  await startClient(page, site)
  return page
}

async function startClient (page: EnginePage, { api }: Site): Promise<void> {
  await until('the page', () => page.evaluate(() => 'viewer' in window))
  await page.evaluate(async (url) => {
    window.viewer.open(url)
    await window.viewer.access!.ready
  }, api)
}

/** Some engines resolve `play()` late or never: what is played tells. */
async function play (page: EnginePage, url: string): Promise<void> {
  await page.evaluate((address) => void window.viewer.play(address).catch(() => {}), url)
}

async function playedTo (page: EnginePage, seconds: number): Promise<PageReport> {
  const played = (): Promise<PlaybackReport> => page.evaluate(() => window.viewer.playback())
  await until(`media time ${seconds}`, async () => (await played()).at >= seconds)
  return reportOf(page)
}

async function reportOf (page: EnginePage): Promise<PageReport> {
  return page.evaluate(() => window.viewer.report())
}
