import { execFileSync } from 'node:child_process'
import { createPublicKey, createSecretKey } from 'node:crypto'
import t from 'tap'
import {
  akamai,
  commonAccessToken,
  googleCloudCdn,
  googleMediaCdn,
  nginx,
  type Cdn
} from '../../src/index.js'
import {
  sameMac,
  secretFromBase64Url,
  secretIdentity,
  secretIn,
  secretText,
  type SecretInput
} from '../../src/keys/secret-key.js'
import { ecPublic } from '../fixtures/keys.js'

const secret = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')

t.test('names a secret by a keyed hash', async (t) => {
  t.equal(secretIdentity(secret), 'qR6L-sx41ubAw9BMGuDSj4FCNQiJSE3sldHENTWWnJQ')
})

t.test('agrees with openssl', async (t) => {
  const mac = execFileSync('openssl', [
    'dgst',
    '-sha256',
    '-mac',
    'HMAC',
    '-macopt',
    `hexkey:${secret.toString('hex')}`,
    '-binary'
  ], { input: 'fastify-cdn-access key identity' })
  t.equal(secretIdentity(secret), mac.toString('base64url'))
})

t.test('tells secrets of one bit of difference apart', async (t) => {
  const other = Buffer.from(secret)
  other[0] = 1
  t.not(secretIdentity(other), secretIdentity(secret))
})

t.test('reads a secret of text or of a file, without the white space around it', async (t) => {
  for (
    const value of ['a b', 'a b\n', ' a b\r\n', Buffer.from('a b\n'), new Uint8Array([97, 32, 98])]
  ) {
    t.equal(secretText(value), 'a b')
  }
  for (const value of [undefined, null, 7, {}, ['a']]) t.equal(secretText(value), undefined)
})

t.test('a file that holds a secret fits each CDN that has one', async (t) => {
  const url = 'https://media.example.com'
  const text = 'nZtRohdNF9m3cKM24IcK4w'
  const hex = '9d9b51a2174d17d9b770a336e0870ae3'
  const cdns = (file: (text: string) => SecretInput): Cdn[] => [
    akamai({ url, key: file(hex) }),
    nginx({ url, scope: '/v/:id/', secret: file(text) }),
    googleCloudCdn({ url, keyName: 'k', key: file(text) }),
    googleMediaCdn({ url, mode: 'token', keyName: 'k', sharedKey: file(text) }),
    commonAccessToken({ url, issuer: 'api', kid: 'k', key: file(text.slice(0, 21) + text) })
  ]
  const identities = (file: (text: string) => SecretInput): string[] =>
    cdns(file).map((cdn) => cdn.parseKey((cdn.keys as readonly unknown[])[0]).identity)
  const plain = identities((secret) => secret)
  t.same(identities((secret) => `${secret}\n`), plain)
  t.same(identities((secret) => Buffer.from(`${secret}\r\n`)), plain)
})

t.test('reads base64url with and without padding and line end', async (t) => {
  const expected = Buffer.from('9d9b51a2174d17d9b770a336e0870ae3', 'hex')
  for (
    const text of [
      'nZtRohdNF9m3cKM24IcK4w==',
      'nZtRohdNF9m3cKM24IcK4w',
      'nZtRohdNF9m3cKM24IcK4w==\n'
    ]
  ) {
    t.strictSame(secretFromBase64Url(text), expected)
  }
})

t.test('takes nothing else for base64url', async (t) => {
  for (
    const value of [
      'nZtRohdNF9m3cKM24IcK4w=',
      'nZtRohdNF9m3cKM24IcK4x',
      'nZtR ohdN',
      'a+b/',
      'abcd====',
      16,
      undefined,
      null,
      secret
    ]
  ) {
    t.equal(secretFromBase64Url(value), undefined, String(value))
  }
})

t.test('compares MACs whole', async (t) => {
  t.ok(sameMac(secret, Buffer.from(secret)))
  t.notOk(sameMac(secret, secret.subarray(0, 15)))
  t.notOk(sameMac(secret, Buffer.concat([secret, secret])))
  t.notOk(sameMac(secret, Buffer.alloc(16)))
})

t.test('finds a secret in a JWK and in a KeyObject', async (t) => {
  const jwk = { kty: 'oct', k: secret.toString('base64url') }
  for (const key of [jwk, JSON.stringify(jwk), createSecretKey(secret)]) {
    t.same(secretIn(key), secret)
  }
  for (const k of ['a+b/', 'AB', 7, undefined]) {
    t.same(secretIn({ kty: 'oct', k }), Buffer.alloc(0), 'malformed, and so too short')
  }
  for (const key of [{ kty: 'EC' }, createPublicKey(ecPublic), ecPublic, undefined]) {
    t.equal(secretIn(key), undefined)
  }
})
