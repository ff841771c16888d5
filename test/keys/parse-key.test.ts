import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  verify,
  type JsonWebKey
} from 'node:crypto'
import t from 'tap'
import {
  checkEntry,
  keyPairFields,
  parseKeyPair,
  parseValidity,
  type ExternalSigner,
  type KeyPairEntry
} from '../../src/keys/parse-key.js'
import * as keys from '../fixtures/keys.js'

const data = Buffer.from('what gets signed')
const parse = (entry: unknown): ReturnType<typeof parseKeyPair> =>
  parseKeyPair(entry as KeyPairEntry, 'sample')
const identity = {
  rsa: parse({ publicKey: keys.rsaPublic }).identity,
  ec: parse({ publicKey: keys.ecPublic }).identity
}

t.test('a pair signs with each algorithm of its kind, and its public half verifies', async (t) => {
  for (
    const [privateKey, algorithm, digest] of [
      [keys.rsaPkcs8, 'RSA-SHA256', 'sha256'],
      [keys.rsaPkcs8, 'RSA-SHA1', 'sha1'],
      [keys.ecPkcs8, 'ECDSA-SHA256', 'sha256'],
      [keys.ed25519, 'Ed25519', null]
    ] as const
  ) {
    const pair = parse({ privateKey })
    const signature = await pair.signBytes!(algorithm, data)
    t.ok(verify(digest, data, pair.publicKey, signature), algorithm)
    t.notOk(verify(digest, Buffer.from('else'), pair.publicKey, signature), algorithm)
  }
})

t.test('the identity is a hash of the public half, whatever the key came in', async (t) => {
  t.equal(parse({ privateKey: keys.rsaPkcs8 }).identity, identity.rsa)
  t.equal(parse({ privateKey: keys.ecPkcs8 }).identity, identity.ec)
  t.equal(parse({ publicKey: keys.rsaCertificate }).identity, identity.rsa)
  t.match(identity.rsa, /^[A-Za-z0-9_-]{43}$/)
  t.not(identity.rsa, identity.ec)
})

t.test('a public key alone only verifies, in every form', async (t) => {
  for (
    const publicKey of [
      keys.ecPublic,
      keys.ecPublic.replaceAll('\n', '\\n'),
      Buffer.from(keys.ecPublic),
      createPublicKey(keys.ecPublic),
      createPrivateKey(keys.ecPkcs8),
      keys.ecPkcs8,
      createPublicKey(keys.ecPublic).export({ format: 'jwk' }),
      JSON.stringify(createPublicKey(keys.ecPublic).export({ format: 'jwk' })),
      createPublicKey(keys.ecPublic).export({ type: 'spki', format: 'der' }).toString('base64'),
      `${keys.ecPkcs8}${keys.ecPublic}`
    ]
  ) {
    const pair = parse({ publicKey })
    t.equal(pair.identity, identity.ec)
    t.equal(pair.publicKey.type, 'public')
    t.notOk('signBytes' in pair)
  }
})

t.test('a JWK or a KeyObject is a private key too', async (t) => {
  for (const pem of [keys.rsaPkcs8, keys.ecPkcs8, keys.ed25519]) {
    const object = createPrivateKey(pem)
    const expected = parse({ privateKey: pem }).identity
    t.equal(parse({ privateKey: object }).identity, expected)
    t.equal(parse({ privateKey: object.export({ format: 'jwk' }) }).identity, expected)
    t.equal(
      parse({ privateKey: JSON.stringify(object.export({ format: 'jwk' })) }).identity,
      expected
    )
  }
})

t.test('a pair that belongs together is taken, one that does not is refused', async (t) => {
  t.equal(parse({ privateKey: keys.ecPkcs8, publicKey: keys.ecPublic }).identity, identity.ec)
  const mismatch = {
    code: 'CDN_ACCESS_KEY_MISMATCH',
    message: '"privateKey" and "publicKey" are not a pair'
  }
  t.throws(() => parse({ privateKey: keys.otherEc, publicKey: keys.ecPublic }), mismatch)
  t.throws(
    () =>
      parse({
        privateKey: { sign: () => data, publicKey: keys.rsaPublic },
        publicKey: keys.ecPublic
      }),
    mismatch
  )
})

t.test('a key may sign elsewhere, under its public half', async (t) => {
  const seen: unknown[] = []
  const signer: ExternalSigner = {
    sign: (bytes, details) => {
      seen.push([Buffer.from(bytes).toString(), details])
      return new Uint8Array([1, 2, 3])
    },
    publicKey: keys.ecPublic
  }
  const pair = parse({ privateKey: signer, publicKey: keys.ecPublic })
  t.equal(pair.identity, identity.ec)
  t.strictSame(await pair.signBytes!('ECDSA-SHA256', data), Buffer.from([1, 2, 3]))
  t.strictSame(seen, [['what gets signed', { algorithm: 'ECDSA-SHA256' }]])
  const failing = parse({
    privateKey: {
      sign: async () => {
        throw new Error('no answer')
      },
      publicKey: keys.ecPublic
    }
  })
  await t.rejects(failing.signBytes!('ECDSA-SHA256', data), new Error('no answer'))
  t.throws(() => parse({ privateKey: { sign: () => data } }), {
    code: 'CDN_ACCESS_KEY_UNREADABLE',
    message:
      '"publicKey" can\'t be read as a key: it must be PEM text, a Buffer, a JWK or a KeyObject'
  })
})

t.test('an algorithm that a key does not have rejects and throws nothing', async (t) => {
  await t.rejects(parse({ privateKey: keys.ed25519 }).signBytes!('RSA-SHA256', data))
})

t.test('an entry without a key is refused under the name that its format uses', async (t) => {
  t.throws(() => parse({}), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
    message: 'A key entry of "sample" has neither "privateKey" nor "publicKey"'
  })
  t.throws(() => parseKeyPair({}, 'sample', 'key'), {
    message: 'A key entry of "sample" has neither "key" nor "publicKey"'
  })
  t.throws(() => parseKeyPair({ privateKey: keys.rsaPublic }, 'sample', 'key'), {
    code: 'CDN_ACCESS_KEY_PUBLIC',
    message:
      '"key" is a public key: signing needs the private key. To verify alone, give it as "publicKey"'
  })
})

t.test('an entry is an object with known fields', async (t) => {
  const entry = { privateKey: keys.ecPkcs8, notAfter: 1800000000 }
  t.equal(checkEntry(entry, keyPairFields, 'sample'), entry)
  for (const odd of [undefined, null, keys.ecPkcs8, 7, [entry]]) {
    t.throws(() => checkEntry(odd, keyPairFields, 'sample'), {
      code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
      message: 'A key entry of "sample" must be an object: a key alone has no id to go with it'
    })
  }
  t.throws(() => checkEntry({ privatekey: keys.ecPkcs8 }, keyPairFields, 'sample'), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
    message:
      'A key entry of "sample" has a field "privatekey", which nothing reads: it takes privateKey, passphrase, publicKey, notBefore, notAfter'
  })
})

t.test('a validity is read into epoch seconds', async (t) => {
  t.strictSame(parseValidity({}), {})
  t.strictSame(parseValidity({ notBefore: 1800000000 }), { notBefore: 1800000000 })
  t.strictSame(parseValidity({ notBefore: new Date(1800000000999), notAfter: 1800000001.5 }), {
    notBefore: 1800000000,
    notAfter: 1800000001
  })
})

t.test('a validity that is no moment, or has no length, is refused', async (t) => {
  for (const odd of [null, 'tomorrow', '2027-01-15', 1800000000000, -1, NaN]) {
    t.throws(() => parseValidity({ notBefore: odd as number }), {
      code: 'CDN_ACCESS_KEY_VALIDITY_INVALID',
      message: 'A key\'s "notBefore" must be a Date or epoch seconds'
    })
    t.throws(() => parseValidity({ notAfter: odd as number }), {
      code: 'CDN_ACCESS_KEY_VALIDITY_INVALID',
      message: 'A key\'s "notAfter" must be a Date or epoch seconds'
    })
  }
  for (const notAfter of [1800000000, 1799999999]) {
    t.throws(() => parseValidity({ notBefore: 1800000000, notAfter }), {
      code: 'CDN_ACCESS_KEY_VALIDITY_INVALID',
      message: 'A key\'s "notAfter" must be later than its "notBefore"'
    })
  }
})

t.test('a key that is not what its field needs has a code and a reason', async (t) => {
  const jwk = createPrivateKey(keys.ecPkcs8).export({ format: 'jwk' })
  const { d: secret, ...publicJwk } = jwk
  const secretJwk: JsonWebKey = { kty: 'oct', k: 'c2VjcmV0' }
  const incomplete = 'can\'t be read as a key: the JWK is incomplete or of an unknown kind'
  for (
    const [entry, code, message] of [
      [
        { privateKey: createPublicKey(keys.ecPublic) },
        'PUBLIC',
        '"privateKey" is a public key: signing needs the private key. To verify alone, give it as "publicKey"'
      ],
      [
        { privateKey: publicJwk },
        'PUBLIC',
        '"privateKey" is a public key: signing needs the private key. To verify alone, give it as "publicKey"'
      ],
      [
        { privateKey: createSecretKey(data) },
        'UNREADABLE',
        '"privateKey" can\'t be read as a key: it is a secret key'
      ],
      [
        { publicKey: createSecretKey(data) },
        'UNREADABLE',
        '"publicKey" can\'t be read as a key: it is a secret key'
      ],
      [{ privateKey: secretJwk }, 'UNREADABLE', `"privateKey" ${incomplete}`],
      [{ publicKey: secretJwk }, 'UNREADABLE', `"publicKey" ${incomplete}`],
      [{ privateKey: { kty: 'EC', d: secret } }, 'UNREADABLE', `"privateKey" ${incomplete}`],
      [{ publicKey: { kty: 'XX' } }, 'UNREADABLE', `"publicKey" ${incomplete}`],
      [
        { privateKey: null },
        'UNREADABLE',
        '"privateKey" can\'t be read as a key: it must be PEM text, a Buffer, a JWK or a KeyObject'
      ],
      [
        { privateKey: keys.rsaEncrypted, passphrase: 7 },
        'ENTRY_INVALID',
        'A key entry of "sample" has a "passphrase" that is not a string'
      ],
      [
        { privateKey: keys.rsaEncrypted, passphrase: null },
        'ENTRY_INVALID',
        'A key entry of "sample" has a "passphrase" that is not a string'
      ],
      [
        { publicKey: 'bm8ga2V5' },
        'UNREADABLE',
        '"publicKey" can\'t be read as a key: it is neither PEM nor base64 of a public key'
      ],
      [
        { publicKey: keys.rsaPublic.replace('MIIB', 'AAAA') },
        'UNREADABLE',
        '"publicKey" can\'t be read as a key: the PEM block is damaged or cut off'
      ],
      [
        { publicKey: keys.rsaPublic.slice(0, 200) },
        'UNREADABLE',
        '"publicKey" can\'t be read as a key: the PEM block has no matching END line: it is cut off'
      ]
    ] as const
  ) t.throws(() => parse(entry), { code: `CDN_ACCESS_KEY_${code}`, message }, message)
})
