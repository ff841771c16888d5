import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { install } from '@sinonjs/fake-timers'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { cloudfront, type KeyLoader } from '../../src/index.js'
import { openKeyRing, openKeyRings, type KeyRing } from '../../src/key-ring/key-ring.js'
import { keepLines } from '../fixtures/key-log.js'

const { log } = Fastify()
const url = 'https://media.example.com'
const now = 1_800_000_000
const pair = (): { privateKey: string, publicKey: string } =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
  })
const [first, second] = [pair(), pair()]
const entry = { keyPairId: 'KONE', privateKey: first.privateKey }

function fakeTimers (t: Test): ReturnType<typeof install> {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  t.teardown(() => {
    clock.uninstall()
  })
  return clock
}

async function open (t: Test, keys: unknown, prove = true): Promise<KeyRing> {
  const cdn = cloudfront({ url, keys: keys as [] })
  const ring = await openKeyRing(cdn, { log, now: () => now, prove })
  t.teardown(() => {
    ring.close()
  })
  return ring
}

t.test('signs with the first key that may, and accepts all', async (t) => {
  const ring = await open(t, [
    { keyPairId: 'KNEXT', privateKey: first.privateKey, notBefore: now + 100 },
    { keyPairId: 'KOLD', privateKey: second.privateKey, notAfter: now + 400 },
    { keyPairId: 'KPUBLIC', publicKey: pair().publicKey },
    { keyPairId: 'KLAST', privateKey: pair().privateKey }
  ])
  t.equal(ring.signingKey(now, now + 400).key.id, 'KOLD')
  t.equal(ring.signingKey(now, now + 401).key.id, 'KLAST')
  t.equal(ring.signingKey(now + 100, now + 401).key.id, 'KNEXT')
  t.same(ring.accepted(now).map(({ id }) => id), ['KNEXT', 'KOLD', 'KPUBLIC', 'KLAST'])
  t.same(ring.accepted(now + 400).map(({ id }) => id), ['KNEXT', 'KPUBLIC', 'KLAST'])
})

t.test('says that a ring of public keys can not sign', async (t) => {
  const ring = await open(t, [{ keyPairId: 'K1', publicKey: first.publicKey }])
  t.throws(() => ring.signingKey(now, now + 1), { code: 'CDN_ACCESS_VERIFY_ONLY' })
})

t.test('says which identities are accepted until when', async (t) => {
  const ring = await open(t, [
    { keyPairId: 'K1', privateKey: first.privateKey, notAfter: now + 100 },
    { keyPairId: 'K2', privateKey: second.privateKey }
  ])
  const ending = ring.signingKey(now, now + 100).identity.slice(0, 8)
  const lasting = ring.signingKey(now, now + 101).identity.slice(0, 8)
  t.same([
    ring.accepts(ending, now, now + 100),
    ring.accepts(ending, now, now + 101),
    ring.accepts(ending, now + 100, now + 100)
  ], [true, false, false])
  t.same([ring.accepts(lasting, now, now + 1e6), ring.accepts('AAAAAAAA', now, now)], [true, false])
})

t.test('never loads twice at a time, and keeps the last good ring', async (t) => {
  let answer: () => unknown = () => ({ keyPairId: 'K1', privateKey: first.privateKey })
  let [loads, underWay, most] = [0, 0, 0]
  const source: KeyLoader = {
    load: async () => {
      loads++
      most = Math.max(most, ++underWay)
      await new Promise(setImmediate)
      underWay--
      return answer()
    },
    every: '1h'
  }
  const ring = await open(t, source)
  t.equal(loads, 1)
  await Promise.all(Array.from({ length: 20 }, () => ring.reload()))
  t.same([loads, most], [3, 1])

  const failing = (): never => {
    throw new Error('the text of others may quote a key')
  }
  for (
    const [bad, reason] of [
      [failing, '^The keys of "cloudfront" could not be loaded: its loader failed with Error$'],
      [() => [], 'yielded no entry'],
      [() => first.privateKey, 'a key alone has no id to go with it'],
      [
        () => [{ keyPairId: 'K2', privateKey: second.privateKey }, { keyPairId: 'K3' }],
        'has neither "privateKey" nor "publicKey"'
      ]
    ] as const
  ) {
    answer = bad
    await t.rejects(ring.reload(), { code: 'CDN_ACCESS_KEY_LOAD_FAILED' })
    await t.rejects(ring.reload(), new RegExp(reason))
    t.same(ring.accepted(now).map(({ id }) => id), ['K1'])
  }
  answer = () => [{ keyPairId: 'K2', privateKey: second.privateKey }]
  await ring.reload()
  t.same(ring.accepted(now).map(({ id }) => id), ['K2'])
})

t.test('starts without a key where the source takes too long, and has it later', async (t) => {
  const clock = fakeTimers(t)
  let give: (entry: unknown) => void = () => undefined
  const opening = open(t, {
    load: () =>
      new Promise((resolve) => {
        give = resolve
      }),
    every: '1h'
  })
  await clock.tickAsync(5000)
  const ring = await opening
  t.throws(() => ring.signingKey(now, now + 1), {
    code: 'CDN_ACCESS_KEY_UNAVAILABLE',
    statusCode: 503
  })
  t.same(ring.accepted(now), [])
  give({ keyPairId: 'K1', privateKey: first.privateKey })
  await waitFor(() => ring.accepted(now).length > 0)
  t.equal(ring.signingKey(now, now + 1).key.id, 'K1')
})

t.test('gives up on a load after 30 seconds, and starts none until it has settled', async (t) => {
  const clock = fakeTimers(t)
  let loads = 0
  let settle: (() => void) | undefined
  const signals: AbortSignal[] = []
  const ring = await open(t, {
    load: ({ signal }: { signal: AbortSignal }) => {
      loads++
      signals.push(signal)
      if (loads === 1) return { keyPairId: 'K1', privateKey: first.privateKey }
      return new Promise((resolve) => {
        settle = () => {
          resolve({ keyPairId: `K${loads}`, privateKey: second.privateKey })
        }
      })
    },
    every: '1h'
  })
  for (let attempt = 0; attempt < 3; attempt++) {
    const stuck = t.rejects(ring.reload(), { message: /: the source took longer than 30 s$/ })
    await clock.tickAsync(30_000)
    await stuck
  }
  t.equal(loads, 2)
  t.same(signals.map(({ aborted }) => aborted), [false, true])
  t.same(ring.accepted(now).map(({ id }) => id), ['K1'], 'the last good ones stay')
  settle!()
  await t.resolves(waitFor(() => ring.accepted(now)[0]!.id === 'K2'), 'late keys are good keys')
  const later = ring.reload()
  settle!()
  await later
  t.equal(loads, 3)
})

t.test('a loader may end what is given up, and is told when the ring is closed', async (t) => {
  const clock = fakeTimers(t)
  const { log, lines } = keepLines()
  const signals: AbortSignal[] = []
  const cdn = cloudfront({
    url,
    keys: {
      load: ({ signal }) => {
        signals.push(signal)
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error)
          })
        })
      },
      every: '1h'
    }
  })
  const opening = openKeyRing(cdn, { log, now: () => now })
  await clock.tickAsync(5000)
  const ring = await opening
  await clock.tickAsync(25_000)
  await clock.tickAsync(1000)
  t.equal(signals.length, 2)
  t.match(lines, [['error', { reason: /took longer than 30 s$/ }]])
  ring.close()
  await clock.tickAsync(60_000)
  t.equal(signals[1]!.aborted, true)
  t.equal(lines.length, 1, 'nothing is logged of a ring that is closed')
})

t.test('a FIFO in place of a file holds no thread', async (t) => {
  const file = join(t.testdir(), 'keys.json')
  execFileSync('mkfifo', [file])
  const ring = await open(t, { file, every: '1h' })
  for (let attempt = 0; attempt < 6; attempt++) {
    await t.rejects(ring.reload(), {
      code: 'CDN_ACCESS_KEY_LOAD_FAILED',
      message: /CDN_ACCESS_KEY_FILE_UNREADABLE: .* it is a FIFO, and must be a regular file$/
    })
  }
  rmSync(file)
  writeFileSync(file, JSON.stringify(entry))
  await ring.reload()
  t.equal(ring.signingKey(now, now + 1).key.id, 'KONE')
})

/** Lets what runs in threads come to its end, while the timers stand still. */
async function waitFor (holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate)
}

t.test('loads again at every interval, sooner after a failure, and not when closed', async (t) => {
  const clock = fakeTimers(t)
  let loads = 0
  let fails = false
  const ring = await open(t, {
    load: () => {
      loads++
      if (fails) throw new Error('down')
      return { keyPairId: 'K1', privateKey: first.privateKey }
    },
    every: '10m'
  })
  const pass = async (seconds: number): Promise<number> => {
    await clock.tickAsync(seconds * 1000)
    return loads
  }
  t.equal(await pass(599), 1)
  fails = true
  t.equal(await pass(1), 2)
  t.equal(await pass(1), 3)
  t.equal(await pass(1), 3)
  t.equal(await pass(1), 4)
  fails = false
  await pass(4)
  t.equal(loads, 5)
  t.equal(await pass(10), 5, 'and then at its own interval')
  ring.close()
  t.equal(await pass(700), 5)
})

t.test('opens a ring for each CDN, by name', async (t) => {
  const rings = await openKeyRings(
    ['a', 'b'].map((name) => cloudfront({ url, name, keys: [{ ...entry, keyPairId: name }] })),
    { log, now: () => now, prove: true }
  )
  const signing = [...rings].map(([name, ring]) => [name, ring.signingKey(1, 2).key.id])
  t.same(signing, [['a', 'a'], ['b', 'b']])
})

t.test('closes those that opened where another fails', async (t) => {
  let loads = 0
  const source = cloudfront({
    url,
    keys: {
      load: () => {
        loads++
        return entry
      },
      every: '1s'
    }
  })
  const keyless = cloudfront({ url, name: 'none', keys: [] })
  await t.rejects(openKeyRings([source, keyless], { log, now: () => now, prove: true }), {
    code: 'CDN_ACCESS_KEYS_MISSING'
  })
  await new Promise((resolve) => {
    setTimeout(resolve, 1200)
  })
  t.equal(loads, 1)
})
