import t from 'tap'
import type { CdnGrant } from '../../src/cdn/cdn.js'
import type { AccessCdn, CookieAttributes } from '../../src/cookies/cookies.js'
import { fingerprintOf } from '../../src/access/fingerprint.js'
import { media } from '../fixtures/server.js'

const attributes: CookieAttributes = {
  domain: 'example.com',
  sameSite: 'lax',
  secure: true,
  httpOnly: true,
  partitioned: false,
  lifetime: 'ttl'
}
const target: AccessCdn = { cdn: media(), attributes }

function fingerprint (grant: Omit<CdnGrant, 'expiresAt'>, own = target): string {
  return fingerprintOf([{ target: own, grant }])
}

t.test('is 96 bits of base64url, the same on every machine', async (t) => {
  t.equal(fingerprint({ paths: ['/a'] }), 'I1_ZeiC8TVHB07aG')
})

t.test('does not depend on the order of keys', async (t) => {
  t.equal(
    fingerprint({ paths: ['/a'], claims: { a: 1, b: { c: 2, d: 3 } } }),
    fingerprint({ claims: { b: { d: 3, c: 2 }, a: 1 }, paths: ['/a'] })
  )
})

t.test('changes with all that decides what is signed and set', async (t) => {
  const grant = { paths: ['/a'] }
  const all = [
    fingerprint(grant),
    fingerprint({ paths: ['/a', '/b'] }),
    fingerprint({ paths: ['/a,/b'] }),
    fingerprint({ paths: ['/a","/b'] }),
    fingerprint({ paths: ['/a'], notBefore: 1 }),
    fingerprint({ paths: ['/a'], ip: '203.0.113.7' }),
    fingerprint({ paths: ['/a'], claims: {} }),
    fingerprint({ paths: ['/a'], claims: { a: 1 } }),
    fingerprint({ paths: ['/a'], claims: { a: '1' } }),
    fingerprint({ paths: ['/a'], claims: { a: ['1', '2'] } }),
    fingerprint({ paths: ['/a'], claims: { a: ['2', '1'] } }),
    ...[{ name: 'other' }, { url: 'https://files.example.com' }, { policy: 'canned' as const }, {
      hash: 'SHA1' as const
    }].map((more) => fingerprint(grant, { ...target, cdn: media(more) })),
    ...[
      { domain: undefined },
      { domain: 'media.example.com' },
      { sameSite: 'none' },
      { secure: false },
      { httpOnly: false },
      { partitioned: true },
      { lifetime: 'session' }
    ].map((more) =>
      fingerprint(grant, {
        ...target,
        attributes: { ...attributes, ...more } as CookieAttributes
      })
    ),
    fingerprintOf([{ target, grant }, {
      target: { ...target, cdn: media({ name: 'other' }) },
      grant
    }]),
    fingerprintOf([])
  ]
  t.equal(new Set(all).size, all.length)
})

t.test('does not change with the keys', async (t) => {
  t.equal(
    fingerprint({ paths: ['/a'] }, { ...target, cdn: media({ keyPairId: 'K2' }) }),
    fingerprint({ paths: ['/a'] })
  )
})
