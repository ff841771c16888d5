import t from 'tap'
import type { CdnGrant } from '../../../src/cdn/cdn.js'
import {
  refuseWhatNoQueryHolds,
  refuseWhatNoTokenHolds,
  refuseWhatNoUrlTokenHolds
} from '../../../src/cdn/akamai/gate.js'

const grantOf = (path: string, more: Partial<CdnGrant> = {}): CdnGrant => ({
  paths: [path],
  expiresAt: 1,
  ...more
})
const gates = [refuseWhatNoTokenHolds, refuseWhatNoQueryHolds, refuseWhatNoUrlTokenHolds]

t.test('a list holds no character that separates or widens it', async (t) => {
  for (const path of ['/a!b', '/a~b', '/a,b', '/a%21b', '/a%7Eb', '/a%2Ab', '/a%3Fb']) {
    for (const gate of gates.slice(0, 2)) {
      t.throws(() => gate('edge', grantOf(path)), { code: 'CDN_ACCESS_PATH_UNSUPPORTED' }, path)
    }
  }
  for (const gate of gates.slice(0, 2)) t.doesNotThrow(() => gate('edge', grantOf('/a-b/*')))
})

t.test('a query holds no character that cuts it', async (t) => {
  for (const path of ['/a&b', '/a+b/*']) {
    t.doesNotThrow(() => refuseWhatNoTokenHolds('edge', grantOf(path)))
    t.throws(() => refuseWhatNoQueryHolds('edge', grantOf(path)), {
      code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
      message: /holds "&" or "\+", which would cut the query parameter/
    })
  }
})

t.test('a URL that is hashed holds all but what separates fields', async (t) => {
  for (const path of ['/a!b', '/a,b', '/a&b+c', '/a%2Ab%3F%21']) {
    t.doesNotThrow(() => refuseWhatNoUrlTokenHolds('edge', grantOf(path)), path)
  }
  for (const path of ['/a~acl=/', '/a%7Eb', '/a%7eb']) {
    t.throws(() => refuseWhatNoUrlTokenHolds('edge', grantOf(path)), {
      code: 'CDN_ACCESS_PATH_UNSUPPORTED',
      message: /which separates the fields that are hashed/
    }, path)
  }
})

t.test('all hold one address and two claims', async (t) => {
  const odd: Array<Partial<CdnGrant>> = [
    { ip: '192.0.2.0/24' },
    { claims: { role: 'a' } },
    { claims: { id: '' } },
    { claims: { data: 7 } },
    { claims: { id: '\ud800' } }
  ]
  for (const gate of gates) {
    t.doesNotThrow(() =>
      gate('edge', grantOf('/a', { ip: '192.0.2.7', claims: { id: 'a', data: 'b' } }))
    )
    for (const more of odd) {
      t.throws(() => gate('edge', grantOf('/a', more)), { code: 'CDN_ACCESS_GRANT_UNSUPPORTED' })
    }
  }
})
