import t from 'tap'
import {
  cookiePairs,
  cookiesFrom,
  cookiesMeet,
  hostWithin,
  readCookie,
  type AccessCdn,
  type CookieAttributes
} from '../../src/cookies/cookies.js'
import { media } from '../fixtures/server.js'

const attributes: CookieAttributes = {
  domain: 'example.com',
  sameSite: 'lax',
  secure: true,
  httpOnly: true,
  partitioned: false,
  lifetime: 'ttl'
}

t.test('reads raw pairs in their order', async (t) => {
  t.same(cookiePairs('a=1; b=2;c=3'), [['a', '1'], ['b', '2'], ['c', '3']])
  t.same(cookiePairs('a=1; a=2'), [['a', '1'], ['a', '2']], 'duplicates are kept')
  t.same(
    cookiePairs('a="1"; b=%41+b'),
    [['a', '"1"'], ['b', '%41+b']],
    'quotes and percent signs are left alone'
  )
  t.same(
    cookiePairs(' a \t=\t 1 ;b=2 3'),
    [['a', '1'], ['b', '2 3']],
    'space and tab around names and values are not part of them'
  )
  t.same(
    cookiePairs('a; b=2; ;=3;c='),
    [['b', '2'], ['', '3'], ['c', '']],
    'what has no "=" is no pair'
  )
  t.same(cookiePairs('a=b=c'), [['a', 'b=c']])
  t.same(cookiePairs(''), [])
  t.same(cookiePairs(undefined), [])
})

t.test('trims a long run of spaces in linear time', async (t) => {
  const start = performance.now()
  t.same(cookiePairs(`a=b${' '.repeat(200_000)}c`)[0]?.[1]?.length, 200_002)
  t.ok(performance.now() - start < 1000)
})

t.test('reads the first cookie of exactly one name', async (t) => {
  t.equal(readCookie('cdn=1; cdn=2', 'cdn'), '1')
  t.equal(readCookie('xcdn=0; cdnx=0; cdn-x=0; cdn=1', 'cdn'), '1')
  t.equal(readCookie('cdn=', 'cdn'), '')
  t.equal(readCookie('CDN=0', 'cdn'), undefined, 'names are case-sensitive')
  t.equal(readCookie('a=cdn; b="cdn=1"', 'cdn'), undefined, 'a value is no name')
  t.equal(readCookie('=cdn=1', 'cdn'), undefined, 'a cookie without a name has none')
  t.equal(readCookie('cdn', 'cdn'), undefined)
  t.equal(readCookie(undefined, 'cdn'), undefined)
})

t.test('does not take a name in other white space for the __Host- name', async (t) => {
  for (const space of ['\u00a0', '\u0085', '\u000b', '\u000c', '\ufeff', '\u2000', '\u3000']) {
    for (const name of [`${space}__Host-cdn-access`, `__Host-cdn-access${space}`]) {
      t.equal(readCookie(`${name}=planted`, '__Host-cdn-access'), undefined, escape(space))
    }
  }
})

t.test('knows which CDNs\' cookies meet', async (t) => {
  const at = (url: string, domain: string | undefined, cookieNames = ['A', 'B']): AccessCdn => ({
    cdn: { ...media({ url }), cookieNames },
    attributes: { ...attributes, domain }
  })
  const first = at('https://a.example.com', 'example.com')
  t.equal(cookiesMeet(first, at('https://b.example.com', 'example.com', ['C', 'B'])), 'B')
  t.equal(cookiesMeet(first, at('https://b.example.com', 'example.com', ['C'])), undefined)
  t.equal(cookiesMeet(first, at('https://b.example.org', 'example.org')), undefined)
  t.equal(
    cookiesMeet(first, at('https://x.b.example.com', 'b.example.com')),
    'A',
    'the wider domain reaches the other CDN'
  )
  t.equal(
    cookiesMeet(at('https://x.b.example.com', 'b.example.com'), first),
    'A',
    'in either order'
  )
  t.equal(
    cookiesMeet(
      at('https://a.a.example.com', 'a.example.com'),
      at('https://b.b.example.com', 'b.example.com')
    ),
    undefined
  )
  t.equal(
    cookiesMeet(at('https://a.example.com', undefined), at('https://b.example.org', undefined)),
    'A',
    'both on the API\'s own host'
  )
  t.equal(cookiesMeet(at('https://a.example.com', undefined), first), 'A')
})

t.test('knows a host below a domain from one that only ends alike', async (t) => {
  t.equal(hostWithin('a.example.com', 'example.com'), true)
  t.equal(hostWithin('example.com', 'example.com'), true)
  t.equal(hostWithin('badexample.com', 'example.com'), false)
  t.equal(hostWithin('com', 'example.com'), false)
})

t.test('finds the cookies whose names begin so, in their order', async (t) => {
  t.same(cookiesFrom('a=1; x.b = 2 ;x=3\t; yx=4; x.c="5"; x', 'x'), [
    ['x.b', '2'],
    ['x', '3'],
    ['x.c', '"5"']
  ])
  t.same(cookiesFrom('x.a=x.b=1; y=x.c=2; \u00a0x.d=3;x.e', 'x'), [['x.a', 'x.b=1']])
  for (const header of [undefined, '', 'y=1', 'x', 'x;x;x']) t.same(cookiesFrom(header, 'x'), [])
})

t.test('knows that the hosts of a pattern meet each domain among them', async (t) => {
  const at = (domain: string | undefined, host?: `https://${string}`): AccessCdn => ({
    cdn: media({ url: 'https://media.example.com', ...(host === undefined ? {} : { host }) }),
    attributes: { ...attributes, domain }
  })
  const wide = at('example.com', 'https://*.example.com')
  const elsewhere: AccessCdn = {
    cdn: media({ url: 'https://a.b.example.com' }),
    attributes: { ...attributes, domain: 'b.example.com' }
  }
  t.equal(cookiesMeet(wide, elsewhere), 'CloudFront-Policy')
  t.equal(cookiesMeet(elsewhere, wide), 'CloudFront-Policy')
  const hostOnly = at(undefined, 'https://*.example.com')
  t.equal(
    cookiesMeet(hostOnly, elsewhere),
    'CloudFront-Policy',
    'a.b.example.com is one of its hosts'
  )
  t.equal(cookiesMeet(at(undefined), elsewhere), undefined)
  const org: AccessCdn = {
    cdn: media({ url: 'https://a.example.org' }),
    attributes: { ...attributes, domain: 'example.org' }
  }
  t.equal(cookiesMeet(wide, org), undefined)
})
