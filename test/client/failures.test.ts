import t from 'tap'
import { denial, receipt, refusal, silence } from './api.js'
import { history, openPage, type Page } from './page.js'

/** When the requests of a page were sent, in seconds since it was opened. */
function times (page: Page): number[] {
  return page.api.requests.map(({ at }) => (at - page.api.requests[0]!.at) / 1000)
}

t.test('a denial of the route is final until it is asked again', async (t) => {
  const page = await openPage(t)
  page.api.answer = denial
  await page.device.pass(450)
  t.equal(page.access.state, 'denied')
  await page.device.pass(7200)
  page.fire('focus')
  await page.device.pass(1)
  t.equal(page.api.methods, 'GG')
  t.strictSame(history(page).slice(1), ['denied (denied)'])
  t.match(page.faults, [{
    code: 'denied',
    status: 403,
    message: 'CDN access denied: 403: CDN_ACCESS_DENIED'
  }])
  await t.rejects(page.access.ensure(), { code: 'denied' })
  await t.rejects(page.access.refresh(), { code: 'denied', status: 403 })
  page.api.answer = () => receipt()
  await page.access.refresh()
  t.equal(page.access.state, 'fresh')
  await page.device.pass(450)
  t.equal(page.api.methods, 'GGGGG')
  t.strictSame(history(page).slice(2), [
    'refreshing (request)',
    'denied (denied)',
    'refreshing (request)',
    'fresh (receipt)'
  ])
})

t.test('a 401 is repeated once with new headers', async (t) => {
  let token = 0
  const page = await openPage(t, { headers: async () => ({ authorization: `Bearer ${++token}` }) })
  page.api.answer = ({ init }) =>
    new Headers(init.headers).get('authorization') === 'Bearer 2' ? refusal(401) : receipt()
  await page.access.refresh()
  t.strictSame(page.api.requests.map(({ init }) => init.headers), [
    { authorization: 'Bearer 1' },
    { authorization: 'Bearer 2' },
    { authorization: 'Bearer 3' }
  ])
  t.equal(page.access.state, 'fresh')
})

for (const status of [401, 403]) {
  t.test(`a ${status} of somebody else never ends access that is valid`, async (t) => {
    const page = await openPage(t)
    page.luck = 0.9
    page.api.answer = () => refusal(status)
    await page.device.pass(599)
    t.equal(page.access.state, 'fresh')
    t.ok(page.faults.length > 2)
    t.match(page.faults[0], { code: 'failed', status })
    page.api.answer = () => receipt()
    await page.device.pass(130)
    t.equal(page.access.state, 'fresh')
  })

  t.test(`a ${status} of somebody else denies at the second one in a row`, async (t) => {
    const page = await openPage(t)
    page.device.sleep(700)
    page.luck = 0.5
    const answers = [refusal(status), refusal(500), refusal(status), refusal(status), receipt()]
    page.api.answer = () => answers.shift()!
    await t.rejects(page.access.refresh(), { code: 'failed', status })
    t.equal(page.access.state, 'stale')
    await page.device.pass(20)
    t.equal(page.access.state, 'denied')
    t.match(page.faults.at(-1), { code: 'denied', status })
    await page.device.pass(7200)
    t.equal(answers.length, 1)
  })
}

t.test('a 401 to fresh headers is two in a row', async (t) => {
  const page = await openPage(t, { headers: () => ({}) })
  page.device.sleep(700)
  page.api.answer = () => refusal(401)
  await t.rejects(page.access.refresh(), { code: 'denied', status: 401 })
  t.equal(page.api.methods, 'GGG')
  t.equal(page.access.state, 'denied')
})

t.test('a failed early refresh leaves access alone until it runs out', async (t) => {
  const page = await openPage(t)
  page.luck = 0.9
  page.api.answer = () => {
    throw new TypeError('no network')
  }
  await page.device.pass(599)
  t.equal(page.access.state, 'fresh')
  t.ok(page.api.requests.length > 2)
  await page.access.ensure()
  await page.device.pass(1)
  t.equal(page.access.state, 'stale')
  t.match(page.faults[0], { code: 'failed', status: undefined, cause: { message: 'no network' } })
})

t.test('waits up to twice as long after each failure, and a minute after five', async (t) => {
  const page = await openPage(t)
  page.luck = 0.5
  page.api.answer = () => refusal(500)
  await page.device.pass(450 + 200)
  t.strictSame(times(page), [0, 450, 451, 453, 457, 465, 541, 631])
})

t.test('comes back as if nothing had been after a success', async (t) => {
  const page = await openPage(t)
  page.luck = 0.5
  page.api.answer = () => refusal(500)
  await page.device.pass(460)
  page.api.answer = () => receipt()
  await page.device.pass(5)
  page.api.answer = () => refusal(500)
  await page.device.pass(451)
  t.strictSame(times(page), [0, 450, 451, 453, 457, 465, 915, 916])
})

const busyFor40 = {
  'retryIn of the body': () => refusal(503, { retryIn: 40 }, { 'retry-after': '5' }),
  'Retry-After in seconds': () => refusal(429, {}, { 'retry-after': '40' }),
  'Retry-After of a reply that is not JSON': () =>
    new Response('busy', { status: 503, headers: { 'retry-after': '40' } })
}
for (const [name, answer] of Object.entries(busyFor40)) {
  t.test(`respects ${name}, and jitter comes later only`, async (t) => {
    const page = await openPage(t)
    page.api.answer = answer
    await page.device.pass(450)
    await page.device.pass(39)
    t.equal(page.api.methods, 'GG')
    await t.rejects(page.access.refresh(), { code: 'failed' })
    t.equal(page.api.methods, 'GG')
    page.luck = 0.5
    await page.device.pass(1)
    t.strictSame(times(page), [0, 450, 490])
    await page.device.pass(40)
    t.equal(page.api.methods, 'GGG')
    await page.device.pass(2)
    t.strictSame(times(page), [0, 450, 490, 532])
  })
}

t.test('respects Retry-After as a date', async (t) => {
  const page = await openPage(t)
  page.api.answer = () =>
    refusal(503, {}, { 'retry-after': new Date(page.device.wall + 90_000).toUTCString() })
  await page.device.pass(450)
  page.api.answer = () => receipt()
  await page.device.pass(89)
  t.equal(page.api.methods, 'GG')
  await page.device.pass(1)
  t.equal(page.api.methods, 'GGG')
})

for (const header of ['soon', '-5', '0', 'Thu, 01 Jan 1970 00:00:00 GMT']) {
  t.test(`takes a Retry-After of "${header}" for none`, async (t) => {
    const page = await openPage(t)
    page.luck = 0.5
    page.api.answer = () => refusal(503, {}, { 'retry-after': header })
    await page.device.pass(452)
    t.strictSame(times(page), [0, 450, 451])
  })
}

t.test('does not let the events of the page go below what the server said', async (t) => {
  const page = await openPage(t)
  page.luck = 0.99
  page.api.answer = () => refusal(503, { retryIn: 300 })
  await page.device.pass(650)
  t.equal(page.access.state, 'stale')
  page.fire('online')
  await page.device.pass(99)
  t.equal(page.api.methods, 'GG')
  page.fire('online')
  await page.device.pass(1)
  t.equal(page.api.methods, 'GGG')
})

t.test('tries at once when the network is back', async (t) => {
  const page = await openPage(t)
  page.luck = 0.99
  page.api.answer = () => {
    throw new TypeError('no network')
  }
  page.device.sleep(600)
  await page.device.pass(60 + 3)
  t.equal(page.access.state, 'stale')
  t.equal(page.api.methods, 'GGG')
  page.api.answer = () => receipt()
  page.fire('online')
  await page.device.pass(0.1)
  t.equal(page.access.state, 'fresh')
})

const noReceipts = {
  'a page': '<!doctype html>',
  null: 'null',
  'an empty object': '{}',
  'a receipt without life': '{"status":"fresh","expiresIn":0,"refreshIn":1}',
  'a receipt without a next request': '{"status":"fresh","expiresIn":600}'
}
for (const [name, body] of Object.entries(noReceipts)) {
  t.test(`${name} in place of a receipt is a failure`, async (t) => {
    const page = await openPage(t)
    page.api.answer = () => new Response(body)
    await t.rejects(page.access.refresh(), { code: 'failed', status: 200 })
    t.equal(page.access.state, 'fresh')
  })
}

t.test('headers() that throw are a failure', async (t) => {
  const page = await openPage(t, {
    headers: () => {
      throw new Error('no token')
    }
  })
  t.equal(page.access.state, 'stale')
  t.match(page.faults, [{ code: 'failed', status: undefined, cause: { message: 'no token' } }])
  t.equal(page.api.methods, '')
})

t.test('gives up a request after 30 seconds, and headers() that never settle too', async (t) => {
  let stuck = true
  const page = await openPage(t, { headers: () => stuck ? silence() : {} })
  await page.device.pass(29)
  t.equal(page.access.state, 'refreshing')
  stuck = false
  page.api.answer = silence
  await page.device.pass(2)
  t.equal(page.api.open, 1)
  t.equal(page.faults.length, 1)
  await page.device.pass(30)
  t.equal(page.faults.length, 2)
  t.match(page.faults[1], { code: 'failed', cause: { name: 'AbortError' } })
  page.api.answer = () => receipt()
  await page.device.pass(30)
  t.equal(page.access.state, 'fresh')
})

const endless = {
  'a large retryIn': () => refusal(503, { retryIn: 30_000_000 }),
  'an infinite retryIn': () =>
    new Response('{"retryIn":1e999}', { status: 503, headers: { 'content-type': 'x/json' } }),
  'a large Retry-After': () => refusal(503, {}, { 'retry-after': '99999999999' }),
  'a Retry-After of the year 9999': () =>
    refusal(503, {}, { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' })
}
for (const [name, answer] of Object.entries(endless)) {
  t.test(`${name} is an hour of silence`, async (t) => {
    const page = await openPage(t)
    page.api.answer = answer
    await page.device.pass(450)
    page.api.answer = () => receipt()
    await page.device.pass(3599)
    t.equal(page.api.methods, 'GG')
    t.equal(page.device.longestDelay, 60_000)
    await page.device.pass(1)
    t.equal(page.access.state, 'fresh')
  })
}

t.test('refresh() after stop() in a silence is planned, not forgotten', async (t) => {
  const page = await openPage(t)
  page.api.answer = () => refusal(503, { retryIn: 90 })
  await t.rejects(page.access.refresh(), { code: 'failed', status: 503 })
  page.access.stop()
  page.api.answer = () => receipt()
  await t.rejects(page.access.refresh(), { code: 'failed', status: undefined })
  t.equal(page.access.state, 'stale')
  await Promise.all([page.access.ensure(), page.device.pass(90)])
  t.equal(page.access.state, 'fresh')
})
