import { createPublicKey, createSecretKey, generateKeyPairSync, sign } from 'node:crypto'
import t from 'tap'
import { parseCommonAccessTokenKey } from '../../../src/cdn/common-access-token/key.js'
import { readCose, signCose, verifyCose } from '../../../src/cdn/format/cose.js'
import { secretIdentity } from '../../../src/keys/secret-key.js'
import * as keys from '../../fixtures/keys.js'

const secret = Buffer.alloc(32, 7)
const text = secret.toString('base64url')
const oct = { kty: 'oct', k: text, kid: 'one', alg: 'HS256' }
const parse = (entry: unknown): ReturnType<typeof parseCommonAccessTokenKey> =>
  parseCommonAccessTokenKey(entry, 'media')

/** True where what a key signs is verified with it, or with another. */
async function fits (key: ReturnType<typeof parse>, other = key): Promise<boolean> {
  const { algorithm, id: kid, signInput } = key
  const bytes = await signCose({ algorithm, kid, payload: Buffer.from('a0', 'hex') }, signInput!)
  return verifyCose(readCose(bytes)!, other.algorithm, other.verifyingKey)
}

t.test('reads a secret in each of its forms', async (t) => {
  const forms = [text, `${text}=`, ` ${text}\n`, Buffer.from(`${text}\n`), createSecretKey(secret)]
  for (const key of [...forms, oct, JSON.stringify(oct), Buffer.from(JSON.stringify(oct))]) {
    const parsed = parse({ key, kid: 'one', notBefore: 5 })
    t.match(parsed, {
      id: 'one',
      identity: secretIdentity(secret),
      type: 'HMAC-SHA256',
      canSign: true,
      algorithm: 'HS256',
      notBefore: 5
    })
    t.ok(await fits(parsed))
  }
  t.equal(parse({ key: oct }).id, 'one', 'a JWK names itself')
  t.equal(parse({ key: oct, kid: 'two' }).id, 'two')
})

t.test('refuses short secrets', async (t) => {
  const short = secret.subarray(1)
  const refusal = {
    code: 'CDN_ACCESS_KEY_SECRET_INVALID',
    message: '"key" must be at least 32 random bytes in base64url, or a key pair: viewers could ' +
      'guess a shorter secret'
  }
  const k = short.toString('base64url')
  for (const key of [k, 'AAAA', { ...oct, k }, { ...oct, k: 'a+b' }, createSecretKey(short)]) {
    t.throws(() => parse({ key, kid: 'one' }), refusal)
  }
})

t.test('takes no key pair for a secret, however it is written', async (t) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const der = privateKey.export({ type: 'sec1', format: 'der' })
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' })
  const jwk = privateKey.export({ format: 'jwk' })
  for (
    const key of [
      der,
      der.toString('base64'),
      der.toString('base64url'),
      pkcs8,
      Buffer.from(pkcs8).toString('base64'),
      Buffer.from(pkcs8).toString('base64url'),
      Buffer.from(JSON.stringify(jwk)).toString('base64url'),
      jwk,
      { ...jwk, alg: 'ES256' },
      privateKey
    ]
  ) {
    const parsed = parse({ key, kid: 'one' })
    t.match(parsed, { algorithm: 'ES256', type: 'EC P-256', canSign: true })
    t.ok(await fits(parsed))
  }
  const encrypted = privateKey.export({
    type: 'pkcs8',
    format: 'der',
    cipher: 'aes-256-cbc',
    passphrase: 'open'
  }).toString('base64url')
  t.match(parse({ key: encrypted, kid: 'one', passphrase: 'open' }), { algorithm: 'ES256' })
  t.throws(() => parse({ key: encrypted, kid: 'one' }), { code: 'CDN_ACCESS_KEY_ENCRYPTED' })
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  t.throws(() => parse({ key: spki.toString('base64url'), kid: 'one' }), {
    code: 'CDN_ACCESS_KEY_PUBLIC'
  })
})

t.test('signs ES256 and PS256 here and elsewhere, and verifies with the public half', async (t) => {
  const cases = [
    { pem: keys.ecPkcs8, publicKey: keys.ecPublic, algorithm: 'ES256', asked: 'ECDSA-SHA256' },
    { pem: keys.rsaPkcs8, publicKey: keys.rsaPublic, algorithm: 'PS256', asked: 'RSA-PSS-SHA256' }
  ] as const
  for (const { pem, publicKey, algorithm, asked } of cases) {
    const signer = {
      publicKey,
      sign: async (data: Uint8Array, details: { algorithm: string }) => {
        t.equal(details.algorithm, asked)
        return sign(
          'sha256',
          data,
          algorithm === 'PS256'
            ? { key: pem, padding: 6, saltLength: 32 }
            : pem
        )
      }
    }
    const verifying = parse({ publicKey, kid: 'a' })
    t.match(verifying, { algorithm, canSign: false })
    t.notOk('signInput' in verifying)
    for (const key of [pem, signer]) {
      t.ok(await fits(parse({ key, kid: 'a' }), verifying), algorithm)
    }
  }
  t.equal(parse({ key: keys.rsaPkcs8, kid: 'a' }).type, 'RSA-2048')
})

t.test('refuses other kinds of keys, and those that no token has room for', async (t) => {
  const refusal = (field: string, found: string): { code: string, message: string } => ({
    code: 'CDN_ACCESS_KEY_TYPE',
    message:
      `"${field}" is ${found}, and the CDN takes secrets, EC P-256 and RSA of 2048 to 4096 ` +
      'bits'
  })
  t.throws(() => parse({ key: keys.ed25519, kid: 'a' }), refusal('key', 'ED25519'))
  t.throws(
    () => parse({ publicKey: keys.ed25519Public, kid: 'a' }),
    refusal('publicKey', 'ED25519')
  )
  t.throws(() => parse({ key: keys.p384, kid: 'a' }), refusal('key', 'EC secp384r1'))
  t.throws(() => parse({ key: keys.rsa1024, kid: 'a' }), refusal('key', 'RSA 1024'))
  t.throws(() => parse({ key: keys.rsaPss, kid: 'a' }), refusal('key', 'RSA-PSS 2048'))
  t.throws(() => parse({ key: { ...oct, alg: 'HS512' } }), {
    code: 'CDN_ACCESS_KEY_ALGORITHM',
    message: '"key" is a key for HS256, which can\'t be used with its own "alg" "HS512": ' +
      'leave "alg" out, or make a key of another kind'
  })
})

t.test('each key has an id, which tokens name', async (t) => {
  for (const kid of [undefined, '', 'a b', 'é', 'x'.repeat(65), 7]) {
    t.throws(() => parse({ key: text, kid }), {
      code: 'CDN_ACCESS_KEY_ID_INVALID',
      message: '"kid" must be 1 to 64 printable ASCII characters without space: each token names ' +
        'its key'
    })
  }
  t.throws(() => parse({ kid: 'a' }), { code: 'CDN_ACCESS_KEY_ENTRY_INVALID' })
  t.throws(() => parse({ key: text, kid: 'a', secret: 'x' }), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID'
  })
  t.throws(() => parse({ key: '', kid: 'a' }), { code: 'CDN_ACCESS_KEY_UNREADABLE' })
})
