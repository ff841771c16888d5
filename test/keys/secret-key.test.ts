import { execFileSync } from 'node:child_process'
import t from 'tap'
import { secretIdentity } from '../../src/keys/secret-key.js'

const secret = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')

t.test('names a secret by a keyed hash', async (t) => {
  t.equal(secretIdentity(secret), 'qR6L-sx41ubAw9BMGuDSj4FCNQiJSE3sldHENTWWnJQ')
})

t.test('agrees with openssl', async (t) => {
  const mac = execFileSync('openssl', ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${secret.toString('hex')}`, '-binary'], { input: 'fastify-cdn-access key identity' })
  t.equal(secretIdentity(secret), mac.toString('base64url'))
})

t.test('tells secrets of one bit of difference apart', async (t) => {
  const other = Buffer.from(secret)
  other[0] = 1
  t.not(secretIdentity(other), secretIdentity(secret))
})
