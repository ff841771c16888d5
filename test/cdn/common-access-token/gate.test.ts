import t from 'tap'
import type { CdnGrant } from '../../../src/cdn/cdn.js'
import {
  refuseLongToken,
  refuseWhatNoTokenHolds
} from '../../../src/cdn/common-access-token/gate.js'

const grant = (more: Partial<CdnGrant>): CdnGrant => ({ paths: ['/a/*'], expiresAt: 1, ...more })
const words = 'its token would take more than 1024 bytes, and edges take no more. ' +
  'Grant a shorter path'

t.test('takes paths, folders and beginnings, with a start and an id', async (t) => {
  const limits = { notBefore: 1, issuedAt: 1, revocationId: 'a', claims: {} }
  for (const path of ['/*', '/a', '/a/*', '/a/b*', '/a/%C3%A9\'!~']) {
    t.doesNotThrow(() => refuseWhatNoTokenHolds('edge', grant({ paths: [path], ...limits }), 200))
  }
})

t.test('refuses what no token holds, by name', async (t) => {
  const refuses = (more: Partial<CdnGrant>, code: string, message: string): void => {
    t.throws(() => refuseWhatNoTokenHolds('edge', grant(more), 200), { code, message })
  }
  for (const path of ['/a/*.png', '/a/?', '/*/a', '/a?b*']) {
    refuses(
      { paths: [path] },
      'CDN_ACCESS_PATH_UNSUPPORTED',
      `The CDN "edge" can't hold the path "${path}": a token has room for one exact path or for ` +
        'one beginning of paths. Let "*" be its last character, and use no "?"'
    )
  }
  refuses(
    { ip: '192.0.2.7' },
    'CDN_ACCESS_GRANT_UNSUPPORTED',
    'The CDN "edge" can\'t hold "ip" of a grant: edges read the claim for it in different ways, and some ' +
      'not at all. Leave it out'
  )
  refuses(
    { claims: { tenant: 'a' } },
    'CDN_ACCESS_GRANT_UNSUPPORTED',
    'The CDN "edge" can\'t hold "claims.tenant" of a grant: edges refuse tokens with claims that they do ' +
      'not know. Leave it out'
  )
})

t.test('refuses paths whose token no edge takes', async (t) => {
  const path = `/${'a'.repeat(800)}`
  t.doesNotThrow(() => refuseWhatNoTokenHolds('edge', grant({ paths: [path] }), 223))
  const refusal = {
    code: 'CDN_ACCESS_PATH_UNSUPPORTED',
    message: `The CDN "edge" can't hold the path "${path}": ${words}`
  }
  t.throws(() => refuseWhatNoTokenHolds('edge', grant({ paths: [path] }), 224), refusal)
  t.doesNotThrow(() => refuseLongToken('edge', path, 'a'.repeat(1366)))
  t.throws(() => refuseLongToken('edge', path, 'a'.repeat(1367)), refusal)
})
