import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startDemo } from '../demo/running-demo.js'
import { startChromium } from './chromium.js'
import type { Engine, EnginePage } from './engine.js'
import { launchFirefox } from './firefox.js'
import { until } from './player.js'
import { launchWebKit } from './webkit.js'

t.setTimeout(180_000)
t.jobs = 3

/** A folder for pictures of the demo, to be looked at. */
const { SCREENSHOTS: folder } = process.env
const launches: ReadonlyArray<(t: Test) => Promise<Engine>> = [
  startChromium,
  launchFirefox,
  launchWebKit
]

for (const launch of launches) {
  t.test(launch.name, { buffered: true }, async (t) => {
    const demo = startDemo(process.cwd(), { TTL: '12' })
    t.teardown(() => demo.process.kill('SIGKILL'))
    const { api } = await demo.addresses()
    const engine = await launch(t)
    const page = await engine.open(api)
    const shows = (text: string): Promise<void> =>
      until(text, async () => (await textOf(page)).includes(text))

    await shows('Nobody is logged in')
    const asks = async (): Promise<number> =>
      (await textOf(page)).split('Log in to open this').length - 1
    await until('a word at each part', async () => await asks() === 4)
    await shoot(engine, page, 'first')

    await click(page, 'login-ada')
    await shows('This is Ada')
    await shows('Ada has not booked course 2')
    await until('four pictures', async () => await picturesOf(page) === 4)
    await playFrom(page)
    await until('playback', async () => await timeOf(page) > 1)
    await shoot(engine, page, 'ada')

    await click(page, 'expire')
    await shows('They have ended')
    const at = await timeOf(page)
    // It begins again after its end.
    const isPast = (time: number): boolean => time > at + 7 || time < at
    await until('playback past the end of the cookies', async () => isPast(await timeOf(page)))
    t.match(await textOf(page), /Issued|Refreshed/)

    const course = await engine.open(`${api}/?course=1`)
    await until('the other tab', async () => (await textOf(course)).includes('This is Ada'))
    await click(course, 'logout')
    await shows('Logged out in another tab')
    await shows('Nobody is logged in')
    await until('what was open is closed', async () => await picturesOf(page) === 0)
  })
}

async function textOf (page: EnginePage): Promise<string> {
  return page.evaluate(() => document.body.innerText)
}

async function picturesOf (page: EnginePage): Promise<number> {
  return page.evaluate(() => document.querySelectorAll('.folders img').length)
}

async function click (page: EnginePage, id: string): Promise<void> {
  await page.evaluate((name) => {
    document.getElementById(name)!.click()
  }, id)
}

async function playFrom (page: EnginePage): Promise<void> {
  await page.evaluate(() => {
    const video = document.querySelector('video')!
    video.muted = true
    void video.play().catch(() => {})
  })
}

async function timeOf (page: EnginePage): Promise<number> {
  return page.evaluate(() => document.querySelector('video')!.currentTime)
}

async function shoot ({ name }: Engine, page: EnginePage, what: string): Promise<void> {
  if (folder === undefined) return
  for (const width of [1280, 390]) {
    await writeFile(join(folder, `${name}-${what}-${width}.png`), await page.screenshot(width))
  }
}
