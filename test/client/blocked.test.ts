import t from 'tap'
import { receipt } from './api.js'
import { history, openPage, type Page } from './page.js'

/** Tells a page that another tab was issued cookies. */
async function hearOfIssue ({ device }: Page): Promise<void> {
  const [channel] = device.channels
  const url = 'https://www.example.com/cdn-access'
  const data = [url, await receipt({ status: 'issued' }).json(), device.wall]
  channel!.onmessage!(new MessageEvent('message', { data }))
}

t.test('asks once, shortly after a first issue, whether the browser kept it', async (t) => {
  const page = await openPage(t, { url: 'https://api.example.com/cdn-access' })
  page.access.stop()
  page.api.answer = () => receipt({ status: 'issued' })
  await page.access.refresh()
  page.api.answer = () => receipt({ status: 'fresh' })
  page.api.requests.length = 0
  await page.device.pass(4.9)
  t.equal(page.api.methods, '')
  await page.device.pass(0.1)
  t.equal(page.api.methods, 'G')
  await page.device.pass(449)
  t.equal(page.api.methods, 'G')
  t.equal(page.access.state, 'fresh')
})

t.test('is blocked when the API issues three times in a row, then asks every 5 min', async (t) => {
  const page = await openPage(t)
  page.access.stop()
  page.changes.length = page.api.requests.length = 0
  page.api.answer = () => receipt({ status: 'issued' })
  await page.access.refresh()
  await page.device.pass(9.9)
  t.equal(page.access.state, 'fresh')
  await page.device.pass(0.1)
  t.equal(page.api.methods, 'GGG')
  t.strictSame(page.changes.at(-1), {
    from: 'fresh',
    to: 'blocked',
    reason: 'cookies',
    advice: 'No cookies arrive: check https, options, keys, paths; WebKit takes none in embeds'
  })
  t.match(page.changes.slice(0, -1), [{ advice: undefined }, { advice: undefined }])
  await t.rejects(page.access.ensure(), { code: 'blocked' })
  await page.device.pass(3600)
  t.equal(page.api.requests.length, 3 + 12)
  t.equal(page.access.state, 'blocked')
})

t.test('is fresh again when the API finds what it issued', async (t) => {
  const page = await openPage(t)
  page.api.answer = () => receipt({ status: 'issued' })
  await page.access.refresh()
  await page.device.pass(5)
  t.equal(page.access.state, 'blocked')
  page.api.answer = () => receipt({ status: 'fresh' })
  await page.device.pass(300)
  t.equal(page.access.state, 'fresh')
  await page.device.pass(450)
  t.equal(page.api.requests.length, 5)
})

t.test('stays blocked, without further requests, while other tabs are issued too', async (t) => {
  const page = await openPage(t)
  page.api.answer = () => receipt({ status: 'issued' })
  await page.access.refresh()
  await page.device.pass(5)
  await hearOfIssue(page)
  t.equal(page.access.state, 'blocked')
  page.api.requests.length = 0
  await page.device.pass(299)
  t.equal(page.api.methods, '')
})

t.test('asks again at once when it is told to', async (t) => {
  const page = await openPage(t)
  page.api.answer = () => receipt({ status: 'issued' })
  await page.access.refresh()
  await page.device.pass(5)
  t.equal(page.access.state, 'blocked')
  await page.access.refresh()
  t.equal(page.access.state, 'fresh')
  await page.device.pass(5)
  t.equal(page.access.state, 'blocked')
  t.strictSame(history(page).slice(-3), [
    'blocked (cookies)',
    'fresh (receipt)',
    'blocked (cookies)'
  ])
})

t.test('does not blame the browser for what ran out, or what other tabs were issued', async (t) => {
  const page = await openPage(t)
  page.api.answer = () => receipt({ status: 'issued' })
  for (let turn = 0; turn < 4; turn++) {
    page.device.sleep(3600)
    page.fire('focus')
    await page.device.pass(0.1)
    t.equal(page.access.state, 'fresh')
  }
  page.api.answer = () => receipt({ status: 'fresh' })
  for (let turn = 0; turn < 4; turn++) await hearOfIssue(page)
  t.equal(page.access.state, 'fresh')
})

t.test('keeps the state while a blocked tab fails to ask', async (t) => {
  const page = await openPage(t)
  page.api.answer = () => receipt({ status: 'issued' })
  await page.access.refresh()
  await page.device.pass(5)
  page.api.answer = () => {
    throw new TypeError('no network')
  }
  await page.device.pass(900)
  t.equal(page.access.state, 'blocked')
  t.ok(page.faults.length > 0)
})
