import t, { type Test } from 'tap'
import { Api, denial, receipt, silence } from './api.js'
import { Device, settle } from './device.js'
import { history, openPage, type Page, type PageOptions } from './page.js'

const route = 'https://www.example.com/cdn-access'

interface Browser {
  readonly device: Device
  readonly api: Api
  readonly pages: Page[]
}

/** A browser with some tabs, of which the first is shown. */
async function openTabs (t: Test, count: number, options: PageOptions = {}): Promise<Browser> {
  const device = new Device()
  const api = new Api(() => device.monotonic)
  const pages: Page[] = []
  for (let index = 0; index < count; index++) {
    pages.push(await openPage(t, { device, api, hidden: index > 0, ...options }))
    pages[index]!.luck = index / count
  }
  return { device, api, pages }
}

t.test('five tabs ask about as often as one', async (t) => {
  const { device, api, pages } = await openTabs(t, 5)
  t.equal(api.methods, 'GGGGG')
  await device.pass(10 * 450)
  t.equal(api.requests.length, 5 + 10)
  for (const page of pages) t.equal(page.access.state, 'fresh')
})

t.test('five shown tabs ask about as often as one', async (t) => {
  const { device, api, pages } = await openTabs(t, 5, { hidden: false })
  await device.pass(10 * 450)
  t.equal(api.requests.length, 5 + 10)
  for (const page of pages) t.equal(page.access.state, 'fresh')
})

t.test('five tabs without locks ask about as often as one', async (t) => {
  const { device, api, pages } = await openTabs(t, 5, { hidden: false, without: { navigator: {} } })
  for (const [index, page] of pages.entries()) page.luck = (index + 1) / 6
  await device.pass(10 * 450)
  t.equal(api.requests.length, 5 + 10)
})

t.test('tabs that wake in one moment make one request', async (t) => {
  const { device, api, pages } = await openTabs(t, 5, { hidden: false })
  for (const page of pages) page.luck = 0
  api.requests.length = 0
  await device.pass(10 * 450)
  t.equal(api.requests.length, 10)
  for (const page of pages) t.strictSame(history(page), ['fresh (receipt)'])
})

t.test('tabs that are opened hidden in one moment make one request', async (t) => {
  const device = new Device()
  const api = new Api(() => device.monotonic)
  api.answer = async () => {
    await new Promise<void>((resolve) => {
      device.setTimeout(resolve, 1000)
    })
    return receipt()
  }
  const opening = Array.from({ length: 5 }, () => openPage(t, { device, api, hidden: true }))
  const pages = await Promise.all(opening)
  await device.pass(3)
  t.equal(api.methods, 'G')
  for (const page of pages) t.equal(page.access.state, 'fresh')
  t.equal(pages.filter((page) => history(page).join() === 'fresh (tab)').length, 4)
})

t.test('when the tab that asks is closed, another one asks before access ends', async (t) => {
  const { device, api, pages } = await openTabs(t, 3)
  await device.pass(440)
  pages[0]!.access.stop()
  await device.pass(150)
  t.equal(api.methods, 'GGGG')
  t.equal(pages[1]!.access.state, 'fresh')
  t.equal(pages[2]!.access.state, 'fresh')
})

t.test('a receipt that arrives late is as old as it is', async (t) => {
  const { device, pages: [first, second], api } = await openTabs(t, 2)
  const frozen = [...device.channels][1]!
  const deliver = frozen.onmessage!
  const mail: MessageEvent[] = []
  frozen.onmessage = (event) => {
    mail.push(event)
  }
  await first!.access.refresh()
  second!.access.stop()
  await second!.access.refresh()
  t.equal(api.methods, 'GGGG')
  t.equal(mail.length, 1)

  first!.access.stop()
  device.channels.delete(frozen)
  second!.receipts.length = 0
  device.sleep(500)
  deliver(mail[0]!)
  t.equal(second!.receipts.length, 1)
  await device.pass(60)
  t.equal(api.methods, 'GGGGG')

  second!.receipts.length = 0
  device.sleep(600)
  deliver(mail[0]!)
  t.equal(second!.receipts.length, 0)
})

t.test('a receipt of another tab counts from the start of its request', async (t) => {
  const { device, api, pages: [first, second] } = await openTabs(t, 2)
  api.answer = async () => {
    await new Promise<void>((resolve) => {
      device.setTimeout(resolve, 20_000)
    })
    return receipt({ expiresIn: 60, refreshIn: 60 })
  }
  const refreshing = first!.access.refresh()
  await device.pass(20)
  await refreshing
  first!.access.stop()
  api.answer = silence
  await device.pass(39)
  t.equal(second!.access.state, 'fresh')
  await device.pass(1)
  t.equal(second!.access.state, 'refreshing')
})

t.test('a receipt with a time that is still to come counts as new', async (t) => {
  const { device, pages: [first, second] } = await openTabs(t, 2)
  const post = [...device.channels][1]!.onmessage!
  const brief = { status: 'fresh', expiresIn: 20, refreshIn: 20, expiresAt: 0 }
  post(new MessageEvent('message', { data: [route, brief, device.wall + 3_600_000] }))
  first!.access.stop()
  second!.api.answer = silence
  await device.pass(19)
  t.equal(second!.access.state, 'fresh')
  await device.pass(1)
  t.equal(second!.access.state, 'refreshing')
})

t.test('a hidden tab waits for the tab that asks, and goes ahead where that hangs', async (t) => {
  const device = new Device()
  device.locks.add(route)
  const page = await openPage(t, { device, hidden: true })
  await device.pass(1.9)
  t.equal(page.api.methods, '')
  await device.pass(0.1)
  t.equal(page.api.methods, 'G')
})

t.test('a shown tab without access does not wait for another tab', async (t) => {
  const device = new Device()
  device.locks.add(route)
  const page = await openPage(t, { device })
  t.equal(page.api.methods, 'G')
})

t.test('gives each turn the same patience', async (t) => {
  const device = new Device()
  const page = await openPage(t, { device })
  device.locks.add(route)
  await device.pass(451.9)
  t.equal(page.api.methods, 'G')
  await device.pass(0.1)
  t.equal(page.api.methods, 'GG')
  await device.pass(451.8)
  t.equal(page.api.methods, 'GG')
  await device.pass(0.2)
  t.equal(page.api.methods, 'GGG')
})

const request = async (): Promise<never> => {
  throw new Error('refused')
}
const poorBrowsers: Record<string, NonNullable<PageOptions['without']>> = {
  'without locks': { navigator: {} },
  'where locks are refused': { navigator: { locks: { request } } },
  'without channels': { BroadcastChannel: undefined }
}
for (const [name, without] of Object.entries(poorBrowsers)) {
  t.test(`works ${name}`, async (t) => {
    const { device, api, pages: [first] } = await openTabs(t, 1, { without })
    await device.pass(450)
    t.equal(api.methods, 'GG')
    t.equal(first!.access.state, 'fresh')
    await first!.access.end()
    t.equal(api.methods, 'GGD')
  })
}

t.test('a receipt of another tab brings a denied tab back', async (t) => {
  const { pages: [first, second], api } = await openTabs(t, 2)
  api.answer = denial
  await t.rejects(first!.access.refresh())
  t.equal(first!.access.state, 'denied')
  t.equal(second!.access.state, 'fresh')
  api.answer = () => receipt()
  await second!.access.refresh()
  await settle()
  t.equal(first!.access.state, 'fresh')
})

t.test('tabs of another route have no part in it', async (t) => {
  const { device, api, pages: [first] } = await openTabs(t, 1)
  const other = await openPage(t, { device, api, url: '/other' })
  await other.access.end()
  await settle()
  t.equal(first!.access.state, 'fresh')
})
