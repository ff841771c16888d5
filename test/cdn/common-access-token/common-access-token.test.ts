import { createPublicKey, sign } from 'node:crypto'
import t from 'tap'
import {
  commonAccessToken,
  type CommonAccessTokenOptions
} from '../../../src/cdn/common-access-token/common-access-token.js'
import type { CommonAccessTokenKey } from '../../../src/cdn/common-access-token/key.js'
import type { Cdn, CdnGrant } from '../../../src/cdn/cdn.js'
import { decodeCbor } from '../../../src/cdn/format/cbor-reader.js'
import { readCose, verifyCose } from '../../../src/cdn/format/cose.js'
import { ecPkcs8, ecPublic, rsaPkcs8, rsaPublic } from '../../fixtures/keys.js'

const url = 'https://media.example.com'
const issuer = 'https://api.example.com'
const secret = Buffer.alloc(32, 7)
const key = secret.toString('base64url')
const end = 1_800_000_000
const id = Buffer.alloc(16, 9).toString('base64url')
const course: CdnGrant = { paths: ['/courses/42/*'], expiresAt: end }
const issued = { ...course, issuedAt: end - 600, revocationId: id }

type Options = Partial<CommonAccessTokenOptions>

function make (
  options: Options = {}
): { cdn: Cdn<CommonAccessTokenKey>, key: CommonAccessTokenKey } {
  const cdn = commonAccessToken({ url, issuer, key, kid: 'k1', ...options } as never)
  return { cdn, key: cdn.parseKey((cdn.keys as readonly unknown[])[0]) }
}

const claimsIn = (token: string): Map<number, unknown> =>
  decodeCbor(readCose(Buffer.from(token, 'base64url'))!.payload) as Map<number, unknown>

t.test('takes the shorthand for one key entry', async (t) => {
  const { cdn } = make()
  t.match(cdn, {
    name: 'commonAccessToken',
    url,
    keys: [{ key, kid: 'k1' }],
    cookieNames: ['CTA-Common-Access-Token'],
    keyFields: { id: 'kid', key: 'key', publicKey: 'publicKey' }
  })
  t.strictSame(cdn.format, { issuer, cookieName: 'CTA-Common-Access-Token' })
  t.same(make({ cookieName: 'cat' }).cdn.cookieNames, ['cat'])
})

t.test('writes one cookie for each path, byte for byte', async (t) => {
  const { cdn, key } = make()
  const cookies = await cdn.sign(issued, key)
  t.same(cookies, [{
    name: 'CTA-Common-Access-Token',
    value: '2D3RhEOhAQWhBEJrMVhlpgF3aHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20EGmtJ0gAGGmtJz6gH' +
      'UAkJCQkJCQkJCQkJCQkJCQkZATYBGQE4ogGhAHFtZWRpYS5leGFtcGxlLmNvbQOhAWwvY291' +
      'cnNlcy80Mi9YINr230ZTCtRYauIYgtsnBG0wSHHPSmuAPtvB1qwc2BT9',
    path: '/courses/42/'
  }])
  const grant = { ...issued, paths: ['/a.png', '/b/*'] }
  t.same(cdn.plan(grant), ['/a.png', '/b/'])
  t.same((await cdn.sign(grant, key)).map(({ path }) => path), ['/a.png', '/b/'])
})

t.test('viewers with equal grants share one token, and ids and times part them', async (t) => {
  const { cdn, key } = make()
  const valueOf = async (grant: CdnGrant): Promise<string> => (await cdn.sign(grant, key))[0]!.value
  t.equal(await valueOf(course), await valueOf({ ...course }))
  const values = [course, issued, { ...issued, revocationId: 'A'.repeat(22) }, {
    ...issued,
    issuedAt: end - 599
  }]
  t.equal(new Set(await Promise.all(values.map(valueOf))).size, 4)
  t.same(claimsIn(await valueOf(issued)).get(7), Buffer.alloc(16, 9))
})

t.test('takes as many bytes as it is said to', async (t) => {
  const sizes = async (options: Options): Promise<number> => {
    const { cdn, key } = make(options)
    return (await cdn.sign(issued, key))[0]!.value.length
  }
  t.equal(await sizes({}), 200)
  t.equal(await sizes({ key: ecPkcs8 }), 243)
  t.equal(await sizes({ key: rsaPkcs8 }), 502)
})

t.test('refuses grants that would meet in one request, and long paths', async (t) => {
  const { cdn, key } = make()
  t.throws(() => cdn.plan({ ...course, paths: ['/*', '/a/*'] }), {
    code: 'CDN_ACCESS_PATH_OVERLAP'
  })
  const longest = (length: number): CdnGrant => ({ ...issued, paths: [`/${'a'.repeat(length)}`] })
  const long = { code: 'CDN_ACCESS_PATH_UNSUPPORTED', message: /more than 1024 bytes/ }
  const short = make({ kid: 'k' })
  t.equal((await short.cdn.sign(longest(883), short.key))[0]!.value.length, 1366)
  t.throws(() => short.cdn.plan(longest(884)), long)
  cdn.plan(longest(883))
  await t.rejects(cdn.sign(longest(883), key), long, 'the id of the key takes a byte more')
  const rsa = make({ key: rsaPkcs8 })
  rsa.cdn.plan(longest(800))
  await t.rejects(rsa.cdn.sign(longest(800), rsa.key), long)
})

t.test('signs a URL, for its path or its scope', async (t) => {
  const { cdn, key } = make({ queryName: 'token' })
  const signed = await cdn.signUrl!({ path: '/a.png', query: 'w=1' }, {
    ...issued,
    paths: ['/a.png']
  }, key)
  t.match(signed, /^https:\/\/media\.example\.com\/a\.png\?w=1&token=2D3R[\w-]+$/)
  const bare = await make().cdn.signUrl!({ path: '/courses/42/a', query: '' }, issued, key)
  t.match(bare, /^https:\/\/media\.example\.com\/courses\/42\/a\?CAT=2D3R[\w-]+$/)
  await t.rejects(cdn.signUrl!({ path: '/a', query: 'b&token' }, course, key), {
    code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
    message: /its query has a parameter "token" of its own, which the edge reads/
  })
  await t.rejects(cdn.signUrl!({ path: '/a', query: '' }, { ...course, ip: '192.0.2.1' }, key), {
    code: 'CDN_ACCESS_GRANT_UNSUPPORTED'
  })
  t.throws(() => cdn.planUrl!({ ...course, ip: '192.0.2.1' }), {
    code: 'CDN_ACCESS_GRANT_UNSUPPORTED'
  })
})

t.test('lets the edge renew only where that was asked for', async (t) => {
  const renewAtEdgeWithoutRevocation = { seconds: 300, before: 30 }
  const { cdn, key } = make({ renewAtEdgeWithoutRevocation, cookieName: 'cat' })
  t.match(cdn.format, { renewAtEdgeWithoutRevocation })
  const [{ value } = { value: '' }] = await cdn.sign(issued, key)
  t.same(
    claimsIn(value).get(323),
    new Map<number, unknown>([
      [0, 1],
      [1, 300],
      [2, 30],
      [3, 'cat'],
      [5, ['Path=/courses/42/', 'Secure', 'HttpOnly']]
    ])
  )
  const request = {
    method: 'GET',
    url: '/courses/42/a',
    cookies: [['cat', value]] as const,
    now: end - 1
  }
  t.ok((await cdn.check(request, [key])).allowed)
  t.notOk((await make({ cookieName: 'cat' }).cdn.check(request, [key])).allowed)
})

t.test('refuses options by name', async (t) => {
  const refuses = (options: object, field: string): void => {
    t.throws(() => make(options), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: new RegExp(`^Option "${field}" must be `)
    }, field)
  }
  for (const odd of [undefined, '', 7, 'a'.repeat(257), '\ud800']) {
    refuses({ issuer: odd }, 'issuer')
  }
  for (const odd of ['', 'a b', 'a=b', 7]) refuses({ queryName: odd }, 'queryName')
  for (const odd of ['', '__Host-a']) refuses({ cookieName: odd }, 'cookieName')
  refuses({ renewAtEdgeWithoutRevocation: 7 }, 'renewAtEdgeWithoutRevocation')
})

t.test('signs with a key elsewhere, off the event loop and inline', async (t) => {
  const outside = {
    publicKey: ecPublic,
    sign: (data: Uint8Array) => sign('sha256', data, ecPkcs8)
  }
  const publicKeys = { ES256: createPublicKey(ecPublic), PS256: createPublicKey(rsaPublic) }
  for (const given of [outside, ecPkcs8, rsaPkcs8]) {
    const { cdn, key } = make({ key: given })
    const [{ value } = { value: '' }] = await cdn.sign(issued, key)
    const algorithm = key.algorithm as keyof typeof publicKeys
    const message = readCose(Buffer.from(value, 'base64url'))!
    t.ok(verifyCose(message, algorithm, publicKeys[algorithm]))
  }
})
