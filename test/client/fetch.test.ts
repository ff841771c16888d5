import t from 'tap'
import { denial, heldReply, receipt, refusal, silence } from './api.js'
import { settle } from './device.js'
import { history, openPage, type Page } from './page.js'

const segment = 'https://media.example.com/1.ts'

/** A CDN that refuses until the API was asked by POST. */
function refuseUntilForced (page: Page, refuse: () => Response = () => refusal(403)): void {
  page.api.cdn = () => page.api.methods.includes('P') ? new Response('media') : refuse()
}

t.test('sends cookies, and hands over what the CDN answers', async (t) => {
  const page = await openPage(t)
  const response = await page.access.fetch(segment, { headers: { range: 'bytes=0-1' } })
  t.equal(await response.text(), 'media')
  t.equal(page.api.cdnRequests[0]?.credentials, 'include')
  t.equal(page.api.cdnRequests[0]?.headers.get('range'), 'bytes=0-1')
  t.equal(page.api.methods, 'G')
})

const refusals = {
  'a 403': () => refusal(403),
  'a refusal that can not be read': () => {
    throw new TypeError('Failed to fetch')
  }
}
for (const [name, refuse] of Object.entries(refusals)) {
  for (const method of ['GET', 'HEAD']) {
    t.test(`repeats a ${method} once after ${name} and a forced refresh`, async (t) => {
      const page = await openPage(t)
      refuseUntilForced(page, refuse)
      const response = await page.access.fetch(new Request(segment, { method }))
      t.equal(response.status, 200)
      t.equal(page.api.methods, 'GP')
      t.equal(page.api.cdnRequests.length, 2)
      t.equal(page.access.state, 'fresh')
    })
  }
}

t.test('does not repeat a POST', async (t) => {
  const page = await openPage(t)
  refuseUntilForced(page)
  t.equal((await page.access.fetch(segment, { method: 'POST', body: 'x' })).status, 403)
  t.equal(page.api.methods, 'G')
})

t.test('does not repeat what the page gave up', async (t) => {
  const page = await openPage(t)
  page.api.cdn = silence
  const control = new AbortController()
  const response = page.access.fetch(segment, { signal: control.signal })
  await settle()
  control.abort()
  await t.rejects(response, { name: 'AbortError' })
  t.equal(page.api.methods, 'G')
})

t.test('refusals that come together share one refresh', async (t) => {
  const page = await openPage(t)
  refuseUntilForced(page)
  const responses = await Promise.all(Array.from({ length: 4 }, () => page.access.fetch(segment)))
  t.strictSame(responses.map(({ status }) => status), [200, 200, 200, 200])
  t.equal(page.api.methods, 'GP')
})

t.test('a refusal just after a forced refresh is repeated without another one', async (t) => {
  const page = await openPage(t)
  const slow = heldReply()
  page.api.cdn = () => slow.reply
  const late = page.access.fetch(segment)
  await settle()
  await page.access.refresh({ force: true })
  page.api.cdn = () => new Response('media')
  slow.release(refusal(403))
  t.equal((await late).status, 200)
  t.equal(page.api.methods, 'GP')
})

t.test('a forced refresh waits for the request that is under way', async (t) => {
  const page = await openPage(t)
  const held = heldReply()
  page.api.answer = ({ method }) => method === 'GET' ? held.reply : receipt()
  const plain = page.access.refresh()
  const forced = [{ force: true }, { force: true }, {}].map((how) => page.access.refresh(how))
  await settle()
  t.equal(page.api.methods, 'GG')
  held.release(receipt())
  await Promise.all([plain, ...forced])
  t.equal(page.api.methods, 'GGP')
})

t.test('forces at most once in ten seconds', async (t) => {
  const page = await openPage(t)
  await page.access.fetch(segment)
  page.api.cdn = () => refusal(403)
  for (let turn = 0; turn < 5; turn++) t.equal((await page.access.fetch(segment)).status, 403)
  t.equal(page.api.methods, 'GP')
  await page.device.pass(10.1)
  await page.access.fetch(segment)
  t.equal(page.api.methods, 'GPP')
})

const files = [1, 2, 3].map((name) => `https://media.example.com/${name}.ts`)

t.test('one file that the CDN refuses proves nothing', async (t) => {
  const page = await openPage(t)
  page.api.cdn = () => refusal(403)
  for (let turn = 0; turn < 9; turn++) {
    t.equal((await page.access.fetch(segment)).status, 403)
    await page.device.pass(4)
  }
  t.equal(page.access.state, 'fresh')
})

t.test('is blocked when the CDN refuses several files after a forced refresh', async (t) => {
  const page = await openPage(t)
  page.api.cdn = () => refusal(403)
  await Promise.all(files.map((file) => page.access.fetch(file)))
  t.match(page.changes.at(-1), { to: 'blocked', reason: 'cdn', advice: /check https.*WebKit/ })
  t.strictSame(page.said, [page.changes.at(-1)!.advice])
  await t.rejects(page.access.ensure(), { code: 'blocked', message: /check https/ })
  await page.device.pass(299)
  t.equal((await page.access.fetch(segment)).status, 403)
  t.equal(page.api.methods, 'GP')
  t.equal(page.api.cdnRequests.length, 7)
})

t.test('files that are missing do not block where others are given', async (t) => {
  const page = await openPage(t)
  page.api.cdn = ({ url }) => url.includes('missing') ? refusal(403) : new Response('media')
  for (let name = 0; name < 9; name++) {
    await page.access.fetch(`${segment}?missing=${name}`)
    await page.access.fetch(segment)
    await page.device.pass(3)
  }
  t.strictSame(history(page), ['fresh (receipt)'])
})

t.test('a good answer of the CDN ends the block', async (t) => {
  const page = await openPage(t)
  page.api.cdn = () => refusal(403)
  await Promise.all(files.map((file) => page.access.fetch(file)))
  t.equal(page.access.state, 'blocked')
  page.api.cdn = () => new Response('media')
  await page.access.fetch(segment)
  t.equal(page.access.state, 'fresh')
  t.equal(page.api.methods, 'GP')
  await page.device.pass(300)
  t.equal(page.api.methods, 'GPG')
})

t.test('a good answer after access ran out says no more than that', async (t) => {
  const page = await openPage(t)
  page.api.cdn = () => refusal(403)
  page.api.answer = () => receipt({ expiresIn: 60, refreshIn: 50 })
  await Promise.all(files.map((file) => page.access.fetch(file)))
  t.equal(page.access.state, 'blocked')
  await page.device.pass(70)
  page.api.cdn = () => new Response('media')
  page.api.answer = silence
  await page.access.fetch(segment)
  t.equal(history(page).at(-1), 'stale (cdn)')
})

t.test('hands over the refusal where the API fails or denies', async (t) => {
  for (const answer of [() => refusal(500), denial]) {
    const page = await openPage(t)
    page.api.cdn = () => refusal(403)
    page.api.answer = answer
    t.equal((await page.access.fetch(segment)).status, 403)
    t.equal((await page.access.fetch(segment)).status, 403)
    t.equal(page.api.methods, answer === denial ? 'GP' : 'GPP')
  }
})

t.test('throws what fetch threw where nothing helps', async (t) => {
  const page = await openPage(t)
  page.api.cdn = () => {
    throw new TypeError('Failed to fetch')
  }
  await t.rejects(page.access.fetch(segment), { message: 'Failed to fetch' })
  t.equal(page.api.methods, 'GP')
  t.strictSame(history(page), ['fresh (receipt)'])
  page.access.stop()
  await t.rejects(page.access.fetch(segment), { message: 'Failed to fetch' })
  t.equal(page.api.methods, 'GP')
})

t.test('is plain fetch after stop()', async (t) => {
  const page = await openPage(t)
  page.access.stop()
  page.api.cdn = () => refusal(403)
  t.equal((await page.access.fetch(segment)).status, 403)
  t.equal(page.api.methods, 'G')
})
