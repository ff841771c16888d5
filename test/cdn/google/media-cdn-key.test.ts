import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { parseMediaCdnKey } from '../../../src/cdn/google/media-cdn-key.js'
import {
  opensslEd25519,
  opensslHmac,
  sharedKey,
  signatureKey,
  tokenKey
} from '../../fixtures/google.js'

const publicHalf = 'n7nwvhza11C0SuU9ay1uWjDSfzH-CpIBgXxqIz-Yd9Q'
const parse = (entry: unknown, mode: 'signature' | 'token' = 'signature') =>
  parseMediaCdnKey(entry, 'edge', mode)

t.test('reads the bare 32 bytes that Google\'s samples use', async (t) => {
  const key = parse({ keyName: 'my-keyset', privateKey: signatureKey })
  const signature = await key.signText!('text')
  t.strictSame(signature, opensslEd25519(signatureKey, 'text'))
  t.ok(key.verifyText('text', signature))
  t.notOk(key.verifyText('Text', signature))
})

t.test('reads PEM, and knows it for the same key', async (t) => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  const raw = privateKey.export({ format: 'jwk' }).d
  t.equal(
    parse({ keyName: 'k', privateKey: pem }).identity,
    parse({ keyName: 'k', privateKey: raw }).identity
  )
})

t.test('verifies with the public half that a keyset shows', async (t) => {
  const key = parse({ keyName: 'k', publicKey: publicHalf })
  t.equal(key.canSign, false)
  t.equal(key.signText, undefined)
  t.equal(key.identity, parse({ keyName: 'k', privateKey: tokenKey }).identity)
  t.ok(key.verifyText('text', opensslEd25519(tokenKey, 'text')))
})

t.test('signs elsewhere where the entry says so', async (t) => {
  const asked: unknown[] = []
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicHalf },
    format: 'jwk'
  })
  const key = parse({
    keyName: 'k',
    privateKey: {
      publicKey,
      sign: (data: Uint8Array, details: unknown) => {
        asked.push(Buffer.from(data).toString(), details)
        return opensslEd25519(tokenKey, Buffer.from(data).toString())
      }
    }
  })
  t.ok(key.verifyText('text', await key.signText!('text')))
  t.strictSame(asked, ['text', { algorithm: 'Ed25519' }])
})

t.test('tells the keys of one keyset apart', async (t) => {
  const first = parse({ keyName: 'vod', privateKey: signatureKey, notAfter: 9 })
  const second = parse({ keyName: 'vod', privateKey: tokenKey })
  t.strictSame([first.keyName, first.notAfter, second.keyName], ['vod', 9, 'vod'])
  t.match(first.id, /^vod\/[\w-]{8}$/)
  t.not(first.id, second.id)
})

t.test('signs tokens with a shared key', async (t) => {
  const key = parse({ keyName: 'k', sharedKey }, 'token')
  t.strictSame(await key.signText!('text'), opensslHmac('sha256', sharedKey, 'text'))
  t.ok(key.verifyText('text', opensslHmac('sha256', sharedKey, 'text')))
  t.notOk(key.verifyText('text', opensslHmac('sha1', sharedKey, 'text')))
  t.strictSame([key.algorithm, key.canSign, key.identity.length], ['HMAC-SHA256', true, 43])
})

t.test('refuses a shared key where no token is signed, beside a pair, or short', async (t) => {
  t.throws(() => parse({ keyName: 'k', sharedKey }), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
    message: 'A key entry of "edge" has "sharedKey", which signs tokens alone: ' +
      'give "privateKey", or set "mode" to "token"'
  })
  t.throws(() => parse({ keyName: 'k', sharedKey, privateKey: tokenKey }, 'token'), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
    message: /has both "sharedKey" and a key pair/
  })
  t.throws(() => parse({ keyName: 'k', sharedKey, publicKey: publicHalf }, 'token'), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID'
  })
  for (const bad of [Buffer.alloc(15).toString('base64url'), '', 'not base64!', 5]) {
    t.throws(() => parse({ keyName: 'k', sharedKey: bad }, 'token'), {
      code: 'CDN_ACCESS_KEY_SECRET_INVALID',
      message: '"sharedKey" must be at least 16 random bytes in base64url: ' +
        'viewers could guess a shorter one'
    })
  }
})

t.test('refuses other kinds of key, and entries without one', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  t.throws(() => parse({ keyName: 'k', privateKey }), {
    code: 'CDN_ACCESS_KEY_TYPE',
    message: '"privateKey" is EC, and the CDN takes Ed25519'
  })
  t.throws(() => parse({ keyName: 'k', publicKey }), {
    code: 'CDN_ACCESS_KEY_TYPE',
    message: '"publicKey" is EC, and the CDN takes Ed25519'
  })
  t.throws(() => parse({ keyName: 'k' }), { code: 'CDN_ACCESS_KEY_ENTRY_INVALID' })
  t.throws(() => parse({ keyName: 'k', key: 'x' }), { code: 'CDN_ACCESS_KEY_ENTRY_INVALID' })
})

t.test('refuses a name that no keyset can have', async (t) => {
  for (const keyName of [undefined, '', '1a', 'a:b', 'a&b', 'a'.repeat(65)]) {
    t.throws(() => parse({ keyName, privateKey: signatureKey }), {
      code: 'CDN_ACCESS_KEY_ID_INVALID'
    }, String(keyName))
  }
  t.equal(parse({ keyName: 'a'.repeat(64), privateKey: signatureKey }).keyName.length, 64)
})
