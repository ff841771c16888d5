import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import t from 'tap'
import {
  cloudfront,
  googleMediaCdn,
  uriSigning,
  type Cdn,
  type ExternalSigner,
  type SignerToOpen
} from '../../src/index.js'
import { openKeyRing } from '../../src/key-ring/key-ring.js'
import { ecPkcs8, ecPublic, ed25519 } from '../fixtures/keys.js'
import { keepLines, type LogLine } from '../fixtures/key-log.js'

const url = 'https://media.example.com'
const now = (): number => 1_800_000_000
const entry = (id: string): object => ({ keyPairId: id, publicKey: ecPublic })

t.test('warns once of more keys than the CDN usually takes', async (t) => {
  let count = 6
  const load = (): unknown => Array.from({ length: count }, (_, index) => entry(`K${index}`))
  const { log, lines } = keepLines()
  const ring = await openKeyRing(cloudfront({ url, keys: { load, every: '1h' } as never }), {
    log,
    now
  })
  const warnings = (): LogLine[] => lines.filter(([level]) => level === 'warn')
  await ring.reload()
  t.same(warnings(), [[
    'warn',
    { cdn: 'cloudfront', count: 6, usual: 5 },
    'fastify-cdn-access: the ring of "cloudfront" has 6 keys, and the CDN usually takes 5: ' +
    'take out those that sign no more'
  ]])
  count = 5
  await ring.reload()
  count = 6
  await ring.reload()
  t.equal(warnings().length, 2)
  count = 21
  await t.rejects(ring.reload(), {
    code: 'CDN_ACCESS_KEY_LOAD_FAILED',
    message: /CDN_ACCESS_KEYS_TOO_MANY: The ring of "cloudfront" has 21 keys, .* 20 at most/
  })
  t.equal(ring.accepted(now()).length, 6, 'a failed load changes nothing')
  ring.close()
})

t.test('a signer that has to be opened signs at each CDN that takes one', async (t) => {
  const opening = (pem: string, digest: string | null): SignerToOpen => ({
    open: async (): Promise<ExternalSigner> => ({
      publicKey: createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' }),
      sign: async (data) => sign(digest, data, pem)
    })
  })
  const cdns: Cdn[] = [
    cloudfront({ url, keyPairId: 'K1', privateKey: opening(ecPkcs8, 'sha256') }),
    googleMediaCdn({ url, keyName: 'set', privateKey: opening(ed25519, null) }),
    uriSigning({ url, issuer: 'me', key: opening(ecPkcs8, 'sha256') })
  ]
  for (const cdn of cdns) {
    const ring = await openKeyRing(cdn, { log: keepLines().log, now, prove: true })
    t.equal(ring.signingKey(now(), now() + 1).key.canSign, true, cdn.name)
    ring.close()
  }
})

t.test('a signer that can not be opened fails what is given once, and is tried again for a source', async (t) => {
  let fails = true
  const privateKey = {
    open: async () => {
      if (fails) throw new TypeError('no such key')
      return {
        publicKey: ecPublic,
        sign: async (data: Uint8Array) => sign('sha256', data, ecPkcs8)
      }
    }
  }
  const { log, lines } = keepLines()
  const own = { keyPairId: 'K1', privateKey }
  await t.rejects(openKeyRing(cloudfront({ url, ...own }), { log, now }), {
    code: 'CDN_ACCESS_SIGNER_UNOPENED',
    message: 'The signer "privateKey" of "cloudfront" could not be opened: it failed with TypeError'
  })
  const source = cloudfront({ url, keys: { load: () => own, every: '1h' } })
  const ring = await openKeyRing(source, { log, now, prove: true })
  t.match(lines, [['error', { reason: /^CDN_ACCESS_SIGNER_UNOPENED: / }, /there is none yet$/]])
  fails = false
  await ring.reload()
  t.equal(ring.signingKey(now(), now() + 1).key.id, 'K1')
  ring.close()
})
