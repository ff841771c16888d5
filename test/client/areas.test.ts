import t from 'tap'
import { settle } from './device.js'
import { openPage, type Page } from './page.js'

/** A tab of each of these urls, in one browser. */
async function openTabs (t: Parameters<typeof openPage>[0], urls: string[]): Promise<Page[]> {
  const first = await openPage(t, { url: urls[0]! })
  const { device, api } = first
  const others = urls.slice(1).map((url) => openPage(t, { device, api, url }))
  return [first, ...await Promise.all(others)]
}

const states = (pages: readonly Page[]): string => pages.map(({ access }) => access.state).join()

t.test('two spellings of one url are one area', async (t) => {
  const spellings = ['/cdn-access?course=42', 'https://www.example.com/cdn-access?course=42']
  const pages = await openTabs(t, spellings)
  const [first, second] = pages
  await first!.access.refresh({ force: true })
  await settle()
  t.equal(second!.receipts.length, 2)
  await first!.access.end()
  await settle()
  t.equal(states(pages), 'idle,idle')
})

t.test('another query is another area: its receipts and its end are its own', async (t) => {
  const pages = await openTabs(t, ['/cdn-access?course=1', '/cdn-access?course=2', '/cdn-access'])
  await pages[0]!.access.refresh()
  await settle()
  t.strictSame(pages.map(({ receipts }) => receipts.length), [2, 1, 1])
  await pages[0]!.access.end()
  await settle()
  t.equal(states(pages), 'idle,fresh,fresh')
  const { method, url } = pages[0]!.api.requests.at(-1)!
  t.equal(`${method} ${url}`, 'DELETE https://www.example.com/cdn-access?course=1')
})

t.test('the end of a url without a query ends all of that path', async (t) => {
  const urls = ['/cdn-access', '/cdn-access?course=1', '/cdn-access?course=2', '/other?course=1']
  const pages = await openTabs(t, urls)
  await pages[0]!.access.end()
  await settle()
  t.equal(states(pages), 'idle,idle,idle,fresh')
})

t.test('areas do not wait for each other', async (t) => {
  const page = await openPage(t, { url: '/cdn-access?course=1' })
  page.device.locks.add('https://www.example.com/cdn-access?course=2')
  await page.device.pass(450)
  t.equal(page.api.methods, 'GG')
})

const odd = [
  null,
  undefined,
  {},
  1e15,
  'end',
  [],
  ['https://www.example.com/cdn-access'],
  ['https://www.example.com/cdn-access', {}],
  ['https://www.example.com/cdn-access', { status: 'fresh', expiresIn: 600 }, 0],
  ['https://www.example.com/cdn-access', { status: 'fresh', expiresIn: 1e15, refreshIn: 1e15 }, 0],
  [null, null, null]
]
t.test('messages of another kind are nothing', async (t) => {
  const page = await openPage(t)
  const [channel] = page.device.channels
  for (const data of odd) channel!.onmessage!(new MessageEvent('message', { data }))
  await page.device.pass(60)
  t.equal(page.access.state, 'fresh')
  t.equal(page.receipts.length, 1)
  t.equal(page.device.timers.size, 1)
})

t.test('a receipt without a time of its own is nothing', async (t) => {
  const page = await openPage(t)
  const [channel] = page.device.channels
  const receipt = page.receipts[0]
  for (const begunAt of [undefined, NaN, 'now', -1e300]) {
    const data = ['https://www.example.com/cdn-access', receipt, begunAt]
    channel!.onmessage!(new MessageEvent('message', { data }))
  }
  t.equal(page.receipts.length, 1)
})
