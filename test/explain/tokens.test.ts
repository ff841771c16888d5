import { createHash, createHmac } from 'node:crypto'
import t from 'tap'
import { akamai, nginx, uriSigning } from '../../src/index.js'
import { ecPkcs8 } from '../fixtures/keys.js'
import { changed, end, explains, now, signerOf, url, type Pairs } from '../fixtures/situations.js'

const key = '52a152a152a152a152a152a152a1aabb'
const edge = signerOf(akamai({ url, key }))
const salted = signerOf(akamai({ url, key, salt: 'salt' }))
const sha1 = signerOf(akamai({ url, key, algorithm: 'sha1' }))
const tokens = await edge.cookies()
const tokenWith = (change: (value: string) => string): { cookies: Pairs } => ({
  cookies: changed(tokens, '__token__', change)
})

/** A token of another signer, with a good HMAC over whatever it says. */
function tokenOf (fields: string, more = ''): { cookies: Pairs } {
  const hmac = createHmac('sha256', Buffer.from(key, 'hex')).update(fields + more).digest('hex')
  return { cookies: [['__token__', `${fields}~hmac=${hmac}`]] }
}

t.test('names what is wrong with a request to Akamai', async (t) => {
  await explains(t, edge.cdn, [
    ['no cookie at all', {}, 'cookies-none'],
    ['a preflight', { method: 'OPTIONS' }, 'preflight'],
    [
      'a token under another name',
      { cookies: tokens.map(([, value]) => ['hdnts', value]) },
      'other-kind'
    ],
    ['expired', { cookies: tokens, now: end }, 'expired'],
    [
      'not begun',
      edge.cookies({ notBefore: now + 9 }).then((cookies) => ({ cookies })),
      'not-begun'
    ],
    [
      'another address',
      edge.cookies({ ip: '192.0.2.7' }).then((cookies) => ({ cookies, ip: '192.0.2.8' })),
      'address-differs'
    ],
    [
      'an address that nobody told',
      edge.cookies({ ip: '192.0.2.7' }).then((cookies) => ({ cookies })),
      'address-unknown'
    ],
    ['another folder', { cookies: tokens, url: '/courses/43/a' }, 'path-outside'],
    [
      'a name that is spelled otherwise',
      edge.cookies({ paths: ['/u/O%27Neil/*'] }).then((cookies) => ({
        cookies,
        url: '/u/O\'Neil/a'
      })),
      'encoding-differs'
    ],
    ['another key', tokenWith((value) => value.replace(/hmac=../, 'hmac=00')), 'signature-wrong'],
    ['signed with SHA-1', sha1.cookies().then((cookies) => ({ cookies })), 'algorithm-differs'],
    ['signed without the salt', { cookies: tokens }, 'salt-differs', { cdn: salted.cdn }],
    ['encoded by a cookie library', tokenWith(encodeURIComponent), 'percent-encoded'],
    ['cut off', tokenWith((value) => value.slice(0, 20)), 'malformed'],
    ['a time as a float', tokenOf(`exp=${end}.5~acl=/*`), 'time-unreadable'],
    ['milliseconds', tokenOf(`exp=${end}000~acl=/*`), 'time-milliseconds'],
    ['no end', tokenOf('acl=/*'), 'end-missing'],
    ['a token of one URL', tokenOf(`exp=${end}`, '~url=/courses/42/b.mp4'), 'url-token'],
    ['sent twice, the old one first', { cookies: [['__token__', 'x'], ...tokens] }, 'sent-twice'],
    ['a dot segment', { cookies: tokens, url: '/courses/42/./a' }, 'path-ambiguous']
  ])
})

const ats = signerOf(uriSigning({ url, issuer: 'example', keys: [{ key: ecPkcs8, kid: 'k1' }] }))
const jwt = signerOf(
  uriSigning({
    url,
    issuer: 'example',
    key: ecPkcs8,
    verifier: 'jwt',
    audience: 'media',
    nbf: 'required'
  })
)
const packages = await ats.cookies()
const packageWith = (change: (value: string) => string): { cookies: Pairs } => ({
  cookies: changed(packages, 'URISigningPackage', change)
})

/** A token of another signer: its claims are looked at before its signature. */
function packageOf (
  claims: object,
  name = 'URISigningPackage',
  header: object = { alg: 'ES256' }
): { cookies: Pairs } {
  const parts = [header, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url')
  )
  return { cookies: [[name, `${parts.join('.')}.AAAA`]] }
}

t.test('names what is wrong with a request to an edge of URI Signing', async (t) => {
  const claims = { iss: 'example', exp: end, cdniv: 1, cdniuc: `regex:^${url}/.*$` }
  await explains(t, ats.cdn, [
    ['no cookie at all', {}, 'cookies-none'],
    ['a preflight', { method: 'OPTIONS' }, 'preflight'],
    ['a hash of nginx', {
      cookies: [['cdn_access_hash', 'a'.repeat(22)], ['cdn_access_expires', '1']]
    }, 'other-kind'],
    ['expired', { cookies: packages, now: end }, 'expired'],
    [
      'not begun',
      ats.cookies({ notBefore: now + 9 }).then((cookies) => ({ cookies })),
      'not-begun'
    ],
    ['another folder', { cookies: packages, url: '/courses/43/a' }, 'path-outside'],
    ['another issuer', packageOf({ ...claims, iss: 'other' }), 'issuer-differs'],
    ['another version', packageOf({ ...claims, cdniv: 2 }), 'claim-refused'],
    ['a claim that Traffic Server refuses', packageOf({ ...claims, jti: 'x' }), 'claim-refused'],
    ['no version', packageOf({ ...claims, cdniv: undefined }), 'version-missing'],
    ['no end', packageOf({ ...claims, exp: undefined }), 'claim-missing'],
    ['an end as text', packageOf({ ...claims, exp: String(end) }), 'time-unreadable'],
    ['an end in milliseconds', packageOf({ ...claims, exp: end * 1000 }), 'time-milliseconds'],
    ['a start as text', packageOf({ ...claims, nbf: 'x' }), 'time-unreadable'],
    ['nothing that it opens', packageOf({ ...claims, cdniuc: undefined }), 'claim-missing'],
    [
      'a key id that the edge lacks',
      packageOf(claims, undefined, { alg: 'ES256', kid: 'k9' }),
      'key-unknown'
    ],
    [
      'a changed signature',
      packageWith((value) => value.replace(/\.[^.]{4}([^.]*)$/, '.AAAA$1')),
      'signature-wrong'
    ],
    ['an audience that nobody asked for', packageOf({ ...claims, aud: 'x' }), 'signature-wrong'],
    ['encoded', packageWith((value) => value.replaceAll('.', '%2E')), 'percent-encoded'],
    ['padded', packageWith((value) => `${value}=`), 'base64-padding'],
    ['in standard base64', packageWith((value) => `${value}+`), 'base64-standard'],
    ['cut off', packageWith((value) => value.slice(0, 30)), 'malformed'],
    ['an encoded line end', { cookies: packages, url: '/courses/42/a%0a' }, 'path-ambiguous']
  ])
  const own = { iss: 'example', aud: 'media', exp: end, nbf: 1 }
  await explains(t, jwt.cdn, [
    [
      'no start where the edge asks for one',
      packageOf({ ...own, nbf: undefined }, 'cdn_access_token'),
      'claim-missing'
    ],
    ['another key', packageOf({ ...own, aud: 'other' }, 'cdn_access_token'), 'signature-wrong']
  ])
})

const secret = 'R8gWq2Jx0bXcVt5nKzLm3A'
const block = signerOf(nginx({ url, scope: '/courses/:id/', secret }))
const bound = signerOf(nginx({ url, scope: '/courses/:id/', secret, ip: true }))
const pairs = await block.cookies()
const hashed = (text: string, expires = String(end)): { cookies: Pairs } => ({
  cookies: [
    [
      'cdn_access_hash',
      createHash('md5').update(`${expires}${text} ${secret}`).digest('base64url')
    ],
    ['cdn_access_expires', expires]
  ]
})

t.test('names what is wrong with a request to nginx', async (t) => {
  await explains(t, block.cdn, [
    ['no cookie at all', {}, 'cookies-none'],
    ['a preflight', { method: 'OPTIONS' }, 'preflight'],
    ['one of the two', { cookies: pairs.slice(0, 1) }, 'credentials-incomplete'],
    ['no location for it', { cookies: pairs, url: '/img/a.png' }, 'scope-missing'],
    ['expired', { cookies: pairs, now: end }, 'expired'],
    ['another folder', { cookies: pairs, url: '/courses/43/a' }, 'signature-wrong'],
    [
      'a changed end',
      { cookies: changed(pairs, 'cdn_access_expires', () => String(end + 9)) },
      'signature-wrong'
    ],
    ['a hash of the file', hashed('/courses/42/a.mp4'), 'hash-of-other'],
    ['a hash of the folder above', hashed('/courses/'), 'hash-of-other'],
    ['a hash of the folder without its slash', hashed('/courses/42'), 'hash-of-other'],
    ['milliseconds', hashed('/courses/42/', `${end}000`), 'time-milliseconds'],
    ['an end that is no number', hashed('/courses/42/', 'soon'), 'time-unreadable'],
    ['standard base64', {
      cookies: changed(pairs, 'cdn_access_hash', (value) => `+${value.slice(1)}`)
    }, 'base64-standard'],
    ['padded', {
      cookies: changed(pairs, 'cdn_access_hash', (value) => `${value.replace(/[_-]/g, 'a')}==`)
    }, 'base64-padding'],
    [
      'encoded',
      { cookies: changed(pairs, 'cdn_access_hash', (value) => `${value}%3D%3D`) },
      'percent-encoded'
    ],
    [
      'cut off',
      { cookies: changed(pairs, 'cdn_access_hash', (value) => value.slice(2)) },
      'malformed'
    ],
    [
      'sent twice, the old one first',
      { cookies: [['cdn_access_hash', 'a'.repeat(22)], ...pairs] },
      'sent-twice'
    ]
  ])
  await explains(t, bound.cdn, [
    ['an address that nobody told', { cookies: pairs }, 'address-unknown'],
    [
      'another address',
      bound.cookies({ ip: '192.0.2.7' }).then((cookies) => ({ cookies, ip: '192.0.2.8' })),
      'signature-wrong'
    ]
  ])
})
