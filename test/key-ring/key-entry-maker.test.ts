import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import {
  akamai,
  cloudfront,
  googleCloudCdn,
  googleMediaCdn,
  nginx,
  uriSigning,
  type Cdn
} from '../../src/index.js'
import { keyEntryMaker } from '../../src/key-ring/key-entry-maker.js'
import { ecPkcs8, ed25519, rsaCertificate, rsaPkcs8, rsaPublic } from '../fixtures/keys.js'

const url = 'https://media.example.com'
const keys: readonly never[] = []
const secret = Buffer.alloc(32, 'a secret of the tests')
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const der = privateKey.export({ type: 'pkcs8', format: 'der' })
const jwk = (more: object): string =>
  `${JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...more })}\n`

const cdns = {
  cloudfront: cloudfront({ url, keys }),
  cloudCdn: googleCloudCdn({ url, keys }),
  mediaCdn: googleMediaCdn({ url, keys }),
  akamai: akamai({ url, keys }),
  uriSigning: uriSigning({ url, issuer: 'me', keys }),
  nginx: nginx({ url, scope: '/u/:id/', keys })
}

const make = ({ name, keyFields }: Cdn, id: string, key: string | Uint8Array): object =>
  keyEntryMaker(name, keyFields)(id, key)

t.test('makes entries that each CDN takes, of text and of bytes as files hold them', async (t) => {
  const cases: ReadonlyArray<[cdn: Cdn, key: string, entry: object]> = [
    [cdns.cloudfront, ecPkcs8, { keyPairId: 'one', privateKey: ecPkcs8.trimEnd() }],
    [
      cdns.cloudCdn,
      `${secret.subarray(0, 16).toString('base64url')}\n`,
      { keyName: 'one', key: secret.subarray(0, 16).toString('base64url') }
    ],
    [cdns.mediaCdn, ed25519, { keyName: 'one', privateKey: ed25519.trimEnd() }],
    [cdns.akamai, `${secret.toString('hex')}\r\n`, { key: secret.toString('hex') }],
    [cdns.uriSigning, jwk({}), { kid: 'one', key: jwk({}).trimEnd() }],
    [cdns.nginx, `${secret.toString('base64url')}\n`, { secret: secret.toString('base64url') }]
  ]
  for (const [cdn, key, entry] of cases) {
    t.same(make(cdn, 'one', key), entry, cdn.name)
    t.same(make(cdn, 'one', Buffer.from(key)), entry, `${cdn.name}, of bytes`)
    t.equal(cdn.parseKey(entry).canSign, true, cdn.name)
  }
})

t.test('DER stays the bytes that it is', async (t) => {
  const entry = make(cdns.mediaCdn, 'one', der)
  t.same(entry, { keyName: 'one', privateKey: der })
  t.equal(cdns.mediaCdn.parseKey(entry).canSign, true)
})

t.test('a public key alone verifies', async (t) => {
  for (const text of [rsaPublic, rsaCertificate]) {
    const entry = make(cdns.cloudfront, 'one', text)
    t.same(entry, { keyPairId: 'one', publicKey: text.trimEnd() })
    t.equal(cdns.cloudfront.parseKey(entry).canSign, false)
  }
  const both = make(cdns.cloudfront, 'one', rsaPublic + rsaPkcs8)
  t.equal(cdns.cloudfront.parseKey(both).canSign, true)
  const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  for (const cdn of [cdns.mediaCdn, cdns.uriSigning]) {
    t.equal(cdn.parseKey(make(cdn, 'one', spki)).canSign, false)
  }
  t.throws(() => cdns.akamai.parseKey(make(cdns.akamai, 'one', rsaPublic)), {
    code: 'CDN_ACCESS_KEY_SECRET_INVALID'
  }, 'where there is no public half it is no key')
})

t.test('the kid of a JWK is the one that the CDN knows', async (t) => {
  const entry = make(cdns.uriSigning, 'file-name', jwk({ kid: '2026-12' }))
  t.equal(cdns.uriSigning.parseKey(entry).id, '2026-12')
  t.match(make(cdns.cloudfront, 'K1', jwk({ kid: '2026-12' })), { keyPairId: 'K1' })
  t.same(make(cdns.uriSigning, 'one', '{ odd'), { kid: 'one', key: '{ odd' })
})

t.test('a CDN that does not name its fields is told to', async (t) => {
  t.throws(() => keyEntryMaker('own', undefined)('one', 'x'), {
    code: 'CDN_ACCESS_KEY_SOURCE_INVALID',
    message:
      'Option "keys" of "own" needs "keyFields" in the CDN, which say what the fields of its ' +
      'entries are called'
  })
})
