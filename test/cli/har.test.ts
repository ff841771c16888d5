import t from 'tap'
import { isHar, isRefused, readHar } from '../../src/cli/har.js'

const entry = (request: object, response: unknown = { status: 403 }): object => ({
  request,
  response
})
const har = (...entries: unknown[]): string =>
  JSON.stringify({ log: { creator: { name: 'WebInspector' }, entries } })
const url = 'https://h/a'

t.test('knows an archive', async (t) => {
  t.ok(isHar(har()))
  t.notOk(isHar('{"a":1}'))
  t.notOk(isHar('"log":'))
})

t.test('reads cookies from headers, or else from the list of them', async (t) => {
  const captures = readHar(`\ufeff${
    har(
      entry({ method: 'GET', url, headers: [{ name: 'Cookie', value: 'a=1' }] }),
      entry({
        method: 'HEAD',
        url,
        headers: [{ name: 'cookie', value: 'a=1' }, { name: 'cookie', value: 'b=2' }]
      }),
      entry({ url, cookies: [{ name: 'c', value: '3' }] }, null),
      entry({ method: 'GET', url }, { status: 200 }),
      entry({ method: 'GET' }),
      7
    )
  }`)
  t.same(captures, [
    { method: 'GET', url, cookies: 'a=1', status: 403 },
    { method: 'HEAD', url, cookies: 'a=1; b=2', status: 403 },
    { method: 'GET', url, cookies: 'c=3' },
    { method: 'GET', url, cookies: undefined, status: 200 }
  ])
})

t.test('says of a file without any cookie that they were removed', async (t) => {
  t.match(readHar(har(entry({ url, headers: [] }))), [{ cookiesRemoved: true }])
  const set = { status: 200, headers: [{ name: 'Set-Cookie', value: 'a=1' }] }
  t.notOk('cookiesRemoved' in readHar(har(entry({ url }), entry({ url }, set)))[0]!)
  t.notOk(
    'cookiesRemoved' in readHar(har(entry({ url }, { cookies: [{ name: 'a', value: '1' }] })))[0]!
  )
})

t.test('knows what was refused, or could not be read', async (t) => {
  const statuses = [undefined, 0, 401, 403, 200, 404, 500]
  t.same(
    statuses.map((status) =>
      isRefused({
        method: 'GET',
        url,
        cookies: undefined,
        ...(status === undefined ? {} : { status })
      })
    ),
    [true, true, true, true, false, false, false]
  )
})

t.test('refuses what is no archive', async (t) => {
  t.throws(() => readHar('{'), { name: 'UsageError', message: 'The HAR file is no JSON' })
  for (const text of ['{}', '7', '{"log":{}}']) {
    t.throws(() => readHar(text), { name: 'UsageError' })
  }
})
