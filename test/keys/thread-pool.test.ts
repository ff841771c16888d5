import { generateKeyPairSync, verify } from 'node:crypto'
import { install } from '@sinonjs/fake-timers'
import t from 'tap'
import { signInThreadPool } from '../../src/keys/thread-pool.js'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

t.test('signs many at a time, each with its own bytes and key', async (t) => {
  const texts = Array.from({ length: 100 }, (_, index) => Buffer.from(`text ${index}`))
  const pairs = [
    { ...generateKeyPairSync('rsa', { modulusLength: 2048 }), digest: 'sha256' },
    { ...generateKeyPairSync('ed25519'), digest: null },
    { privateKey, publicKey, digest: 'sha256' }
  ]
  const signed = await Promise.all(
    texts.map((text, index) =>
      signInThreadPool(pairs[index % 3]!.digest, text, pairs[index % 3]!.privateKey)
    )
  )
  t.ok(
    signed.every((signature, index) =>
      verify(pairs[index % 3]!.digest, texts[index]!, pairs[index % 3]!.publicKey, signature)
    )
  )
})

t.test('signs while a test has stopped the clock', async (t) => {
  const clock = install()
  t.teardown(() => {
    clock.uninstall()
  })
  t.ok(verify(
    'sha256',
    Buffer.from('x'),
    publicKey,
    await signInThreadPool('sha256', Buffer.from('x'), privateKey)
  ))
})

t.test('rejects where signing fails, and goes on', async (t) => {
  await t.rejects(signInThreadPool('no-such-digest', Buffer.from('x'), privateKey))
  t.ok(verify(
    'sha256',
    Buffer.from('x'),
    publicKey,
    await signInThreadPool('sha256', Buffer.from('x'), privateKey)
  ))
})
