import t from 'tap'
import { Api, receipt, refusal } from './api.js'
import { Device } from './device.js'
import { history, openPage } from './page.js'

const words = 'https://www.example.com/cdn-access gives no receipts: wrong url or login?'

const strangers: Record<string, () => Response> = {
  'a login page with 200': () => new Response('<!doctype html>'),
  'a redirect': () => Object.defineProperty(new Response(), 'status', { value: 0 }),
  'a 404': () => refusal(404),
  'JSON of something else': () => Response.json({ user: 'ann' }),
  'null': () => Response.json(null),
  'odd numbers': () => receipt({ refreshIn: 0.001 })
}
for (const [name, answer] of Object.entries(strangers)) {
  t.test(`${name} in place of receipts rejects after three tries, with words`, async (t) => {
    const device = new Device()
    const api = new Api(() => device.monotonic)
    api.answer = answer
    const page = await openPage(t, { device, api })
    page.luck = 0.5
    const ready = t.rejects(page.access.ready, { code: 'misdirected', message: words })
    await device.pass(30)
    await ready
    await t.rejects(page.access.ensure(), { code: 'misdirected', message: words })
    t.equal(page.access.state, 'misdirected')
    t.equal(api.methods, 'GGG')
    t.strictSame(history(page).at(-1), 'misdirected (failed)')
    t.equal(page.changes.at(-1)?.advice, words)
    t.match(page.faults.map(({ code }) => code), ['failed', 'failed', 'misdirected'])
    t.strictSame(page.said, [words])

    await device.pass(3600)
    t.ok(api.requests.length > 6 && api.requests.length < 16, `${api.requests.length} requests`)
    t.strictSame(page.said, [words], 'it is said once')
    api.answer = () => receipt()
    await device.pass(400)
    t.equal(page.access.state, 'fresh')
  })
}

t.test('follows no redirect', async (t) => {
  const page = await openPage(t)
  t.equal(page.api.requests[0]?.init.redirect, 'manual')
})

t.test('asks no more than rarely where the route itself says that the url is wrong', async (t) => {
  const page = await openPage(t, { url: '/cdn-access?course=' })
  page.device.sleep(700)
  page.api.answer = () => refusal(400, { code: 'CDN_ACCESS_AREA_INVALID' })
  const fault = { code: 'misdirected', status: 400, cause: 'CDN_ACCESS_AREA_INVALID' }
  await t.rejects(page.access.refresh(), fault)
  t.equal(page.access.state, 'misdirected')
  await page.device.pass(299)
  t.equal(page.api.methods, 'GG')
})

t.test('valid access stays until it ends', async (t) => {
  const page = await openPage(t)
  page.luck = 0.5
  page.api.answer = () => refusal(404)
  await page.device.pass(599)
  t.equal(page.access.state, 'fresh')
  await page.device.pass(1)
  t.strictSame(history(page).slice(1), ['misdirected (expired)'])
})

t.test('comes back when it is asked to', async (t) => {
  const page = await openPage(t)
  page.device.sleep(700)
  page.api.answer = () => refusal(404)
  await t.rejects(page.access.refresh())
  await page.device.pass(60)
  t.equal(page.access.state, 'misdirected')
  page.api.answer = () => receipt()
  await page.access.refresh()
  t.equal(page.access.state, 'fresh')
})

t.test('a network that fails in between changes nothing', async (t) => {
  const page = await openPage(t)
  page.device.sleep(700)
  page.luck = 0.5
  const answers = [refusal(404), refusal(503), refusal(404), refusal(429), refusal(404)]
  page.api.answer = () => answers.shift() ?? refusal(502)
  await page.device.pass(120)
  t.equal(page.access.state, 'misdirected')
  await page.device.pass(3600)
  t.equal(page.access.state, 'misdirected')
})
