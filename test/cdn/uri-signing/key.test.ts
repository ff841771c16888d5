import { createSecretKey, generateKeyPairSync, sign } from 'node:crypto'
import { compactVerify, CompactSign } from 'jose'
import t from 'tap'
import { signCompactJws } from '../../../src/cdn/uri-signing/compact-jws.js'
import { parseUriSigningKey } from '../../../src/cdn/uri-signing/key.js'
import { secretIdentity } from '../../../src/keys/secret-key.js'

const secret = Buffer.alloc(32, 7)
const oct = { kty: 'oct', k: secret.toString('base64url'), kid: 'one' }
const pairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  EdDSA: generateKeyPairSync('ed25519')
}
const parse = (entry: unknown) => parseUriSigningKey(entry, 'media')
const header = (alg: string): { alg: string, kid: string } => ({ alg, kid: 'one' })

t.test('reads a symmetric JWK, also as JSON text, and a secret KeyObject', async (t) => {
  const json = JSON.stringify(oct)
  for (const key of [oct, json, `'${json}'`, Buffer.from(`${json}\n`)]) {
    t.match(parse({ key, notBefore: 5 }), {
      id: 'one',
      kid: 'one',
      identity: secretIdentity(secret),
      algorithm: 'HS256',
      canSign: true,
      notBefore: 5
    })
  }
  const nameless = parse({ key: createSecretKey(secret) })
  t.match(nameless, { id: secretIdentity(secret).slice(0, 8), algorithm: 'HS256' })
  t.notOk('kid' in nameless)
})

t.test('signs HS256 as jose does, byte for byte', async (t) => {
  const payload = { iss: 'a', cdniuc: 'regex:^https://é$' }
  const jose = new CompactSign(Buffer.from(JSON.stringify(payload)))
  const wanted = await jose.setProtectedHeader(header('HS256')).sign(secret)
  t.equal(await signCompactJws(header('HS256'), payload, parse({ key: oct }).signInput!), wanted)
})

for (const [algorithm, { privateKey, publicKey }] of Object.entries(pairs)) {
  t.test(`signs ${algorithm} from every form and from outside, for jose to verify`, async (t) => {
    const outside = {
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
      sign: async (data: Uint8Array) =>
        sign(algorithm === 'EdDSA' ? null : 'sha256', data, privateKey)
    }
    for (
      const key of [
        privateKey,
        privateKey.export({ type: 'pkcs8', format: 'pem' }),
        { ...privateKey.export({ format: 'jwk' }), alg: algorithm },
        JSON.stringify(privateKey.export({ format: 'jwk' })),
        outside
      ]
    ) {
      const parsed = parse({ key, kid: 'one' })
      t.match(parsed, { id: 'one', algorithm, canSign: true })
      const jws = await signCompactJws(header(algorithm), { a: 1 }, parsed.signInput!)
      t.same(
        (await compactVerify(jws, publicKey, { algorithms: [algorithm] })).protectedHeader,
        header(algorithm)
      )
    }
  })

  t.test(`only verifies with a public key for ${algorithm}`, async (t) => {
    const parsed = parse({ publicKey: { ...publicKey.export({ format: 'jwk' }), kid: 'two' } })
    t.match(parsed, { id: 'two', canSign: false, signInput: undefined })
  })
}

t.test('signs deterministic algorithms as jose does, byte for byte', async (t) => {
  for (const algorithm of ['RS256', 'EdDSA'] as const) {
    const { privateKey } = pairs[algorithm]
    const jose = new CompactSign(Buffer.from('{"a":1}'))
    const wanted = await jose.setProtectedHeader(header(algorithm)).sign(privateKey)
    const { signInput } = parse({ key: privateKey })
    t.equal(await signCompactJws(header(algorithm), { a: 1 }, signInput!), wanted)
  }
})

t.test('refuses what an outside signer yields in another form', async (t) => {
  const { publicKey } = pairs.ES256
  const { signInput } = parse({ key: { publicKey, sign: () => Buffer.alloc(64) } })
  await t.rejects(signInput!(Buffer.from('a')), { code: 'CDN_ACCESS_SIGNATURE_WRONG' })
})

t.test('refuses secrets that can be guessed', async (t) => {
  for (
    const k of [
      Buffer.alloc(15).toString('base64url'),
      Buffer.alloc(32).toString('base64'),
      undefined
    ]
  ) {
    t.throws(() => parse({ key: { kty: 'oct', k } }), {
      code: 'CDN_ACCESS_KEY_SECRET_INVALID',
      message: '"key" must be at least 128 bits in "k", base64url without padding: ' +
        'with less, every viewer could guess it. 256 bits are better'
    })
  }
  t.equal(
    parse({ key: { kty: 'oct', k: Buffer.alloc(16).toString('base64url') } }).algorithm,
    'HS256'
  )
})

t.test('refuses keys of other kinds', async (t) => {
  for (
    const [key, kind] of [
      [generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey, 'RSA 1024'],
      [generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'EC secp384r1'],
      [generateKeyPairSync('ed448').privateKey, 'ED448']
    ] as const
  ) {
    t.throws(() => parse({ key }), {
      code: 'CDN_ACCESS_KEY_TYPE',
      message: `"key" is ${kind}, and the CDN takes RSA of at least 2048 bits, EC P-256, ` +
        'Ed25519 and symmetric keys'
    })
  }
})

t.test('refuses a key that says it is for another algorithm', async (t) => {
  t.throws(() => parse({ key: { ...oct, alg: 'HS512' } }), {
    code: 'CDN_ACCESS_KEY_ALGORITHM',
    message: '"key" is a key for HS256, which can\'t be used with its own "alg" "HS512": ' +
      'leave "alg" out, or make a key of another kind'
  })
})

t.test('refuses a symmetric key as a public one, and a public one as a private one', async (t) => {
  t.throws(() => parse({ publicKey: oct }), { code: 'CDN_ACCESS_KEY_UNREADABLE' })
  t.throws(() => parse({ key: pairs.ES256.publicKey }), {
    code: 'CDN_ACCESS_KEY_PUBLIC',
    message: '"key" is a public key: signing needs the private key. ' +
      'To verify alone, give it as "publicKey"'
  })
})

t.test('refuses ids and entries of another form, naming its own field', async (t) => {
  for (const kid of ['', 'a b', 'é', 'a'.repeat(129), 7]) {
    t.throws(() => parse({ key: createSecretKey(secret), kid }), {
      code: 'CDN_ACCESS_KEY_ID_INVALID',
      message: '"kid" must be 1 to 128 printable ASCII characters without space'
    })
  }
  t.throws(() => parse({}), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
    message: 'A key entry of "media" has neither "key" nor "publicKey": ' +
      'if it comes from an environment variable, is that set?'
  })
  t.throws(() => parse({ key: oct, issuer: 'a' }), { code: 'CDN_ACCESS_KEY_ENTRY_INVALID' })
  t.throws(() => parse({ key: 'not a key' }), {
    code: 'CDN_ACCESS_KEY_UNREADABLE',
    message: '"key" can\'t be read as a key: ' +
      'it is neither PEM, nor a JWK, nor a private key in DER or in base64'
  })
  t.throws(() => parse({ key: pairs.ES256.privateKey, publicKey: pairs.RS256.publicKey }), {
    code: 'CDN_ACCESS_KEY_MISMATCH',
    message: '"key" and "publicKey" are not a pair'
  })
})
