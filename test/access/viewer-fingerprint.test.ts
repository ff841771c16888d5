import t from 'tap'
import { createViewerFingerprints } from '../../src/access/viewer-fingerprint.js'

const permission = { fingerprint: 'abcdefghij_-0123' }
const id = 'A'.repeat(22)

t.test('is the permission\'s own for a viewer whom nothing can revoke', async (t) => {
  t.equal(createViewerFingerprints(10)(permission, undefined), permission.fingerprint)
})

t.test('is another for each permission, viewer and revocation, and the same again', async (t) => {
  for (const size of [0, 10]) {
    const fingerprintFor = createViewerFingerprints(size)
    const made = [
      fingerprintFor(permission, { id, since: undefined, issuedAt: 1 }),
      fingerprintFor(permission, { id, since: 1_700_000_000, issuedAt: 1 }),
      fingerprintFor(permission, { id, since: 1_700_000_001, issuedAt: 1 }),
      fingerprintFor(permission, { id: 'B'.repeat(22), since: undefined, issuedAt: 1 }),
      fingerprintFor({ fingerprint: 'zbcdefghij_-0123' }, { id, since: undefined, issuedAt: 1 })
    ]
    t.equal(new Set([...made, permission.fingerprint]).size, 6)
    for (const each of made) t.match(each, /^[\w-]{16}$/)
    t.equal(fingerprintFor(permission, { id, since: undefined, issuedAt: 2 }), made[0])
  }
})
