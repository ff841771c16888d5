import { sign, verify } from 'node:crypto'
import t from 'tap'
import { parseKeyPair, type ExternalSigner, type KeyPairEntry } from '../../src/keys/parse-key.js'
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
      return new Uint8Array(sign('sha256', bytes, keys.ecPkcs8))
    },
    publicKey: keys.ecPublic
  }
  const pair = parse({ privateKey: signer, publicKey: keys.ecPublic })
  t.equal(pair.identity, identity.ec)
  const signature = await pair.signBytes!('ECDSA-SHA256', data)
  t.ok(verify('sha256', data, keys.ecPublic, signature))
  t.strictSame(seen, [['what gets signed', { algorithm: 'ECDSA-SHA256' }]])
  const lying = parse({ privateKey: { sign: () => data, publicKey: keys.ecPublic } })
  await t.rejects(lying.signBytes!('ECDSA-SHA256', data), { code: 'CDN_ACCESS_SIGNATURE_WRONG' })
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
      '"publicKey" can\'t be read as a key: it is undefined: is the environment variable set?'
  })
})

t.test('an algorithm that a key does not have rejects and throws nothing', async (t) => {
  await t.rejects(parse({ privateKey: keys.ed25519 }).signBytes!('RSA-SHA256', data))
})

t.test('an entry without a key is refused under the name that its format uses', async (t) => {
  t.throws(() => parse({}), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
    message: 'A key entry of "sample" has neither "privateKey" nor "publicKey": ' +
      'if it comes from an environment variable, is that set?'
  })
  t.throws(() => parseKeyPair({}, 'sample', 'key'), {
    message: /has neither "key" nor "publicKey": if it comes/
  })
  for (
    const [entry, field] of [
      [{ privateKey: undefined }, 'key'],
      [{ privateKey: undefined, publicKey: undefined }, 'key'],
      [{ publicKey: undefined }, 'publicKey']
    ] as const
  ) {
    t.throws(() => parseKeyPair(entry as unknown as KeyPairEntry, 'sample', 'key'), {
      message: `A key entry of "sample" has a "${field}" that is undefined: ` +
        'is the environment variable set?'
    })
  }
  t.throws(() => parseKeyPair({ privateKey: keys.rsaPublic }, 'sample', 'key'), {
    code: 'CDN_ACCESS_KEY_PUBLIC',
    message: '"key" is a public key: signing needs the private key. ' +
      'To verify alone, give it as "publicKey"'
  })
})

t.test('a passphrase that is not a string is refused', async (t) => {
  for (const passphrase of [7, null]) {
    t.throws(() => parse({ privateKey: keys.rsaEncrypted, passphrase }), {
      code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
      message: 'A key entry of "sample" has a "passphrase" that is not a string'
    })
  }
})

t.test('signs with PSS here and elsewhere, and looks at what comes from there', async (t) => {
  const padded = { padding: 6, saltLength: 32 }
  const here = parse({ privateKey: keys.rsaPkcs8 })
  const elsewhere = parse({
    privateKey: {
      sign: (bytes: Uint8Array, { algorithm }: { algorithm: string }) => {
        t.equal(algorithm, 'RSA-PSS-SHA256')
        return sign('sha256', bytes, { key: keys.rsaPkcs8, ...padded })
      },
      publicKey: keys.rsaPublic
    }
  })
  for (const { signBytes } of [here, elsewhere]) {
    const signature = await signBytes!('RSA-PSS-SHA256', data)
    t.ok(verify('sha256', data, { key: keys.rsaPublic, ...padded }, signature))
  }
  const other = parse({
    privateKey: {
      sign: (bytes: Uint8Array) => sign('sha256', bytes, keys.rsaPkcs8),
      publicKey: keys.rsaPublic
    }
  })
  await t.rejects(other.signBytes!('RSA-PSS-SHA256', data), {
    code: 'CDN_ACCESS_SIGNATURE_WRONG'
  })
})
