import t from 'tap'
import type { CdnGrant, UrlToSign } from '../../src/cdn/cdn.js'
import { addressInRange } from '../../src/cdn/format/address.js'
import { matchesWildcard } from '../../src/cdn/format/wildcard.js'
import { breachOf, type Break, type Decisions, type TokenKey } from '../fixtures/token-cdn.js'

const course = { grants: [{ paths: ['/courses/42/*'] }] }

/** The breach of a CDN that signs something else than it was given. */
function signing (signed: Decisions['signed']): Promise<string> {
  return breachOf({ decisions: { signed } }, course)
}

/** A CDN that refuses a part of a grant where it plans. */
function refusing (part: (grant: CdnGrant) => unknown): Break {
  return {
    members: ({ plan, signUrl }) => ({
      plan: (grant: CdnGrant) => {
        if (part(grant)) throw new TypeError('no room')
        return plan(grant)
      },
      signUrl: async (url: UrlToSign, grant: CdnGrant, key: TokenKey) => {
        if (part(grant)) throw new TypeError('no room')
        return signUrl!(url, grant, key)
      }
    }),
    decisions: { signed: ({ paths, expiresAt }) => ({ paths, expiresAt }) }
  }
}

t.test('takes a refusal of each part', async (t) => {
  const bare = refusing(({ ip, notBefore, claims }) => ip ?? notBefore ?? claims)
  t.equal(await breachOf(bare, course), 'none')
  const folders = refusing(({ paths, ip, notBefore, claims }) =>
    ip ?? notBefore ?? claims ?? (paths.length > 1 || !paths[0]!.endsWith('/*'))
  )
  t.equal(await breachOf(folders, course), 'none')
})

t.test('names a start that is dropped', async (t) => {
  t.equal(
    await signing((grant) => ({ ...grant, notBefore: undefined })),
    '"check" allows access that has not begun: /courses/42/film.bin with the cookies of ' +
      '{"paths":["/courses/42/*"],"notBefore":1800003600}'
  )
})

t.test('names an address that is dropped or widened', async (t) => {
  t.equal(
    await signing((grant) => ({ ...grant, ip: undefined })),
    '"check" allows another address, or one that is not known: /courses/42/film.bin with the ' +
      'cookies of {"paths":["/courses/42/*"],"ip":"192.0.2.7"}'
  )
  const admitting = (admits: Decisions['admits']): Promise<string> =>
    breachOf({ decisions: { admits } }, course)
  t.equal(
    await admitting((ip, address = '') =>
      addressInRange(address, ip.replace(/^([\d.]+)$/, '$1/24'))
    ),
    '"check" allows the address 192.0.2.6 for {"paths":["/courses/42/*"],"ip":"192.0.2.7"}'
  )
  t.equal(
    await admitting((ip, address = '') => addressInRange(address, ip.replace('/28', '/24'))),
    '"check" allows the address 192.0.2.15 for {"paths":["/courses/42/*"],"ip":"192.0.2.16/28"}'
  )
  t.equal(
    await admitting((ip, address = '') => ip.split('/')[0] === address),
    '"check" refuses the address 192.0.2.31 for {"paths":["/courses/42/*"],"ip":"192.0.2.16/28"}'
  )
  t.equal(
    await admitting((ip, address = '') => addressInRange(address, ip.replace('/120', '/64'))),
    '"check" allows the address 2001:db8::ff for ' +
      '{"paths":["/courses/42/*"],"ip":"2001:db8::100/120"}'
  )
})

t.test('names paths that are dropped or widened', async (t) => {
  t.equal(
    await signing((grant) => ({ ...grant, paths: grant.paths.slice(0, 1) })),
    '"check" refuses /courses/42/film.bin, which is granted by ' +
      '{"paths":["/courses/42-2/*","/courses/42/*"]}, at "paths"'
  )
  const covering = (covers: Decisions['covers']): Promise<string> =>
    breachOf({ decisions: { covers } }, course)
  t.match(
    await covering((granted, path) => path.startsWith(granted.replace(/\*$/, ''))),
    /^"check" allows a path outside of the grant: \/courses\/42\/film.binb with/,
    'an exact file as a prefix'
  )
  t.match(
    await covering((granted, path) =>
      granted.endsWith('/*') ? path.startsWith(granted.slice(0, -1)) : granted === path
    ),
    /^"check" refuses \/courses\/42\/film.bin, which is granted by .*\/42\/\*\.bin/,
    'a pattern as plain text'
  )
  t.match(
    await covering((granted, path) =>
      granted.includes('*') || granted.includes('?')
        ? matchesWildcard(granted.replace('?', '*'), path)
        : granted === path
    ),
    /^"check" allows a path outside of the grant: \/courses\/42\/film-qq?.bin/,
    'one character as any number'
  )
})

t.test('names claims that are dropped', async (t) => {
  const dropped = (claim: string): string =>
    `it takes the claim "${claim}" and drops it: no error, and the cookies are as without`
  t.equal(await signing((grant) => ({ ...grant, claims: undefined })), dropped('contract'))
  t.equal(
    await signing(({ claims, ...grant }) => ({ ...grant, claims: { ...claims, data: undefined } })),
    dropped('data')
  )
  const { grants } = { grants: [{ paths: ['/a/*'], claims: { tenant: 'a', more: 'b' } }] }
  t.equal(
    await breachOf({
      decisions: {
        signed: ({ claims, ...grant }) => ({ ...grant, claims: { ...claims, tenant: undefined } })
      }
    }, { grants }),
    dropped('tenant')
  )
})

t.test('tells chance from claims in cookies that differ each time', async (t) => {
  let count = 0
  const chance = (): string => String(++count).padStart(12, '0')
  t.equal(await signing((grant) => ({ ...grant, chance: chance() })), 'none')
  t.match(
    await signing((grant) => ({ ...grant, claims: undefined, chance: chance() })),
    /^it takes the claim "contract" and drops it/
  )
})
