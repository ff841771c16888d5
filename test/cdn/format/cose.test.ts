import type * as Auth0 from '@auth0/cose'
import { createHmac, createPublicKey, createSecretKey, sign, constants } from 'node:crypto'
import { createRequire } from 'node:module'
import t from 'tap'
import { CborTag, encodeCbor, type CborValue } from '../../../src/cdn/format/cbor.js'
import { decodeCbor } from '../../../src/cdn/format/cbor-reader.js'
import {
  coseSchemes,
  readCose,
  signCose,
  verifyCose,
  type CoseAlgorithm
} from '../../../src/cdn/format/cose.js'
import { ecPkcs8, ecPublic, otherEc, rsaPkcs8, rsaPublic } from '../../fixtures/keys.js'

/** By require: hooks of a loader hide the names that its own dependencies export. */
const { Mac0, Sign1 } = createRequire(import.meta.url)('@auth0/cose') as typeof Auth0

const secret = Buffer.alloc(32, 7)
const payload = encodeCbor(new Map([[1, 'issuer']]))
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
const keys = {
  HS256: createSecretKey(secret),
  ES256: createPublicKey(ecPublic),
  PS256: createPublicKey(rsaPublic)
}
const signers: Record<CoseAlgorithm, (input: Buffer) => Buffer> = {
  HS256: (input) => createHmac('sha256', secret).update(input).digest(),
  ES256: (input) => sign('sha256', input, { key: ecPkcs8, dsaEncoding: 'ieee-p1363' }),
  PS256: (input) => sign('sha256', input, { key: rsaPkcs8, ...pss })
}
const algorithms = Object.keys(signers) as CoseAlgorithm[]
const make = async (algorithm: CoseAlgorithm): Promise<Buffer> =>
  signCose({ algorithm, kid: 'k1', payload }, async (input) => signers[algorithm](input))
const message = (value: CborValue, tag = 17): Buffer =>
  encodeCbor(new CborTag(61, new CborTag(tag, value)))

t.test('signs each algorithm for its own key alone', async (t) => {
  for (const algorithm of algorithms) {
    const read = readCose(await make(algorithm))!
    t.match(read, {
      tag: coseSchemes[algorithm].tag,
      algorithm: coseSchemes[algorithm].id,
      kid: Buffer.from('k1'),
      payload
    })
    for (const other of algorithms) {
      t.equal(verifyCose(read, other, keys[other]), other === algorithm, `${algorithm} ${other}`)
    }
    t.notOk(verifyCose({ ...read, payload: Buffer.from('a0', 'hex') }, algorithm, keys[algorithm]))
    t.notOk(verifyCose({ ...read, proof: Buffer.alloc(0) }, algorithm, keys[algorithm]))
    t.notOk(verifyCose({ ...read, tag: 16 }, algorithm, keys[algorithm]))
  }
  const read = readCose(await make('ES256'))!
  t.equal(read.proof.length, 64, 'both numbers side by side, no DER')
  t.notOk(verifyCose(read, 'ES256', createPublicKey(otherEc)))
})

t.test('writes HS256 byte for byte', async (t) => {
  t.equal(
    (await make('HS256')).toString('hex'),
    'd83dd18443a10105a104426b3149a101666973737565725820' +
      createHmac('sha256', secret).update(
        Buffer.from('84644d41433043a101054049a10166697373756572', 'hex')
      ).digest('hex')
  )
})

t.test('is verified by @auth0/cose', async (t) => {
  const inner = async (algorithm: CoseAlgorithm): Promise<Buffer> =>
    encodeCbor((decodeCbor(await make(algorithm)) as CborTag).value)
  await t.resolves(Mac0.decode(await inner('HS256')).verify(new Uint8Array(secret)))
  await t.resolves(Sign1.decode(await inner('ES256')).verify(keys.ES256))
  await t.resolves(Sign1.decode(await inner('PS256')).verify(keys.PS256))
  await t.rejects(Sign1.decode(await inner('ES256')).verify(createPublicKey(otherEc)))
})

t.test('opens RFC 8392, A.4, and the key that goes with it fits', async (t) => {
  const read = readCose(Buffer.from(
    'd83dd18443a10104a1044c53796d6d65747269633235365850a70175636f61703a2f2f61732e6578616d706c65' +
      '2e636f6d02656572696b77037818636f61703a2f2f6c696768742e6578616d706c652e636f6d041a5612aeb0' +
      '051a5610d9f0061a5610d9f007420b7148093101ef6d789200',
    'hex'
  ))!
  t.match(read, { tag: 17, algorithm: 4, kid: Buffer.from('Symmetric256') })
  t.same(
    decodeCbor(read.payload),
    new Map<number, unknown>([
      [1, 'coap://as.example.com'],
      [2, 'erikw'],
      [3, 'coap://light.example.com'],
      [4, 1444064944],
      [5, 1443944944],
      [6, 1443944944],
      [7, Buffer.from('0b71', 'hex')]
    ])
  )
  const key = '403697de87af64611c1d32a05dab0fe1fcb715a86ab435f1ec99192d79569388'
  const input = encodeCbor(['MAC0', read.header, Buffer.alloc(0), read.payload])
  const mac = createHmac('sha256', Buffer.from(key, 'hex')).update(input).digest()
  t.same(mac.subarray(0, 8), read.proof)
  t.notOk(
    verifyCose(read, 'HS256', createSecretKey(Buffer.from(key, 'hex'))),
    'its MAC is shortened to 64 bits, which is another algorithm'
  )
})

t.test('opens the tokens of another implementation, with their keys alone', async (t) => {
  const tokens = {
    testKey: '2D3RhEOhAQWhBExTeW1tZXRyaWMyNTZYmKQBZ2Nkbm5hbWUCeCxBNXMyRnptNUI5UG5EVEVmS3VybGxM' +
      'dnJUelJLSWl4ZERsMWI0TEZzZlB3PQQaaIqzLBkBOKIFoQJ4Ji9lMDU5Lzc4MTEvMTY0MC80N2UxLTk5MzAtMmE0' +
      'MzQxZWE4YjEwBqEBeCUvMWJkMWUyNmUtMzQwNy00ODA1LWI4MDYtMTMyMTZiMzRkNGJmWCBxCao7OrEJkkIQ8DcT' +
      'NUFB-bMV4vUcVohXksntwc42_w',
    testSecret: '2D3RhEOhAQWhBEd0ZXN0S2lkWOCnAWpwcmltZXZpZGVvAngkNWI4ZWQ2YjItZmNhNC00ZWQ1LTkx' +
      'NWYtNThjZTFiMGYzMDRiB1gkZjI0ZmIxMDctNDA0MS00MTkxLThkMDktOWMzMzZkNWVjNzAyBRpofDGABBpoirIA' +
      'GQE4ogahAXgkNGFkZGQ5ZTctZTUzMS00NzIxLTlhNjctYjJlNzQ1OTIyMmJiBaECeCYvZTA1OS83ODExLzE2NDAv' +
      'NDdlMS05OTMwLTJhNDM0MWVhOGIxMBkBQ6MAAgEZA4QEdVgtUFYtQ0ROLUFjY2Vzcy1Ub2tlblggdBNqM-3RwdEO' +
      'uIZ2UoF-jDq3z7DvNcjUWSISjCiugR4'
  }
  for (const [key, text] of Object.entries(tokens)) {
    const read = readCose(Buffer.from(text, 'base64url'))!
    t.ok(verifyCose(read, 'HS256', createSecretKey(Buffer.from(key))), key)
    t.notOk(verifyCose(read, 'HS256', createSecretKey(Buffer.from('other'))), key)
    t.ok((decodeCbor(read.payload) as Map<number, unknown>).has(312))
  }
})

t.test('takes nothing else for a message', async (t) => {
  const bytes = Buffer.of(1)
  const header = Buffer.from('a10105', 'hex')
  const kid = new Map([[4, bytes]])
  t.match(readCose(message([header, kid, bytes, bytes])), { algorithm: 5, kid: bytes })
  t.match(readCose(message([header, new Map(), bytes, bytes])), { kid: undefined })
  for (const odd of ['a2010504', 'a0', 'a1020501', '80', '']) {
    t.match(readCose(message([Buffer.from(odd, 'hex'), kid, bytes, bytes])), {
      algorithm: undefined
    })
  }
  const malformed: CborValue[] = [
    7,
    [],
    [header, kid, bytes],
    [header, kid, bytes, bytes, bytes],
    ['a', kid, bytes, bytes],
    [header, [], bytes, bytes],
    [header, kid, null, bytes],
    [header, kid, bytes, 'a'],
    [header, new Map([[4, 'a']]), bytes, bytes],
    [header, new Map([[5, bytes]]), bytes, bytes],
    [header, new Map([[4, bytes], [5, bytes]]), bytes, bytes]
  ]
  for (const value of malformed) t.equal(readCose(message(value)), undefined)
  const right = [header, kid, bytes, bytes]
  t.equal(readCose(encodeCbor(new CborTag(17, right))), undefined)
  t.equal(readCose(encodeCbor(new CborTag(62, new CborTag(17, right)))), undefined)
  t.equal(readCose(encodeCbor(new CborTag(61, right))), undefined)
  t.equal(readCose(encodeCbor(right)), undefined)
  t.equal(readCose(Buffer.from('ff', 'hex')), undefined)
})
