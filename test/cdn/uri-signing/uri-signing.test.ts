import { decodeJwt, SignJWT } from 'jose'
import t from 'tap'
import type { CdnGrant } from '../../../src/cdn/cdn.js'
import { uriSigning, type UriSigningOptions } from '../../../src/cdn/uri-signing/uri-signing.js'

const url = 'https://media.example.com'
const issuer = 'https://api.example.com'
const secret = Buffer.alloc(32, 7)
const key = { kty: 'oct', kid: 'one', k: secret.toString('base64url') }
const end = 1_800_000_000
const course: CdnGrant = { paths: ['/courses/42/*'], expiresAt: end }
const renew = 'renewAtEdgeWithoutRevocation'
const everything: CdnGrant = { paths: ['/*'], expiresAt: end }

function make (options: Partial<UriSigningOptions> = {}) {
  const cdn = uriSigning({ url, issuer, key, ...options } as UriSigningOptions)
  return { cdn, key: cdn.parseKey({ key }) }
}

async function claimsOf (options: Partial<UriSigningOptions>, grant: CdnGrant): Promise<unknown> {
  const { cdn, key } = make(options)
  cdn.plan(grant)
  return decodeJwt((await cdn.sign(grant, key))[0]!.value)
}

t.test('takes the shorthand for one key entry', async (t) => {
  const { cdn } = make({ kid: 'two' })
  t.match(cdn, {
    name: 'uriSigning',
    url,
    keys: [{ key, kid: 'two' }],
    cookieNames: ['URISigningPackage']
  })
  t.same(cdn.format, { issuer, verifier: 'rfc9246', cookieName: 'URISigningPackage', claims: {} })
})

t.test('writes one cookie, byte for byte', async (t) => {
  const { cdn, key } = make()
  t.same(cdn.plan(course), ['/courses/42/'])
  t.same(await cdn.sign(course, key), [{
    name: 'URISigningPackage',
    value: 'eyJhbGciOiJIUzI1NiIsImtpZCI6Im9uZSJ9.' +
      'eyJpc3MiOiJodHRwczovL2FwaS5leGFtcGxlLmNvbSIsImV4cCI6MTgwMDAwMDAwMCwiY2RuaXYiOjEsImNk' +
      'bml1YyI6InJlZ2V4Ol5odHRwczovL21lZGlhXFwuZXhhbXBsZVxcLmNvbS9jb3Vyc2VzLzQyLy4qJCJ9.' +
      'pOUx9lAcEx1a3o3ohrrN2Nnu72OjbNw_S6sVTHPOjkM',
    path: '/courses/42/'
  }])
})

t.test('writes what jose writes', async (t) => {
  const { cdn, key } = make()
  const wanted = await new SignJWT({
    iss: issuer,
    exp: end,
    cdniv: 1,
    cdniuc: 'regex:^https://media\\.example\\.com/courses/42/.*$'
  }).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret)
  t.equal((await cdn.sign(course, key))[0]!.value, wanted)
})

t.test('writes every claim, and several paths into one cookie', async (t) => {
  const grant: CdnGrant = {
    paths: ['/courses/42/*', '/courses/a.png'],
    expiresAt: end,
    notBefore: 1_799_999_000,
    claims: { plan: 'gold', tier: 2 }
  }
  t.same(await claimsOf({ audience: 'edge', claims: { plan: 'basic', site: 'a' } }, grant), {
    plan: 'gold',
    site: 'a',
    tier: 2,
    iss: issuer,
    aud: 'edge',
    exp: end,
    nbf: 1_799_999_000,
    cdniv: 1,
    cdniuc: 'regex:^https://media\\.example\\.com(/courses/42/.*|/courses/a\\.png)$'
  })
  t.same(make().cdn.plan(grant), ['/courses/'])
})

t.test('lets the edge renew only where that was asked for', async (t) => {
  t.match(
    await claimsOf({ renewAtEdgeWithoutRevocation: { seconds: '5m', segments: 2 } }, course),
    { cdniets: 300, cdnistt: 1, cdnistd: 2 }
  )
  t.match(await claimsOf({ renewAtEdgeWithoutRevocation: { seconds: 30 } }, course), {
    cdniets: 30,
    cdnistt: 1,
    cdnistd: 0
  })
  t.notMatch(await claimsOf({}, course), { cdniets: Number })
  t.match(make({ renewAtEdgeWithoutRevocation: { seconds: 30 } }).cdn.format, {
    cdniets: 30,
    cdnistt: 1,
    cdnistd: 0
  })
})

t.test('writes a plain JWT for verifiers that ignore paths', async (t) => {
  const plain = { verifier: 'jwt', audience: 'edge', claims: { sub: 'u7' } } as const
  t.same(await claimsOf(plain, everything), { sub: 'u7', iss: issuer, aud: 'edge', exp: end })
  t.same(make(plain).cdn.cookieNames, ['cdn_access_token'])
  t.same(make({ ...plain, cookieName: 'nf_jwt' }).cdn.cookieNames, ['nf_jwt'])
  t.equal(make(plain).cdn.signUrl, undefined)
  t.throws(() => make(plain).cdn.plan(course), {
    code: 'CDN_ACCESS_PATH_UNSUPPORTED',
    message: 'The CDN "uriSigning" can\'t hold the path "/courses/42/*": ' +
      'the verifier "jwt" does not look at paths, so the token opens all of the CDN. ' +
      'Grant "/*", or use an edge with the verifier "rfc9246"'
  })
})

t.test('signs a URL, exact with its query or for its scope', async (t) => {
  const { cdn, key } = make()
  const patternOf = (signed: string): unknown =>
    decodeJwt(/URISigningPackage=(.*)$/.exec(signed)![1]!)['cdniuc']
  const exact = await cdn.signUrl!({ path: '/img/a.png', query: 'w=1&h=2' }, {
    paths: ['/img/a.png'],
    expiresAt: end
  }, key)
  t.match(exact, /^https:\/\/media\.example\.com\/img\/a\.png\?w=1&h=2&URISigningPackage=/)
  t.equal(patternOf(exact), 'regex:^https://media\\.example\\.com/img/a\\.png\\?w=1&h=2$')
  const scoped = await cdn.signUrl!({ path: '/courses/42/a.mp4', query: '' }, course, key)
  t.match(scoped, /^https:\/\/media\.example\.com\/courses\/42\/a\.mp4\?URISigningPackage=/)
  t.equal(patternOf(scoped), 'regex:^https://media\\.example\\.com/courses/42/.*$')
  await t.rejects(
    cdn.signUrl!({ path: '/a', query: 'b=%20' }, { paths: ['/a'], expiresAt: end }, key),
    {
      code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
      message: 'The CDN "uriSigning" can\'t sign this URL: ' +
        'its query holds percent-encoding, which edges undo in different ways before they ' +
        'compare. Grant the folder, or sign without the query'
    }
  )
})

t.test('names no key that has no id', async (t) => {
  const { cdn } = make()
  const [cookie] = await cdn.sign(course, cdn.parseKey({ key: { ...key, kid: undefined } }))
  t.equal(Buffer.from(cookie!.value.split('.')[0]!, 'base64url').toString(), '{"alg":"HS256"}')
})

t.test('refuses paths whose encoding edges read differently', async (t) => {
  for (const path of ['/caf%C3%A9/*', '/a%20b', '/50%25', '/a%40b']) {
    t.throws(() => make().cdn.plan({ paths: ['/ok/*', path], expiresAt: end }), {
      code: 'CDN_ACCESS_PATH_UNSUPPORTED',
      message: `The CDN "uriSigning" can't hold the path "${path}": ` +
        'it holds percent-encoding, which edges undo in different ways before they compare, ' +
        'so that two names could become one. ' +
        'Use names of A-Z a-z 0-9 - . _ ~, or grant the folder above'
    })
  }
  t.same(make().cdn.plan({ paths: ['/a%7Eb/*'], expiresAt: end }), ['/a%7Eb/'])
})

t.test('refuses grants that a token can\'t hold', async (t) => {
  t.throws(() => make().cdn.plan({ ...course, ip: '192.0.2.7' }), {
    code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
    message: 'The CDN "uriSigning" can\'t hold "ip" of a grant: ' +
      'Traffic Server refuses tokens with cdniip, and other verifiers ignore it. Leave it out'
  })
  const claimsOfJwt = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']
  const claimsOfCdni = ['cdniv', 'cdnicrit', 'cdniip', 'cdniuc', 'cdniets', 'cdnistt', 'cdnistd']
  for (const claim of [...claimsOfJwt, ...claimsOfCdni]) {
    t.throws(() => make().cdn.plan({ ...course, claims: { [claim]: 1 } }), {
      code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
      message: `The CDN "uriSigning" can't hold "claims.${claim}" of a grant: ` +
        'the format itself sets or forbids it. Use another name'
    })
  }
})

t.test('refuses for a signed URL what it refuses for a cookie', async (t) => {
  const { cdn, key } = make({ renewAtEdgeWithoutRevocation: { seconds: 5 } })
  for (
    const [limits, part] of [
      [{ ip: '192.0.2.7' }, 'ip'],
      [{ claims: { cdniets: 60 } }, 'claims.cdniets'],
      [{ claims: { cdnistt: 1 } }, 'claims.cdnistt'],
      [{ claims: { exp: end * 2 } }, 'claims.exp'],
      [{ claims: { sub: 'u7' } }, 'claims.sub']
    ] as const
  ) {
    const grant = { ...course, ...limits }
    const wanted = {
      code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
      message: new RegExp(`can't hold "${part.replace('.', '\\.')}" of a grant`)
    }
    t.throws(() => cdn.plan(grant), wanted)
    await t.rejects(cdn.signUrl!({ path: '/courses/42/a.mp4', query: '' }, grant, key), wanted)
  }
  await t.rejects(
    cdn.signUrl!({ path: '/a%20b', query: '' }, { paths: ['/a%20b'], expiresAt: end }, key),
    { code: 'CDN_ACCESS_PATH_UNSUPPORTED' }
  )
})

t.test('never lets a claim stand in for one of the format\'s own', async (t) => {
  const { cdn, key } = make()
  t.match(decodeJwt((await cdn.sign({ ...course, claims: { exp: end * 2 } }, key))[0]!.value), {
    exp: end
  })
})

t.test('refuses options by name', async (t) => {
  for (
    const [options, option, rule] of [
      [{ verifier: 'ats' }, 'verifier', '"rfc9246" or "jwt"'],
      [{ issuer: '' }, 'issuer', 'a non-empty string'],
      [{ audience: 7 }, 'audience', 'a non-empty string, or left out'],
      [
        { verifier: 'jwt' },
        'audience',
        'a non-empty string with the verifier "jwt": ' +
        'without it, any token of this issuer would open the CDN'
      ],
      [{ claims: [] }, 'claims', 'an object that can be written as JSON'],
      [{ claims: null }, 'claims', 'an object that can be written as JSON'],
      [
        { claims: { sub: 'a' } },
        'claims',
        'without "sub", which the format itself sets or forbids'
      ],
      [
        { verifier: 'jwt', audience: 'a', claims: { exp: 1 } },
        'claims',
        'without "exp", which the format itself sets or forbids'
      ],
      [
        { cookieName: '__Host-a' },
        'cookieName',
        '1 to 64 of A-Z a-z 0-9 _ - . and not begin with __Host-, ' +
        'whose cookies reach one host alone'
      ],
      [{ [renew]: true }, renew, '{ seconds, segments }'],
      [{ [renew]: null }, renew, '{ seconds, segments }'],
      [{ [renew]: { seconds: 0 } }, `${renew}.seconds`, 'at least 1 second'],
      [
        { verifier: 'jwt', audience: 'a', [renew]: { seconds: 5 } },
        renew,
        'left out with the verifier "jwt", which renews nothing'
      ]
    ] as const
  ) {
    t.throws(() => make(options as unknown as Partial<UriSigningOptions>), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: `Option "${option}" must be ${rule}`
    })
  }
  t.throws(() => make({ aud: 'a' } as never), { code: 'CDN_ACCESS_OPTION_UNKNOWN' })
})

t.test('copies the claims that it was given', async (t) => {
  const claims = { plan: 'gold' }
  const { cdn, key } = make({ claims })
  claims.plan = 'changed'
  t.match(decodeJwt((await cdn.sign(course, key))[0]!.value), { plan: 'gold' })
})
