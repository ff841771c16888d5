import t from 'tap'
import { decide, openKeys, refusalHeaders, type Asked } from '../../runtimes/core.js'
import { edgeCases, type EdgeCase } from '../fixtures/edge-cases.js'
import { mutantTokens } from '../fixtures/edge-mutants.js'
import { revocationIn, verifierSettings } from '../fixtures/edge-runs.js'
import { ecKey, edgeNow, edgeSettings, rsaKey, secretOne, token } from '../fixtures/edge-tokens.js'
import { seeds } from '../fixtures/property.js'

const { cookieName } = edgeSettings
const asked: Asked = {
  method: 'GET',
  path: '/courses/42/a.ts',
  query: '',
  cookie: `${cookieName}=${token()}`,
  now: edgeNow
}
const keys = async (): ReturnType<typeof openKeys> => openKeys([secretOne.jwk])

async function statusOf (given: EdgeCase): Promise<number> {
  const { method, url, cookie = '', now } = given
  const [path = '', ...query] = url.split('?')
  const request = { method, path, query: query.join('?'), cookie, now }
  const { status } = await decide(request, verifierSettings, {
    keys: async () => openKeys(given.keys === 'unavailable' ? [] : given.keys),
    revocation: async (id) => revocationIn(given, id)
  })
  return status
}

t.test('decides each case of the table as it says', async (t) => {
  for (const given of edgeCases()) t.equal(await statusOf(given), given.status, given.name)
})

t.test('opens to no mutant of a token', async (t) => {
  const opened = await openKeys([secretOne.jwk, ecKey.jwk, rsaKey.jwk])
  const statuses = new Set<number>()
  for (const seed of seeds(1)) {
    for (const mutant of mutantTokens(1000, seed)) {
      const { status } = await decide(
        { ...asked, cookie: `${cookieName}=${mutant}` },
        verifierSettings,
        { keys: async () => opened }
      )
      statuses.add(status)
    }
  }
  t.same([...statuses], [403])
})

t.test('takes the tokens away, and nothing else', async (t) => {
  const good = token()
  const strip = async (cookie: string, query = ''): Promise<string[]> => {
    const answer = await decide({ ...asked, cookie, query }, verifierSettings, { keys })
    return [String(answer.status), answer.cookie, answer.query]
  }
  t.same(await strip(`${cookieName}=${good}`), ['200', '', ''])
  t.same(await strip(`a=b; ${cookieName}=${good}; c="d e"`), ['200', 'a=b; c="d e"', ''])
  t.same(await strip(`${cookieName}=x; CloudFront-Policy=y; ${cookieName}=${good}`), [
    '200',
    'CloudFront-Policy=y',
    ''
  ])
  t.same(await strip('a=b', `v=1&CAT=${good}&w`), ['200', 'a=b', 'v=1&w'])
  t.same(await strip(`\u00a0${cookieName}=${good}`), ['403', `\u00a0${cookieName}=${good}`, ''])
})

t.test('takes a key without an id for any token that it has signed', async (t) => {
  const { kid, ...unnamed } = secretOne.jwk
  const other = token(secretOne, { kid: Buffer.from('other') })
  for (const [jwk, status] of [[unnamed, 200], [{ ...unnamed, kid }, 403]] as const) {
    const answer = await decide({ ...asked, cookie: `${cookieName}=${other}` }, verifierSettings, {
      keys: async () => openKeys([jwk])
    })
    t.equal(answer.status, status)
  }
})

t.test('refuses keys that it can\'t verify with', async (t) => {
  await t.rejects(openKeys([]), new TypeError('There is no key'))
  await t.rejects(openKeys('x'), new TypeError('There is no key'))
  await t.rejects(openKeys([{ kty: 'OKP' }]), new TypeError('A key is of another type'))
  const short = { kty: 'oct', k: Buffer.alloc(31).toString('base64url') }
  await t.rejects(openKeys([short]), new TypeError('A key is too short'))
  await t.rejects(
    openKeys([{ ...rsaKey.jwk, n: rsaKey.jwk['n']!.slice(0, 171) }]),
    new TypeError('A key is too short')
  )
  await t.rejects(openKeys([{ ...ecKey.jwk, x: 'AA' }]))
})

t.test('a refusal is kept by no cache, and read by the pages that are named alone', async (t) => {
  const [own = ''] = verifierSettings.origins
  const plain = { 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8' }
  const shared = {
    'access-control-allow-origin': own,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'retry-after',
    'vary': 'origin'
  }
  t.same(refusalHeaders(403, own, verifierSettings), { ...plain, ...shared })
  t.same(refusalHeaders(503, own, verifierSettings), {
    ...plain,
    'retry-after': '5',
    ...shared
  })
  for (const origin of [undefined, null, 'null', `${own}.example`]) {
    t.same(refusalHeaders(403, origin, verifierSettings), plain)
  }
})
