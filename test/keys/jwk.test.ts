import { createPrivateKey, type webcrypto } from 'node:crypto'
import { inspect } from 'node:util'
import t from 'tap'
import type { PrivateKeyInput, PublicKeyInput } from '../../src/index.js'
import { jwkIn, readJwk, type Jwk } from '../../src/keys/jwk.js'
import * as keys from '../fixtures/keys.js'
import { files, read } from '../fixtures/rooms.js'

const jwk = createPrivateKey(keys.ecPkcs8).export({ format: 'jwk' })

t.test('reads either half', async (t) => {
  t.equal(readJwk(jwk, { half: 'private', field: 'key' }).type, 'private')
  t.equal(readJwk(jwk, { half: 'public', field: 'key' }).type, 'public')
})

t.test('takes the JWKs of others, whatever else is in them', async (t) => {
  // As the DOM and later versions of @types/node declare it: without an index signature.
  const ofWebCrypto: webcrypto.JsonWebKey = { ...jwk, ext: true, key_ops: ['sign'] }
  const literal: Jwk = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: '1', alg: 'ES256' }
  const taken: ReadonlyArray<PrivateKeyInput & PublicKeyInput> = [ofWebCrypto, jwk, literal]
  t.equal(taken.length, 3)
  t.equal(readJwk(ofWebCrypto, { half: 'private', field: 'key' }).asymmetricKeyType, 'ec')
})

t.test('is refused without the error that may quote it', async (t) => {
  for (
    const odd of [{ ...jwk, d: 31415926535 as never }, { kty: 'EC', d: jwk.d! }, { kty: 'XX' }]
  ) {
    let error: unknown
    try {
      readJwk(odd, { half: 'private', field: 'key' })
    } catch (thrown) {
      error = thrown
    }
    t.match(error, {
      code: 'CDN_ACCESS_KEY_UNREADABLE',
      message: '"key" can\'t be read as a key: the JWK is incomplete or of an unknown kind',
      cause: undefined
    })
    t.notMatch(inspect(error, { showHidden: true }), /31415926535/)
  }
})

t.test('is the only type of a JWK: later types of node:crypto have none', async (t) => {
  t.same(files.filter((file) => /\bJsonWebKey\b/.test(read(file))), [])
})

t.test('is found in an object, in JSON text and in its bytes', async (t) => {
  const json = JSON.stringify(jwk)
  for (const input of [jwk, json, ` ${json}\n`, `'${json}'`, Buffer.from(json)]) {
    t.strictSame(jwkIn(input), jwk)
  }
  for (const input of [keys.ecPkcs8, '{', '7', 'null', '{}', {}, null, undefined, 7]) {
    t.equal(jwkIn(input), undefined)
  }
})
