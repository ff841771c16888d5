import { sign } from 'node:crypto'
import t from 'tap'
import { parseCloudFrontKey, type CloudFrontKey } from '../../../src/cdn/cloudfront/key.js'
import { cloudFrontBase64, policyText, verifyPolicy } from '../../../src/cdn/cloudfront/policy.js'
import { keyPairId } from '../../fixtures/cloudfront.js'
import * as keys from '../../fixtures/keys.js'

function parse (entry: object): CloudFrontKey {
  return parseCloudFrontKey({ keyPairId, ...entry }, 'cloudfront', 'SHA256')
}

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
