import t from 'tap'
import { createCdnAccess } from '../../src/client/cdn-access.js'
import type { Environment } from '../../src/client/environment.js'
import { openPage } from './page.js'

const location = { href: 'https://www.example.com/workers/player.js' }

t.test('works in a worker, which has an address and no document', async (t) => {
  const page = await openPage(t, { without: { document: undefined, location } })
  t.equal(page.access.state, 'fresh')
  t.equal(page.api.requests[0]?.url, 'https://www.example.com/cdn-access')
  await page.device.pass(450)
  t.equal(page.api.methods, 'GG')
  page.device.sleep(700)
  page.fire('online')
  await page.device.pass(0.1)
  t.equal(page.api.methods, 'GGG')
  await page.access.end()
  t.equal(page.api.methods, 'GGGD')
})

t.test('a worker and a page share their refreshes', async (t) => {
  const page = await openPage(t)
  const { device, api } = page
  const worker = await openPage(t, { device, api, without: { document: undefined, location } })
  worker.luck = 0.5
  await device.pass(4500)
  t.equal(api.requests.length, 2 + 10)
  await page.access.end()
  await device.pass(1)
  t.equal(worker.access.state, 'idle')
})

t.test('relative addresses are relative to where fetch takes them', async (t) => {
  const document = {
    hidden: false,
    baseURI: 'https://www.example.com/app/',
    querySelectorAll: () => []
  }
  const page = await openPage(t, { url: 'cdn-access?course=1', without: { document, location } })
  t.equal(page.api.requests[0]?.url, 'https://www.example.com/app/cdn-access?course=1')
})

const values = 'application/vnd.cdn-access+json'

t.test('rejects in React Native, and says what to use instead', async (t) => {
  let requests = 0
  const environment = {
    navigator: { product: 'ReactNative' },
    location,
    fetch: async () => {
      requests++
      return new Response('media')
    }
  }
  const access = createCdnAccess({}, environment as unknown as Environment)
  const fault = { code: 'unsupported', message: values }
  await t.rejects(access.ready, fault)
  await t.rejects(access.ensure(), fault)
  await t.rejects(access.refresh({ force: true }), fault)
  await t.rejects(access.end(), fault)
  access.stop()
  t.equal(access.state, 'idle')
  t.equal(requests, 0)
  t.equal(await (await access.fetch('https://media.example.com/1.ts')).text(), 'media')
})

t.test('refuses what is no option, also on a server', async (t) => {
  const words = { name: 'TypeError', message: 'options: url, headers' }
  // @ts-expect-error a text is no object
  t.throws(() => createCdnAccess('/cdn-access'), words)
  // @ts-expect-error there is no such option
  t.throws(() => createCdnAccess({ uri: '/cdn-access' }), words)
  // @ts-expect-error an address is a text
  t.equal(createCdnAccess({ url: 7 }).state, 'idle')
  t.throws(() => createCdnAccess(null as never), { name: 'TypeError' })
})
