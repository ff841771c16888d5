import t from 'tap'
import { inspect } from '../../src/cdn/inspectors.js'
import { everyCdn, keyOf } from '../fixtures/every-cdn.js'
import { end, url } from '../fixtures/situations.js'

/** What a format is called where it is read; both of Google's share a reader. */
const names: Readonly<Record<string, string>> = {
  cloudfront: 'cloudfront',
  canned: 'cloudfront',
  'cloud CDN': 'google-cloud-cdn',
  'media CDN': 'google-media-cdn',
  'media CDN, in the path': 'google-media-cdn',
  'media CDN, tokens': 'google-media-cdn',
  akamai: 'akamai',
  'akamai, URL tokens': 'akamai',
  'URI signing': 'uri-signing',
  'common access token': 'common-access-token',
  nginx: 'nginx'
}

t.test('reads what each CDN signs: whose it is, for what and until when', async (t) => {
  for (const [name, cdn] of Object.entries(everyCdn)) {
    const path = name === 'canned' ? '/u/1/a.png' : '/u/1/*'
    const cookies = await cdn.sign({ paths: [path], expiresAt: end }, keyOf(cdn))
    const pairs = cookies.map((cookie) => [cookie.name, cookie.value] as const)
    const asked = {
      origin: url,
      path: '/u/1/a.png',
      query: '',
      cookies: [['session', 'x'], ...pairs] as const
    }
    const [found, ...more] = inspect(asked)
    t.same(more, [], name)
    t.match(found, { cdn: names[name]!, place: 'cookies', endsAt: end, oddities: [] }, name)
    const compared = name !== 'nginx' && name !== 'canned'
    t.same(found?.covers, compared ? true : undefined, name)
    const [elsewhere] = inspect({ ...asked, path: '/u/2/a.png' })
    t.same(elsewhere?.covers, compared ? false : undefined, name)
    const text = JSON.stringify(found)
    for (const [, value] of pairs) t.notOk(value.length > 10 && text.includes(value), name)
  }
})

t.test('reads the signed URLs of each CDN', async (t) => {
  for (const [name, cdn] of Object.entries(everyCdn)) {
    if (cdn.signUrl === undefined) continue
    const inPath = name === 'media CDN, in the path'
    const grant = { paths: [inPath ? '/u/1/*' : '/u/1/a.png'], expiresAt: end }
    const signed = await cdn.signUrl({ path: '/u/1/a.png', query: 'v=1' }, grant, keyOf(cdn))
    const { pathname, search } = new URL(signed)
    const [found, ...more] = inspect({
      origin: url,
      path: pathname,
      query: search.slice(1),
      cookies: []
    })
    t.same(more, [], name)
    t.match(found, { cdn: names[name]!, place: 'url', endsAt: end, oddities: [] }, name)
    t.not(found?.covers, false, name)
  }
})

t.test('finds nothing where there is nothing', async (t) => {
  t.same(inspect({ origin: '', path: '/', query: '', cookies: [] }), [])
  t.same(
    inspect({ origin: url, path: '/a', query: 'v=1&Expires=x', cookies: [['a', 'b.c.d']] }),
    []
  )
})
