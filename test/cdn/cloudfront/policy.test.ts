import { createPublicKey, sign } from 'node:crypto'
import t from 'tap'
import {
  cloudFrontBase64,
  parseCloudFrontKey,
  policyText,
  verifyPolicy,
  type Hash
} from '../../../src/cdn/cloudfront/policy.js'
import { keyPairId } from '../../fixtures/cloudfront.js'
import * as keys from '../../fixtures/keys.js'

const parse = (entry: object, hash: Hash = 'SHA256'): ReturnType<typeof parseCloudFrontKey> =>
  parseCloudFrontKey({ keyPairId, ...entry }, 'cloudfront', hash)

t.test('CloudFront\'s base64 has - for +, _ for = and ~ for /', async (t) => {
  t.equal(cloudFrontBase64.encode(Buffer.from([0xfb, 0xff, 0xfe, 0x3e])), '-~~-Pg__')
  t.strictSame(cloudFrontBase64.decode('-~~-Pg__'), Buffer.from([0xfb, 0xff, 0xfe, 0x3e]))
})

t.test('the text of a policy has one order, no space and JSON\'s escapes', async (t) => {
  t.equal(
    policyText('https://h.example/a&b+c?x=1', { expiresAt: 7 }),
    '{"Statement":[{"Resource":"https://h.example/a&b+c?x=1",' +
      '"Condition":{"DateLessThan":{"AWS:EpochTime":7}}}]}'
  )
  t.equal(
    policyText('https://h.example/*', { ip: '192.0.2.0/24', notBefore: 0, expiresAt: 7 }),
    '{"Statement":[{"Resource":"https://h.example/*",' +
      '"Condition":{"DateLessThan":{"AWS:EpochTime":7},"DateGreaterThan":{"AWS:EpochTime":0},' +
      '"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}}}]}'
  )
  t.match(policyText('x', { expiresAt: 7, ip: '192.0.2.7' }), '"192.0.2.7/32"')
  t.match(policyText('a","Resource":"*', { expiresAt: 7 }), '"Resource":"a\\",\\"Resource\\":\\"*"')
})

t.test('RSA-2048 takes both hashes, EC P-256 takes SHA256', async (t) => {
  t.match(parse({ privateKey: keys.rsaPkcs8 }), { id: keyPairId, canSign: true, hash: 'SHA256' })
  t.match(parse({ privateKey: keys.rsaPkcs8 }, 'SHA1'), { hash: 'SHA1' })
  t.match(
    parse({ privateKey: keys.ecPkcs8, notBefore: new Date(1800000000000), notAfter: 1800000600 }),
    { canSign: true, notBefore: 1800000000, notAfter: 1800000600 }
  )
  t.match(parse({ publicKey: keys.ecPublic }), { canSign: false })
})

t.test('a signature fits one text, one key and one hash', async (t) => {
  const rsa = parse({ publicKey: keys.rsaPublic })
  const ec = parse({ publicKey: keys.ecPublic })
  const rsaSignature = sign('sha256', Buffer.from('text'), keys.rsaPkcs8)
  const ecSignature = sign('sha256', Buffer.from('text'), keys.ecPkcs8)
  t.ok(verifyPolicy('text', rsaSignature, rsa, 'SHA256'))
  t.ok(verifyPolicy(Buffer.from('text'), ecSignature, ec, 'SHA256'))
  t.notOk(verifyPolicy('text', rsaSignature, rsa, 'SHA1'))
  t.notOk(verifyPolicy('text', sign('sha1', Buffer.from('text'), keys.ecPkcs8), ec, 'SHA1'))
  t.notOk(verifyPolicy('text', rsaSignature, ec, 'SHA256'))
  t.notOk(verifyPolicy('texu', ecSignature, ec, 'SHA256'))
  t.notOk(verifyPolicy(
    'text',
    sign('sha256', Buffer.from('text'), { key: keys.ecPkcs8, dsaEncoding: 'ieee-p1363' }),
    ec,
    'SHA256'
  ))
  t.notOk(verifyPolicy('text', Buffer.alloc(0), ec, 'SHA256'))
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
    message: 'A key entry of "cloudfront" has neither "privateKey" nor "publicKey"'
  })
  t.throws(() => parseCloudFrontKey(keys.ecPkcs8, 'cloudfront', 'SHA256'), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID'
  })
})
