import t from 'tap'
import { akamai, type AkamaiOptions } from '../../../src/cdn/akamai/akamai.js'
import type { CdnGrant } from '../../../src/cdn/cdn.js'
import { secretIdentity } from '../../../src/keys/secret-key.js'

const url = 'https://media.example.com'
const key = '000102030405060708090a0b0c0d0e0f'
const end = 1_800_000_000
const course: CdnGrant = { paths: ['/courses/42/*'], expiresAt: end }

function make (options: Partial<AkamaiOptions> = {}) {
  const cdn = akamai({ url, key, ...options } as AkamaiOptions)
  return { cdn, key: cdn.parseKey({ key }) }
}

t.test('takes the shorthand for one key entry', async (t) => {
  const { cdn } = make()
  t.match(cdn, {
    name: 'akamai',
    url,
    cookieNames: ['__token__'],
    keys: [{ key }],
    format: { cookieName: '__token__', algorithm: 'sha256' }
  })
})

t.test('keeps the salt itself out of what decides a fingerprint', async (t) => {
  t.same(make({ salt: 'pinch' }).cdn.format, {
    cookieName: '__token__',
    algorithm: 'sha256',
    salt: secretIdentity(Buffer.from('pinch'))
  })
})

t.test('writes one cookie', async (t) => {
  const { cdn, key } = make()
  t.same(cdn.plan(course), ['/courses/42/'])
  t.same(await cdn.sign(course, key), [{
    name: '__token__',
    value: 'exp=1800000000~acl=/courses/42/*~' +
      'hmac=f18a9b31782aa00c3bad9822881ca34f35be579ddf8e52d963de0aacb04a9be5',
    path: '/courses/42/'
  }])
})

t.test('writes all fields, several paths and patterns into one cookie', async (t) => {
  const { cdn, key } = make({ cookieName: 'hdnts', salt: 'pinch' })
  const grant: CdnGrant = {
    paths: ['/courses/42/*', '/courses/a?/*.m3u8'],
    expiresAt: end,
    notBefore: 1_799_999_000,
    ip: '192.0.2.7',
    claims: { data: 'plan=gold, é&+~', id: 'u/7' }
  }
  t.same(cdn.plan(grant), ['/courses/'])
  t.same(await cdn.sign(grant, key), [{
    name: 'hdnts',
    value:
      'ip=192.0.2.7~st=1799999000~exp=1800000000~acl=/courses/42/*!/courses/a?/*.m3u8~id=u/7~' +
      'data=plan=gold%2c%20%c3%a9%26%2b%7e~' +
      'hmac=3a4cc4e2c0c4a16007594792ebcd43acedc42942529be86caefc9a546f6948bb',
    path: '/courses/'
  }])
})

t.test('signs a URL with a token for its scope', async (t) => {
  const { cdn, key } = make()
  const token = 'exp=1800000000~acl=/courses/42/*~' +
    'hmac=f18a9b31782aa00c3bad9822881ca34f35be579ddf8e52d963de0aacb04a9be5'
  t.equal(
    await cdn.signUrl!({ path: '/courses/42/a.mp4', query: '' }, course, key),
    `${url}/courses/42/a.mp4?__token__=${token}`
  )
  t.equal(
    await cdn.signUrl!({ path: '/courses/42/a.mp4', query: 'a=b' }, course, key),
    `${url}/courses/42/a.mp4?a=b&__token__=${token}`
  )
})

t.test('refuses a URL whose scope would cut the query parameter', async (t) => {
  const { cdn, key } = make()
  for (const path of ['/a&b', '/a+b']) {
    await t.rejects(cdn.signUrl!({ path, query: '' }, { paths: [path], expiresAt: end }, key), {
      code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
      message: 'The CDN "akamai" can\'t sign this URL: ' +
        `the path "${path}" holds "&" or "+", which would cut the query parameter. ` +
        'Grant the folder above it'
    })
  }
})

t.test('signs no URL of what a cookie could not hold', async (t) => {
  const { cdn, key } = make()
  const refuses = async (grant: object, code: string, path = '/u/1/a'): Promise<void> => {
    const whole = { paths: [path], expiresAt: end, ...grant }
    await t.rejects(cdn.signUrl!({ path, query: '' }, whole, key), { code }, JSON.stringify(grant))
    t.throws(() => cdn.planUrl!(whole), { code })
  }
  for (const path of ['/u/1/x!/u/2/secret.png', '/u/1/x~exp=9999999999', '/u/1/%2A']) {
    await refuses({}, 'CDN_ACCESS_PATH_UNSUPPORTED', path)
  }
  await refuses({ ip: '192.0.2.0/24' }, 'CDN_ACCESS_GRANT_UNSUPPORTED')
  await refuses({ claims: { role: 'a' } }, 'CDN_ACCESS_GRANT_UNSUPPORTED')
  await refuses({ claims: { id: 7 } }, 'CDN_ACCESS_GRANT_UNSUPPORTED')
})

t.test('signs no URL that has a token\'s parameter already', async (t) => {
  const { cdn, key } = make()
  for (const query of ['__token__=a', 'a=b&__token__', '__token__=a&b']) {
    await t.rejects(cdn.signUrl!({ path: '/courses/42/a.mp4', query }, course, key), {
      code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
      message: /a parameter "__token__" of its own, which the CDN reads\. Give it another name$/
    })
  }
  t.match(
    await cdn.signUrl!({ path: '/courses/42/a.mp4', query: 'a__token__=1' }, course, key),
    /\?a__token__=1&__token__=exp=/
  )
})

t.test('refuses paths that a token can\'t hold or would widen', async (t) => {
  for (
    const [path, odd] of [
      ['/a!b', '"!"'],
      ['/a~b', '"~"'],
      ['/a,b', '","'],
      ['/a%21b', '"!" percent-encoded'],
      ['/a%7eb', '"~" percent-encoded'],
      ['/a%2Ab', '"*" percent-encoded'],
      ['/a%3Fb', '"?" percent-encoded']
    ] as const
  ) {
    t.throws(() => make().cdn.plan({ paths: ['/ok/*', path], expiresAt: end }), {
      code: 'CDN_ACCESS_PATH_UNSUPPORTED',
      message: `The CDN "akamai" can't hold the path "${path}": ` +
        `it holds ${odd}, which separates fields or paths of a token, is a wildcard there, ` +
        'or is no cookie octet. Use names without it, or grant the folder above'
    })
  }
})

t.test('refuses grants that a token can\'t hold', async (t) => {
  const noText = 'it must be a non-empty well-formed string'
  for (
    const [more, part, why] of [
      [
        { ip: '192.0.2.0/24' },
        'ip',
        'a token holds one address and no range. Give a single address'
      ],
      [
        { claims: { role: 'a' } },
        'claims.role',
        'a token has "id" and "data" alone. Put it into "data"'
      ],
      [{ claims: { id: 7 } }, 'claims.id', noText],
      [{ claims: { data: '' } }, 'claims.data', noText],
      [{ claims: { data: '\ud800' } }, 'claims.data', noText]
    ] as const
  ) {
    t.throws(() => make().cdn.plan({ ...course, ...more }), {
      code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
      message: `The CDN "akamai" can't hold "${part}" of a grant: ${why}`
    })
  }
})

t.test('never signs what is no cookie value, even where nobody asked plan', async (t) => {
  const { cdn, key } = make()
  await t.rejects(cdn.sign({ paths: ['/a,b'], expiresAt: end }, key), {
    code: 'CDN_ACCESS_COOKIE_VALUE_INVALID'
  })
})

t.test('reads a key entry', async (t) => {
  const parsed = make().cdn.parseKey({
    key: key.toUpperCase(),
    notBefore: 5,
    notAfter: new Date(9_000)
  })
  const identity = secretIdentity(Buffer.from(key, 'hex'))
  t.match(parsed, { id: identity.slice(0, 8), identity, canSign: true, notBefore: 5, notAfter: 9 })
})

t.test('refuses keys that can be guessed or that the vendor\'s library cuts short', async (t) => {
  for (const bad of ['', key.slice(2), `${key}f`, `${key.slice(1)}g`, `0x${key}`, 7, undefined]) {
    t.throws(() => make().cdn.parseKey({ key: bad }), {
      code: 'CDN_ACCESS_KEY_SECRET_INVALID',
      message:
        '"key" must be hexadecimal, an even number of digits and at least 32 of them (128 bits): ' +
        'the property\'s key as it stands there'
    })
  }
  t.throws(() => make().cdn.parseKey({ key, keyName: 'a' }), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID'
  })
})

t.test('refuses options by name', async (t) => {
  for (
    const [options, message] of [
      [{ algorithm: 'sha512' }, 'Option "algorithm" must be "sha256", "sha1" or "md5"'],
      [{ salt: '' }, 'Option "salt" must be a non-empty string, or left out'],
      [{ salt: 7 }, 'Option "salt" must be a non-empty string, or left out'],
      [
        { cookieName: 'a b' },
        'Option "cookieName" must be 1 to 64 of A-Z a-z 0-9 _ - . and ' +
        'not begin with __Host-, whose cookies reach one host alone'
      ]
    ] as const
  ) {
    t.throws(() => make(options as unknown as Partial<AkamaiOptions>), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message
    })
  }
  t.throws(() => make({ window: 5 } as Partial<AkamaiOptions>), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN'
  })
})
