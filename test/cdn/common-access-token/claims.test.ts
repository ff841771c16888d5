import { decode } from 'cborg'
import t from 'tap'
import {
  claimsOf,
  pathMatchOf,
  type TokenScope
} from '../../../src/cdn/common-access-token/claims.js'
import type { CdnGrant } from '../../../src/cdn/cdn.js'

const scope: TokenScope = { issuer: 'api', host: 'media.example.com' }
const grant: CdnGrant = { paths: ['/a/*'], expiresAt: 1_800_000_000 }
const id = Buffer.alloc(16, 9).toString('base64url')
const read = (bytes: Buffer): Map<number, unknown> => decode(bytes, { useMaps: true }) as never

t.test('writes the claims in their order, byte for byte', async (t) => {
  const full = { ...grant, issuedAt: 1_799_999_000, notBefore: 1_799_999_500, revocationId: id }
  t.equal(
    claimsOf(full, '/a/*', scope).toString('hex'),
    `a70163617069041a6b49d200051a6b49d00c061a6b49ce180750${'09'.repeat(16)}19013601` +
      '190138a201a100716d656469612e6578616d706c652e636f6d03a101632f612f'
  )
})

t.test('an exact path is one, and what ends in a star is a beginning', async (t) => {
  t.same(pathMatchOf('/a.png'), { kind: 'exact', path: '/a.png' })
  t.same(pathMatchOf('/*'), { kind: 'prefix', path: '/' })
  t.same(pathMatchOf('/a/b*'), { kind: 'prefix', path: '/a/b' })
  t.same(
    read(claimsOf(grant, '/a.png', scope)).get(312),
    new Map([
      [1, new Map([[0, 'media.example.com']])],
      [3, new Map([[0, '/a.png']])]
    ])
  )
})

t.test('without an issue time it is of 1970, and without an id it has one of its claims', async (t) => {
  const claims = read(claimsOf(grant, '/a/*', scope))
  t.equal(claims.get(6), 0)
  t.equal((claims.get(7) as Uint8Array).length, 16)
  t.same(claimsOf(grant, '/a/*', scope), claimsOf({ ...grant }, '/a/*', { ...scope }))
  const others = [
    claimsOf({ ...grant, expiresAt: 1 }, '/a/*', scope),
    claimsOf(grant, '/b/*', scope),
    claimsOf({ ...grant, issuedAt: 7 }, '/a/*', scope),
    claimsOf(grant, '/a/*', { ...scope, issuer: 'b' })
  ].map((bytes) => Buffer.from(read(bytes).get(7) as Uint8Array).toString('hex'))
  t.equal(new Set([...others, Buffer.from(claims.get(7) as Uint8Array).toString('hex')]).size, 5)
})

t.test('carries renewal where the edge shall renew', async (t) => {
  const renewal = (path: string): Map<number, string> => new Map([[0, path]])
  t.same(read(claimsOf(grant, '/a/*', { ...scope, renewal })).get(323), new Map([[0, '/a/*']]))
  t.notOk(read(claimsOf(grant, '/a/*', scope)).has(323))
})
