import type { Page } from 'playwright-core'
import t from 'tap'
import { launchChromium, newViewer } from './chromium.js'
import { startSite } from './site.js'

t.setTimeout(60_000)
const browser = await launchChromium(t)

interface Attempt {
  readonly method: 'GET' | 'POST'
  readonly credentials: RequestCredentials
  readonly mode: RequestMode
}

const attempts: Attempt[] = (['GET', 'POST'] as const).flatMap((method) =>
  (['include', 'same-origin', 'omit'] as const).flatMap((credentials) =>
    (['cors', 'no-cors', 'same-origin'] as const).map((mode) => ({ method, credentials, mode }))
  )
)

/** What a script on the page can read, in each way in which it can ask. */
async function readIn (page: Page, url: string): Promise<string[]> {
  return page.evaluate(async ([address, ways]) => {
    const read: string[] = []
    for (const way of ways) {
      const headers = { accept: 'application/vnd.cdn-access+json', authorization: 'Bearer ada' }
      const [asked, bare] = await Promise.all(
        [headers, { accept: headers.accept }].map((sent) =>
          fetch(address, { ...way, headers: sent }).then((reply) => reply.text(), () => '')
        )
      )
      read.push(asked!, bare!)
    }
    return read
  }, [url, attempts] as const)
}

t.test('no page reads a value, wherever it is and whatever it sends along', async (t) => {
  const site = await startSite(t, { values: () => true })
  const viewer = await newViewer(t, browser)
  const page = await viewer.newPage()
  const places = {
    'another host of the site': site.page,
    'another site': site.otherPage,
    'the API itself': site.api
  }
  for (const [place, address] of Object.entries(places)) {
    await page.goto(address)
    const before = site.refusals.length
    const read = await readIn(page, site.api)
    t.notOk(read.some((text) => text.includes('"cookies"')), place)
    const refusals = site.refusals.slice(before)
    t.ok(refusals.length > 6, `${place}: ${refusals.length} requests arrived`)
    const codes = [...new Set(refusals)].filter((code) => code !== 'CDN_ACCESS_CROSS_SITE')
    t.strictSame(codes, ['CDN_ACCESS_VALUES_REFUSED'], place)
  }
  const receipts = site.apiLog.filter(({ outcome }) => outcome !== undefined)
  t.equal(receipts.length, 1, 'only the page that was opened got a receipt, and cookies with it')
})
