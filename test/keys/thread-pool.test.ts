import { generateKeyPairSync, verify } from 'node:crypto'
import t from 'tap'
import { signInThreadPool } from '../../src/keys/thread-pool.js'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

t.test('signs many at a time, each with its own bytes', async (t) => {
  const texts = Array.from({ length: 50 }, (_, index) => Buffer.from(`text ${index}`))
  const signatures = await Promise.all(texts.map((text) => signInThreadPool('sha256', text, privateKey)))
  t.ok(signatures.every((signature, index) => verify('sha256', texts[index]!, publicKey, signature)))
})

t.test('rejects where signing fails, and goes on', async (t) => {
  await t.rejects(signInThreadPool('no-such-digest', Buffer.from('x'), privateKey))
  t.ok(verify('sha256', Buffer.from('x'), publicKey, await signInThreadPool('sha256', Buffer.from('x'), privateKey)))
})
