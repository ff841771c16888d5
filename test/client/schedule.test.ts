import t from 'tap'
import { receipt, silence } from './api.js'
import { settle } from './device.js'
import { history, openPage } from './page.js'

t.test('asks when the receipt says so, and again', async (t) => {
  const page = await openPage(t)
  t.equal(page.api.methods, 'G')
  await page.device.pass(449)
  t.equal(page.api.methods, 'G')
  await page.device.pass(1)
  t.equal(page.api.methods, 'GG')
  await page.device.pass(450)
  t.equal(page.api.methods, 'GGG')
  t.strictSame(history(page), ['fresh (receipt)'])
})

t.test('counts from the start of the request', async (t) => {
  const page = await openPage(t)
  page.api.answer = async () => {
    await new Promise<void>((resolve) => {
      page.device.setTimeout(resolve, 20_000)
    })
    return receipt({ refreshIn: 300 })
  }
  await page.device.pass(450 + 20)
  page.api.answer = () => receipt()
  await page.device.pass(279)
  t.equal(page.api.methods, 'GG')
  await page.device.pass(1)
  t.equal(page.api.methods, 'GGG')
})

t.test('compares clocks once a minute at least, however far off the next request is', async (t) => {
  const page = await openPage(t)
  page.api.answer = () => receipt({ expiresIn: 9_000_000, refreshIn: 8_000_000 })
  await page.device.pass(450 + 3600)
  t.equal(page.device.longestDelay, 60_000)
  t.equal(page.device.timers.size, 1)
})

t.test('sees after a sleep that access is over, at the next wake-up', async (t) => {
  const page = await openPage(t)
  page.device.sleep(3600)
  t.equal(page.access.state, 'fresh')
  await page.device.pass(60)
  t.equal(page.api.methods, 'GG')
  t.strictSame(history(page).slice(1), [
    'stale (expired)',
    'refreshing (request)',
    'fresh (receipt)'
  ])
})

for (const event of ['visibilitychange', 'pageshow', 'online', 'focus']) {
  t.test(`looks at the clock at once on ${event}`, async (t) => {
    const page = await openPage(t)
    page.device.sleep(500)
    page.fire(event)
    await page.device.pass(0.1)
    t.equal(page.api.methods, 'GG')
  })
}

t.test('takes events that come together for one, and asks nothing before it is due', async (t) => {
  const page = await openPage(t)
  page.device.sleep(500)
  page.fire('visibilitychange')
  await page.device.pass(0.09)
  page.fire('focus')
  page.fire('online')
  await page.device.pass(0.09)
  t.equal(page.api.methods, 'G')
  await page.device.pass(0.01)
  t.equal(page.api.methods, 'GG')
  page.fire('pageshow')
  await page.device.pass(10)
  t.equal(page.api.methods, 'GG')
})

t.test('keeps its times when the system clock is set back', async (t) => {
  const page = await openPage(t)
  page.device.wall -= 86_400_000
  await page.device.pass(450)
  t.equal(page.api.methods, 'GG')
  t.equal(page.access.state, 'fresh')
})

t.test('asks once, and no more, when the system clock is set forward', async (t) => {
  const page = await openPage(t)
  page.device.wall += 86_400_000
  await page.device.pass(60)
  t.equal(page.api.methods, 'GG')
  await page.device.pass(449)
  t.equal(page.api.methods, 'GG')
})

t.test('a hidden tab asks later, yet before access ends', async (t) => {
  const page = await openPage(t)
  page.document.hidden = true
  page.document.media = [{ paused: true }]
  await page.device.pass(524)
  t.equal(page.api.methods, 'G')
  await page.device.pass(1)
  t.equal(page.api.methods, 'GG')
  t.equal(page.access.state, 'fresh')
})

t.test('a hidden tab that plays asks in time', async (t) => {
  const page = await openPage(t)
  page.document.hidden = true
  page.document.media = [{ paused: true }, { paused: false }]
  await page.device.pass(450)
  t.equal(page.api.methods, 'GG')
})

t.test('a hidden tab with a picture in picture asks in time', async (t) => {
  const page = await openPage(t)
  page.document.hidden = true
  page.document.pictureInPictureElement = {}
  await page.device.pass(450)
  t.equal(page.api.methods, 'GG')
})

t.test('a tab that is opened hidden asks at once', async (t) => {
  const page = await openPage(t, { hidden: true })
  t.equal(page.api.methods, 'G')
  t.equal(page.access.state, 'fresh')
})

t.test('a tab that is shown again asks what it put off', async (t) => {
  const page = await openPage(t)
  page.document.hidden = true
  await page.device.pass(500)
  t.equal(page.api.methods, 'G')
  page.document.hidden = false
  page.fire('visibilitychange')
  await page.device.pass(0.1)
  t.equal(page.api.methods, 'GG')
})

t.test('sends no second request while one is under way', async (t) => {
  const page = await openPage(t)
  page.api.answer = silence
  await page.device.pass(450 + 25)
  page.fire('focus')
  await page.device.pass(1)
  t.equal(page.api.methods, 'GG')
})

t.test('says that access ended when it ends, even while a request is under way', async (t) => {
  const page = await openPage(t)
  page.api.answer = silence
  await page.device.pass(600)
  t.equal(page.access.state, 'stale')
})

t.test('asks for cookies and no cache', async (t) => {
  const page = await openPage(t, { url: 'https://api.example.com/cdn-access' })
  await page.access.refresh({ force: true })
  t.equal(page.api.methods, 'GP')
  for (const { url, init } of page.api.requests) {
    t.equal(url, 'https://api.example.com/cdn-access')
    t.match(init, { credentials: 'include', cache: 'no-store' })
  }
})

t.test('asks the default route', async (t) => {
  const page = await openPage(t)
  await settle()
  t.equal(page.api.requests[0]?.url, 'https://www.example.com/cdn-access')
})

t.test('sends 130 requests in ten minutes at most that nobody asked for', async (t) => {
  const page = await openPage(t)
  page.api.requests.length = 0
  const [channel] = page.device.channels
  for (let second = 0; second < 1200; second++) {
    const told = { status: 'fresh', expiresIn: 600, refreshIn: 100, expiresAt: 0 }
    const data = ['https://www.example.com/cdn-access', told, page.device.wall - 590_000]
    channel!.onmessage!(new MessageEvent('message', { data }))
    await page.device.pass(1)
  }
  const first = page.api.requests.filter(({ at }) => at < page.api.requests[0]!.at + 600_000)
  t.ok(first.length > 110 && first.length <= 130, `${first.length} requests`)
  t.ok(page.api.requests.length <= 251)
})

t.test('follows receipts that want it faster, down to a second', async (t) => {
  const page = await openPage(t)
  page.api.answer = () => receipt({ expiresIn: 4, refreshIn: 1 })
  await page.device.pass(450)
  page.api.requests.length = 0
  await page.device.pass(600)
  t.equal(page.api.requests.length, 600)
  t.strictSame(history(page), ['fresh (receipt)'])
})

t.test('a caller who asks without end does not stop the schedule', async (t) => {
  const page = await openPage(t)
  for (let turn = 0; turn < 200; turn++) await page.access.refresh()
  page.api.requests.length = 0
  await page.device.pass(500)
  t.equal(page.api.methods, 'G')
})
