import t from 'tap'
import { loadPeer } from '../../src/key-ring/peer.js'

const peer = { name: 'some-vendor-client', neededBy: 'vendorKey()' }

t.test('yields what the package exports', async (t) => {
  t.equal(await loadPeer(peer, async () => 7), 7)
})

t.test('says what to install', async (t) => {
  const missing = loadPeer(peer, () => import(peer.name))
  await t.rejects(missing, {
    code: 'CDN_ACCESS_PEER_MISSING',
    message: 'vendorKey() needs the package some-vendor-client, which is not installed: ' +
      'npm install some-vendor-client'
  })
})

t.test('passes on what the package itself throws', async (t) => {
  const broken = new Error('broken')
  await t.rejects(loadPeer(peer, () => Promise.reject(broken)), broken)
})
