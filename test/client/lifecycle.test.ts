import t from 'tap'
import { createCdnAccess } from '../../src/client/cdn-access.js'
import { Api, cleared, denial, heldReply, receipt, refusal, silence } from './api.js'
import { Device, settle } from './device.js'
import { history, openPage, type Page } from './page.js'

/** What a page still holds after it was told to stop. */
function remains (page: Page): Record<string, number> {
  const { timers, channels, locks } = page.device
  return {
    timers: timers.size,
    channels: channels.size,
    locks: locks.size,
    listeners: page.listeners(),
    requests: page.api.open
  }
}

const nothing = { timers: 0, channels: 0, locks: 0, listeners: 0, requests: 0 }

t.test('starts at once, and is ready when access is valid', async (t) => {
  const page = await openPage(t)
  await page.access.ready
  await page.access.ensure()
  t.equal(page.access.state, 'fresh')
  t.strictSame(page.receipts, [{
    status: 'refreshed',
    expiresIn: 600,
    refreshIn: 450,
    expiresAt: 1_767_226_200
  }])
  t.strictSame(remains(page), { timers: 1, channels: 1, locks: 0, listeners: 4, requests: 0 })
})

t.test('ready waits through failures', async (t) => {
  const tokens: string[] = []
  const page = await openPage(t, {
    headers: () => {
      if (tokens.length === 0) throw new Error('no token yet')
      return { authorization: tokens[0]! }
    }
  })
  t.equal(page.access.state, 'stale')
  tokens.push('Bearer 1')
  await Promise.all([page.access.ready, page.access.ensure(), page.device.pass(2)])
  t.equal(page.access.state, 'fresh')
})

t.test('ready rejects when the viewer is denied, and ensure() too', async (t) => {
  const device = new Device()
  const api = new Api(() => device.monotonic)
  api.answer = denial
  const page = await openPage(t, { device, api })
  await t.rejects(page.access.ready, { code: 'denied', message: 'CDN access denied' })
  await t.rejects(page.access.ensure(), { code: 'denied' })
  api.answer = () => receipt()
  await page.access.refresh()
  await page.access.ensure()
})

t.test('is refreshing from the start', async (t) => {
  const device = new Device()
  const opening = openPage(t, { device })
  t.equal(device.channels.size, 1)
  const page = await opening
  t.strictSame(history(page), ['fresh (receipt)'])
  t.equal(page.changes[0]?.from, 'refreshing')
})

t.test('ensure() goes to the API when access ran out without a timer', async (t) => {
  const page = await openPage(t)
  page.device.sleep(700)
  await page.access.ensure()
  t.equal(page.api.methods, 'GG')
  t.equal(page.access.state, 'fresh')
})

t.test('stop() leaves nothing behind', async (t) => {
  const page = await openPage(t)
  page.access.stop()
  t.strictSame(remains(page), nothing)
  t.strictSame(history(page).at(-1), 'idle (stop)')
  await page.device.pass(7200)
  t.equal(page.api.methods, 'G')
  await t.rejects(page.access.ensure(), { code: 'idle', message: 'CDN access idle' })
  t.strictSame(remains(page), nothing)
})

t.test('stop() ends the request that is under way', async (t) => {
  const page = await openPage(t)
  page.api.answer = silence
  const refreshing = page.access.refresh()
  const forced = page.access.refresh({ force: true })
  await settle()
  t.equal(page.api.open, 1)
  page.access.stop()
  await t.rejects(refreshing, { code: 'idle' })
  await t.rejects(forced, { code: 'idle' })
  await settle()
  t.strictSame(remains(page), nothing)
  t.equal(page.faults.length, 0)
})

t.test('stop() rejects who waits', async (t) => {
  const page = await openPage(t)
  page.device.sleep(700)
  page.api.answer = silence
  const waiting = page.access.ensure()
  await settle()
  page.access.stop()
  await t.rejects(waiting, { code: 'idle' })
})

t.test('stop() in a listener ends the request that was about to go out', async (t) => {
  const page = await openPage(t)
  page.access.addEventListener('statechange', ({ detail }) => {
    if (detail.to === 'refreshing') page.access.stop()
  })
  page.device.sleep(700)
  await t.rejects(page.access.refresh(), { code: 'idle' })
  await settle()
  t.equal(page.api.methods, 'G')
  t.strictSame(remains(page), nothing)
  await t.rejects(page.access.refresh(), { code: 'idle' })
  t.equal(page.api.methods, 'G')
  t.strictSame(remains(page), nothing)
})

t.test('stop() in a listener of a receipt ends the forced request behind it', async (t) => {
  const page = await openPage(t)
  const plain = page.access.refresh()
  const forced = page.access.refresh({ force: true })
  page.access.addEventListener('receipt', () => page.access.stop(), { once: true })
  await plain
  await t.rejects(forced, { code: 'idle' })
  t.equal(page.api.methods, 'GG')
  t.strictSame(remains(page), nothing)
})

t.test('is stopped by using', async (t) => {
  const page = await openPage(t)
  {
    using access = page.access
    t.equal(access.state, 'fresh')
  }
  t.equal(page.access.state, 'idle')
  t.strictSame(remains(page), nothing)
})

t.test('refresh() starts again', async (t) => {
  const page = await openPage(t)
  page.access.stop()
  await page.access.refresh()
  await page.device.pass(450)
  t.equal(page.api.methods, 'GGG')
  t.strictSame(remains(page), { timers: 1, channels: 1, locks: 0, listeners: 4, requests: 0 })
})

t.test('a reply to a request from before the stop does not count', async (t) => {
  const page = await openPage(t)
  const late = heldReply()
  page.api.answer = () => late.reply
  const first = page.access.refresh()
  await settle()
  page.access.stop()
  page.api.answer = silence
  const second = page.access.refresh()
  late.release(receipt())
  await t.rejects(first, { code: 'idle' })
  t.equal(page.api.methods, 'GGG')
  t.equal(page.access.state, 'refreshing')
  page.access.stop()
  await t.rejects(second, { code: 'idle' })
})

t.test('bears to be mounted twice', async (t) => {
  const page = await openPage(t)
  page.access.stop()
  const { device, api } = page
  const first = openPage(t, { device, api })
  const second = openPage(t, { device, api })
  ;(await first).access.stop()
  t.equal((await second).access.state, 'fresh')
  await device.pass(450)
  t.equal(api.methods, 'GGGG')
})

t.test('a page that is stopped before its first request makes none', async (t) => {
  const { device, api } = await openPage(t)
  const opening = openPage(t, { device, api })
  for (const channel of device.channels) {
    channel.onmessage!(
      new MessageEvent('message', { data: ['https://www.example.com/cdn-access', null] })
    )
  }
  t.equal((await opening).access.state, 'idle')
  t.equal(api.methods, 'G')
})

t.test('end() stops all tabs and takes the cookies away', async (t) => {
  const page = await openPage(t, { headers: () => ({ authorization: 'Bearer 1' }) })
  const other = await openPage(t, { device: page.device, api: page.api })
  await page.access.end()
  await settle()
  t.strictSame(remains(page), nothing)
  t.strictSame(history(other).at(-1), 'idle (end)')
  t.strictSame(history(page).at(-1), 'idle (end)')
  t.match(page.api.requests.at(-1), {
    method: 'DELETE',
    init: {
      credentials: 'include',
      cache: 'no-store',
      keepalive: true,
      headers: { authorization: 'Bearer 1' }
    }
  })
  await page.device.pass(7200)
  t.equal(page.api.methods, 'GGD')
})

for (const method of ['GET', 'POST']) {
  t.test(`a ${method} that is given up at the end has a second DELETE after it`, async (t) => {
    const page = await openPage(t)
    const other = await openPage(t, { device: page.device, api: page.api })
    const third = await openPage(t, { device: page.device, api: page.api })
    page.api.answer = (request) => request.method === 'DELETE' ? cleared() : silence()
    const force = method === 'POST'
    const calls = [page, other].map(({ access }) => access.refresh({ force }))
    for (const call of calls) call.catch(() => {})
    await settle()
    page.api.requests.length = 0
    await page.access.end()
    for (const call of calls) await t.rejects(call, { code: 'idle' })
    await settle()
    t.equal(page.api.methods, 'DDDD', 'two of each tab that was asking')
    t.strictSame(remains(page), nothing)
    t.equal(third.access.state, 'idle')
  })
}

t.test('the second DELETE takes nothing from who has logged in since', async (t) => {
  const page = await openPage(t)
  const first = heldReply()
  page.api.answer = ({ method }) => method === 'DELETE' ? first.reply : silence()
  page.access.refresh().catch(() => {})
  await settle()
  const ending = page.access.end()
  await settle()
  page.api.answer = () => receipt()
  await page.access.refresh()
  first.release(cleared())
  await ending
  t.equal(page.api.methods, 'GGDG')
  t.equal(page.access.state, 'fresh')
})

t.test('the last DELETE decides whether the end succeeds', async (t) => {
  const page = await openPage(t)
  const replies = [cleared(), refusal(500)]
  page.api.answer = ({ method }) => method === 'DELETE' ? replies.shift()! : silence()
  page.access.refresh().catch(() => {})
  await settle()
  await t.rejects(page.access.end(), { code: 'failed', status: 500 })
  page.api.answer = () => {
    throw new TypeError('no network')
  }
  page.access.refresh().catch(() => {})
  await t.rejects(page.access.end(), { code: 'failed', status: undefined })
  t.equal(page.api.methods, 'GGDDD')
})

t.test('end() says when the cookies could not be taken away, and can be repeated', async (t) => {
  const page = await openPage(t)
  const other = await openPage(t, { device: page.device, api: page.api })
  page.access.stop()
  page.api.answer = () => refusal(500)
  await t.rejects(page.access.end(), { code: 'failed', status: 500 })
  t.equal(other.access.state, 'idle')
  page.api.answer = () => new Response(null, { status: 204 })
  await page.access.end()
  t.equal(page.api.methods, 'GGDD')
  t.strictSame(remains(page), nothing)
})

t.test('does nothing where there is no document', async (t) => {
  const requests: unknown[] = []
  t.intercept(globalThis, 'fetch', {
    value: async (input: unknown) => {
      requests.push(input)
      return new Response('media')
    }
  })
  const access = createCdnAccess()
  await access.ready
  await access.ensure()
  await access.refresh({ force: true })
  await access.end()
  access.stop()
  t.equal(access.state, 'idle')
  t.strictSame(requests, [])
  t.equal(await (await access.fetch('https://media.example.com/1.ts')).text(), 'media')
})
