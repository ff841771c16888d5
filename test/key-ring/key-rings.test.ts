import Fastify from 'fastify'
import t from 'tap'
import { cloudfront } from '../../src/index.js'
import { openKeyRings } from '../../src/key-ring/key-rings.js'
import { keys } from '../fixtures/site.js'

const context = { log: Fastify().log, proveAt: () => 1_800_000_000 }
const entry = { keyPairId: 'KONE', privateKey: keys.privateKey }

t.test('opens a ring for each CDN, by name', async (t) => {
  const rings = await openKeyRings(
    ['a', 'b'].map((name) =>
      cloudfront({ url: 'https://media.example.com', name, keys: [{ ...entry, keyPairId: name }] })
    ),
    context
  )
  t.same([...rings].map(([name, ring]) => [name, ring.signingKey(1, 2).id]), [['a', 'a'], [
    'b',
    'b'
  ]])
})

t.test('closes those that opened where another fails', async (t) => {
  let loads = 0
  const source = cloudfront({
    url: 'https://media.example.com',
    keys: {
      load: () => {
        loads++
        return entry
      },
      every: '1s'
    }
  })
  await t.rejects(
    openKeyRings([source, cloudfront({ url: 'https://media.example.com', name: 'none' })], context),
    { code: 'CDN_ACCESS_KEYS_MISSING' }
  )
  await new Promise((resolve) => {
    setTimeout(resolve, 1200)
  })
  t.equal(loads, 1)
})
