import t from 'tap'
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { refusesCdn } from '../fixtures/refusals.js'
import { privateKey, publicKey } from '../fixtures/server.js'

const pem = { type: 'pkcs8', format: 'pem' } as const
const key = privateKey.export(pem).toString()
const publicPem = publicKey.export({ type: 'spki', format: 'pem' })
const encrypted = privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'right' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
const edKey = generateKeyPairSync('ed25519').privateKey

/** A block of PEM whose body no one reads. */
const block = (label: string): string => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----`

t.test('refuses a wrong key', async (t) => {
  await refusesCdn(t, 'KEY_UNREADABLE', 'is the environment variable set?', {
    'an empty key': { privateKey: '' }
  })
  await refusesCdn(
    t,
    'KEY_UNREADABLE',
    'must be PEM text, the bytes of PEM or DER, a JWK or a KeyObject',
    {
      'a key that is a number': { privateKey: 7 }
    }
  )
  await refusesCdn(t, 'KEY_UNREADABLE', 'it is cut off', {
    'PEM that is cut off': { privateKey: key.slice(0, 80) }
  })
  await refusesCdn(t, 'KEY_UNREADABLE', 'compare its length with the file', {
    'PEM with a damaged body': { privateKey: key.replace(/\n.{20}/, '\n') }
  })
  await refusesCdn(t, 'KEY_UNREADABLE', 'neither PEM, nor a JWK', {
    'text that is no PEM': { privateKey: 'not a key' }
  })
  await refusesCdn(t, 'KEY_UNREADABLE', 'looks like the path of a file', {
    'a path in a key\'s place': { privateKey: '/etc/keys/a.pem' }
  })
  await refusesCdn(t, 'KEY_UNREADABLE', 'ssh-keygen -p -m PEM', {
    'a key in OpenSSH form': { privateKey: block('OPENSSH PRIVATE KEY') }
  })
  await refusesCdn(t, 'KEY_UNREADABLE', 'it starts like JSON but is not', {
    'broken JSON': { privateKey: '{"kty"' }
  })
  await refusesCdn(t, 'KEY_UNREADABLE', 'the JWK is incomplete', {
    'an incomplete JWK': { privateKey: { kty: 'EC', d: 'AAAA' } }
  })
  await refusesCdn(t, 'KEY_PUBLIC', 'give it as "publicKey"', {
    'a public key': { privateKey: publicPem }
  })
  await refusesCdn(t, 'KEY_PUBLIC', 'signing needs the private key', {
    'a public KeyObject': { privateKey: publicKey }
  })
  await refusesCdn(t, 'KEY_PUBLIC', 'is a certificate: signing needs the private key', {
    'a certificate': { privateKey: block('CERTIFICATE') }
  })
  await refusesCdn(t, 'KEY_ENCRYPTED', '"passphrase" is missing', {
    'an encrypted key without its passphrase': { privateKey: encrypted }
  })
  await refusesCdn(t, 'KEY_ENCRYPTED', '"passphrase" is wrong', {
    'an encrypted key with another passphrase': { privateKey: encrypted, passphrase: 'other' }
  })
})

t.test('refuses a key that the CDN does not take', async (t) => {
  await refusesCdn(t, 'KEY_TYPE', 'takes RSA-2048 and EC P-256', {
    'RSA-1024': { privateKey: shortRsa },
    'EC P-384': { privateKey: otherCurve },
    Ed25519: { privateKey: edKey }
  })
  await refusesCdn(t, 'KEY_ALGORITHM', 'leave "hash" out', {
    'EC with SHA-1': { privateKey, hash: 'SHA1' }
  })
  await refusesCdn(
    t,
    'SIGNATURE_WRONG',
    'it signs with another key, other data, or in another form',
    {
      'a signer that signs something else': {
        privateKey: { publicKey, sign: () => sign('sha256', Buffer.from('other'), privateKey) }
      }
    }
  )
})

t.test('refuses wrong keys', async (t) => {
  await refusesCdn(t, 'KEYS_MISSING', 'or "keys" with at least one entry', {
    'no key': { keys: [] }
  })
  await refusesCdn(t, 'KEY_ID_INVALID', 'such as K2JCJMDEHXQW5F', {
    'no key pair id': { keyPairId: undefined }
  })
  await refusesCdn(t, 'KEY_ID_INVALID', 'letters and digits', {
    'a key pair id with a hyphen': { keyPairId: 'K-1' }
  })
  await refusesCdn(t, 'KEY_ENTRY_INVALID', 'neither "privateKey" nor "publicKey"', {
    'an id without a key': { privateKey: undefined }
  })
  await refusesCdn(t, 'KEY_ENTRY_INVALID', 'a "privateKey" that is undefined: is the environment', {
    'an entry with a variable that is not set': {
      keys: [{ keyPairId: 'K1', privateKey: undefined }]
    }
  })
  await refusesCdn(t, 'KEY_MISMATCH', 'are not a pair', {
    'a pair that is none': {
      keys: [{ keyPairId: 'K1', privateKey, publicKey: createPublicKey(rsa) }]
    }
  })
  await refusesCdn(t, 'KEY_ENTRY_INVALID', 'it takes keyPairId, privateKey', {
    'an unknown field of an entry': { keys: [{ keyPairId: 'K1', privateKey, id: 'K1' }] }
  })
  await refusesCdn(t, 'KEY_ENTRY_INVALID', 'must be an object', {
    'a bare key among the entries': { keys: [key] }
  })
  await refusesCdn(t, 'KEY_ID_TAKEN', 'each key of a ring needs its own', {
    'two keys of one id': {
      keys: [{ keyPairId: 'K1', privateKey }, { keyPairId: 'K1', privateKey: stranger }]
    }
  })
  await refusesCdn(t, 'OPTION_INVALID', 'left out beside keyPairId', {
    'keys beside the shorthand': { keys: [{ keyPairId: 'K1', privateKey }], keyPairId: 'K2' }
  })
})

t.test('refuses a wrong source of keys', async (t) => {
  await refusesCdn(t, 'KEY_SOURCE_INVALID', '{ file, every } or { load, every }', {
    'keys that are text': { keys: key },
    'a source without file and load': { keys: { every: '5m' } }
  })
  await refusesCdn(t, 'DURATION_INVALID', '"keys.every" must be a duration', {
    'a source of a wrong interval': { keys: { file: 'keys.json', every: 'often' } }
  })
  await refusesCdn(t, 'KEY_SOURCE_INVALID', 'at least 1 second', {
    'a source without an interval': { keys: { file: 'keys.json', every: 0 } }
  })
})
