import { createPublicKey } from 'node:crypto'
import t from 'tap'
import {
  parseCloudFrontKey,
  signatureAlgorithm,
  type CloudFrontKey,
  type Hash
} from '../../../src/cdn/cloudfront/key.js'
import { keyPairId } from '../../fixtures/cloudfront.js'
import * as keys from '../../fixtures/keys.js'

function parse (entry: object, hash: Hash = 'SHA256'): CloudFrontKey {
  return parseCloudFrontKey({ keyPairId, ...entry }, 'cloudfront', hash)
}

t.test('RSA-2048 takes both hashes, EC P-256 takes SHA256', async (t) => {
  t.match(parse({ privateKey: keys.rsaPkcs8 }), { id: keyPairId, canSign: true, hash: 'SHA256' })
  t.match(parse({ privateKey: keys.rsaPkcs8 }, 'SHA1'), { hash: 'SHA1' })
  t.match(
    parse({ privateKey: keys.ecPkcs8, notBefore: new Date(1800000000000), notAfter: 1800000600 }),
    { canSign: true, notBefore: 1800000000, notAfter: 1800000600 }
  )
  t.match(parse({ publicKey: keys.ecPublic }), { canSign: false })
})

t.test('a key pair\'s id is letters and digits', async (t) => {
  for (const id of [undefined, null, 7, '', 'K 1', 'K1;x', 'K-1', 'K1\n', 'ü', 'a'.repeat(65)]) {
    t.throws(() => parse({ keyPairId: id, privateKey: keys.ecPkcs8 }), {
      code: 'CDN_ACCESS_KEY_ID_INVALID',
      message: '"keyPairId" must be the public key\'s id in CloudFront, ' +
        'letters and digits such as K2JCJMDEHXQW5F'
    }, String(id))
  }
  t.equal(
    parse({ keyPairId: 'APKA9ONS7QCOWEXAMPLE', privateKey: keys.ecPkcs8 }).id,
    'APKA9ONS7QCOWEXAMPLE'
  )
})

t.test('a key that CloudFront does not take is refused with what it is', async (t) => {
  for (
    const [entry, what, field] of [
      [{ privateKey: keys.rsa1024 }, 'RSA 1024', 'privateKey'],
      [{ privateKey: keys.p384 }, 'EC secp384r1', 'privateKey'],
      [{ privateKey: keys.ed25519 }, 'ED25519', 'privateKey'],
      [{ privateKey: keys.rsaPss }, 'RSA-PSS 2048', 'privateKey'],
      [{ publicKey: keys.ed25519Public }, 'ED25519', 'publicKey'],
      [{ publicKey: createPublicKey(keys.rsa1024) }, 'RSA 1024', 'publicKey'],
      [
        { privateKey: { sign: () => Buffer.alloc(0), publicKey: keys.ed25519Public } },
        'ED25519',
        'privateKey'
      ]
    ] as const
  ) {
    t.throws(() => parse(entry), {
      code: 'CDN_ACCESS_KEY_TYPE',
      message: `"${field}" is ${what}, and the CDN takes RSA-2048 and EC P-256`
    })
  }
})

t.test('an EC key is refused with SHA1', async (t) => {
  t.throws(() => parse({ privateKey: keys.ecPkcs8 }, 'SHA1'), {
    code: 'CDN_ACCESS_KEY_ALGORITHM',
    message: '"privateKey" is EC P-256, which can\'t be used with SHA1: leave "hash" out'
  })
  t.throws(() => parse({ publicKey: keys.ecPublic }, 'SHA1'), {
    code: 'CDN_ACCESS_KEY_ALGORITHM',
    message: '"publicKey" is EC P-256, which can\'t be used with SHA1: leave "hash" out'
  })
})

t.test('an entry has known fields and a key', async (t) => {
  t.throws(() => parse({ privateKey: keys.ecPkcs8, id: 'K' }), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
    message: 'A key entry of "cloudfront" has a field "id", which nothing reads: ' +
      'it takes keyPairId, privateKey, passphrase, publicKey, notBefore, notAfter'
  })
  t.throws(() => parse({}), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
    message: 'A key entry of "cloudfront" has neither "privateKey" nor "publicKey": ' +
      'if it comes from an environment variable, is that set?'
  })
  t.throws(() => parseCloudFrontKey(keys.ecPkcs8, 'cloudfront', 'SHA256'), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID'
  })
})

t.test('the algorithm goes with the key and the hash', async (t) => {
  const [rsa, ec] = [keys.rsaPublic, keys.ecPublic].map((pem) => createPublicKey(pem))
  t.equal(signatureAlgorithm(rsa!, 'SHA256'), 'RSA-SHA256')
  t.equal(signatureAlgorithm(rsa!, 'SHA1'), 'RSA-SHA1')
  t.equal(signatureAlgorithm(ec!, 'SHA256'), 'ECDSA-SHA256')
  t.equal(signatureAlgorithm(ec!, 'SHA1'), undefined)
})
