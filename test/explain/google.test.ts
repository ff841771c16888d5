import t from 'tap'
import { googleCloudCdn, googleMediaCdn } from '../../src/index.js'
import { ed25519 } from '../fixtures/keys.js'
import { changed, end, explains, now, signerOf, url, type Pairs } from '../fixtures/situations.js'

const [one, other] = ['nZtRohdNF9m3cKM24IcK4w==', 'wpLL7f4VB9RNe_WI0BBGmA==']
const cloud = signerOf(googleCloudCdn({ url, keyName: 'key-1', key: one, requireSignature: true }))
const cloudOfTwo = googleCloudCdn({
  url,
  requireSignature: true,
  keys: [{ keyName: 'key-1', key: one }, { keyName: 'key-2', key: other }]
})
const renamed = signerOf(googleCloudCdn({ url, keyName: 'key-2', key: one }))
const media = signerOf(googleMediaCdn({ url, keyName: 'set-1', privateKey: ed25519 }))
const path = signerOf(
  googleMediaCdn({ url, keyName: 'set-1', privateKey: ed25519, urlStyle: 'path' })
)
const token = signerOf(
  googleMediaCdn({ url, keyName: 'set-1', privateKey: ed25519, mode: 'token' })
)

const cookies = await cloud.cookies()
const mediaCookies = await media.cookies()
const tokens = await token.cookies()
const cloudWith = (change: (value: string) => string): { cookies: Pairs } => ({
  cookies: changed(cookies, 'Cloud-CDN-Cookie', change)
})
const mediaWith = (change: (value: string) => string, of = mediaCookies): { cookies: Pairs } => ({
  cookies: changed(of, 'Edge-Cache-Cookie', change)
})

t.test('names what is wrong with a request to Cloud CDN', async (t) => {
  const elsewhere = signerOf(
    googleCloudCdn({ url: url.replace('https', 'http'), keyName: 'key-1', key: one })
  )
  const aliased = signerOf(
    googleCloudCdn({ url: 'https://old.example.com', keyName: 'key-1', key: one })
  )
  await explains(
    t,
    cloud.cdn,
    [
      ['no cookie at all', {}, 'cookies-none'],
      ['a preflight', { method: 'OPTIONS' }, 'preflight'],
      ['cookies of Media CDN', { cookies: mediaCookies }, 'other-kind'],
      ['expired', { cookies, now: end }, 'expired'],
      ['another folder', { cookies, url: '/courses/43/a' }, 'path-outside'],
      ['signed for http', elsewhere.cookies().then((own) => ({ cookies: own })), 'scheme-differs'],
      [
        'signed for another host',
        aliased.cookies().then((own) => ({ cookies: own })),
        'host-differs'
      ],
      [
        'a key that the backend does not have',
        cloudWith((value) => value.replace('key-1', 'key-9')),
        'key-unknown'
      ],
      [
        'the name of another key',
        renamed.cookies().then((own) => ({ cookies: own })),
        'key-differs',
        { cdn: cloudOfTwo }
      ],
      [
        'a changed end',
        cloudWith((value) => value.replace(String(end), String(end + 9))),
        'signature-wrong'
      ],
      ['encoded by a cookie library', cloudWith(encodeURIComponent), 'percent-encoded'],
      ['without its padding', cloudWith((value) => value.replace(/=$/, '')), 'base64-padding'],
      [
        'in standard base64',
        cloudWith((value) => value.replace(/Signature=./, 'Signature=+')),
        'base64-standard'
      ],
      [
        'milliseconds',
        cloudWith((value) => value.replace(String(end), `${end}000`)),
        'time-milliseconds'
      ],
      ['a float', cloudWith((value) => value.replace(String(end), `${end}.5`)), 'time-unreadable'],
      ['cut off', cloudWith((value) => value.slice(0, 60)), 'credentials-incomplete'],
      ['two cookies', { cookies: [...cookies, ...cookies] }, 'sent-twice'],
      ['a dot segment', { cookies, url: '/courses/42/%2e%2e/43/a' }, 'path-ambiguous'],
      [
        'a signed URL that was changed',
        cloud.target('/a.png').then((target) => ({ url: target.replace('a.png', 'b.png') })),
        'signature-wrong'
      ]
    ]
  )
})

t.test('names what is wrong with a request to Media CDN', async (t) => {
  const target = await path.target('/courses/42/a.mp4', { paths: ['/courses/42/*'] })
  await explains(t, media.cdn, [
    ['no cookie at all', {}, 'cookies-none'],
    ['a preflight', { method: 'OPTIONS' }, 'preflight'],
    ['a POST', { method: 'POST', cookies: mediaCookies }, 'method-refused'],
    ['a cookie of Cloud CDN', { cookies }, 'other-kind'],
    ['expired', { cookies: mediaCookies, now: end }, 'expired'],
    ['another folder', { cookies: mediaCookies, url: '/courses/43/a' }, 'path-outside'],
    ['another keyset', mediaWith((value) => value.replace('set-1', 'set-9')), 'key-unknown'],
    [
      'a changed signature',
      mediaWith((value) => value.replace(/Signature=../, 'Signature=AA')),
      'signature-wrong'
    ],
    ['encoded by a cookie library', mediaWith(encodeURIComponent), 'percent-encoded'],
    [
      'fields in another order',
      mediaWith((value) => value.split(':').toReversed().join(':')),
      'malformed'
    ],
    ['two cookies', { cookies: [...mediaCookies, ...mediaCookies] }, 'sent-twice'],
    ['two signatures in the URL', { url: `${target}?Signature=x` }, 'url-signed-twice'],
    ['a cut path component', { url: '/courses/42/edge-cache-token=Expires=1' }, 'malformed'],
    ['a token in place of a signature', { cookies: tokens }, 'malformed']
  ])
  await explains(t, token.cdn, [
    ['no token', {}, 'cookies-none'],
    ['a token of two', { cookies: [...tokens, ...tokens] }, 'sent-twice'],
    [
      'two tokens in the query',
      { url: '/a?edge-cache-token=a&edge-cache-token=b' },
      'url-signed-twice'
    ],
    ['an expired token', { cookies: tokens, now: end }, 'expired'],
    [
      'a token that has not begun',
      token.cookies({ notBefore: now + 9 }).then((own) => ({ cookies: own })),
      'not-begun'
    ],
    [
      'a token for another address',
      token.cookies({ ip: '192.0.2.7' }).then((own) => ({ cookies: own, ip: '192.0.2.8' })),
      'address-differs'
    ],
    [
      'a token whose address nobody told',
      token.cookies({ ip: '192.0.2.7' }).then((own) => ({ cookies: own })),
      'address-unknown'
    ],
    [
      'a token for a header',
      token.cookies({ claims: { headers: { 'x-a': 'b' } } }).then((own) => ({
        cookies: own,
        headers: {}
      })),
      'header-differs'
    ],
    [
      'a token for other paths',
      token.cookies({ paths: ['/a.png', '/b/*'] }).then((own) => ({ cookies: own, url: '/c/d' })),
      'path-outside'
    ],
    [
      'an encoded token',
      mediaWith((value) => value.replaceAll('~', '%7E'), tokens),
      'percent-encoded'
    ],
    [
      'a changed token',
      mediaWith((value) => value.replace(String(end), String(end + 9)), tokens),
      'signature-wrong'
    ],
    ['a padded prefix', mediaWith((value) => value.replace(/~/, '=~'), tokens), 'malformed']
  ])
})
