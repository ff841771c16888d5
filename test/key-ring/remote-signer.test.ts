import { generateKeyPairSync, sign } from 'node:crypto'
import t from 'tap'
import { remoteSigner, type RemoteSignerOptions } from '../../src/key-ring/remote-signer.js'
import type { ExternalSigner } from '../../src/keys/private-key.js'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const data = Buffer.from('a policy')
const algorithm = 'ECDSA-SHA256'
const passing = new Error('the text of others')

const working: RemoteSignerOptions = {
  name: 'vault',
  publicKey: () => publicKey,
  sign: (bytes) => sign('sha256', bytes, privateKey),
  isTransient: (error) => error === passing
}

function open (more: Partial<RemoteSignerOptions> = {}): Promise<ExternalSigner> {
  return remoteSigner({ ...working, ...more }).open({ signal: new AbortController().signal })
}

t.test('yields the public half, and signs', async (t) => {
  const signer = await open()
  t.equal(signer.publicKey, publicKey)
  t.ok((await signer.sign(data, { algorithm })).length > 60)
})

t.test('asks again after failures that pass, for the key as for a signature', async (t) => {
  const fails = { publicKey: 2, sign: 2 }
  const signer = await open({
    publicKey: async () => {
      if (fails.publicKey-- > 0) throw passing
      return publicKey
    },
    sign: async (bytes) => {
      if (fails.sign-- > 0) throw passing
      return sign('sha256', bytes, privateKey)
    }
  })
  await signer.sign(data, { algorithm })
  t.same(fails, { publicKey: -1, sign: -1 })
})

t.test('tells what lasts by its class and code, or in the words that are given', async (t) => {
  const failing = (): never => {
    throw Object.assign(new TypeError('the text of others'), { code: 'ECONNREFUSED' })
  }
  await t.rejects(open({ publicKey: failing }), {
    code: 'CDN_ACCESS_SIGNER_FAILED',
    message: 'The signer vault failed: TypeError ECONNREFUSED',
    statusCode: 500,
    cause: undefined
  })
  const signer = await open({ sign: failing, explain: () => 'the vault is sealed: unseal it' })
  await t.rejects(Promise.resolve(signer.sign(data, { algorithm })), {
    code: 'CDN_ACCESS_SIGNER_FAILED',
    message: 'The signer vault failed: the vault is sealed: unseal it'
  })
})

t.test('asks once where nothing is said of what passes', async (t) => {
  let calls = 0
  const publicKeyOf = (): never => {
    calls++
    throw passing
  }
  const { isTransient: _, ...rest } = working
  const { signal } = new AbortController()
  const opening = remoteSigner({ ...rest, publicKey: publicKeyOf }).open({ signal })
  await t.rejects(opening, { message: 'The signer vault failed: Error' })
  t.equal(calls, 1)
})

t.test('says when to come again where there is no answer in time', async (t) => {
  // What waits for an answer keeps no process alive.
  const alive = setInterval(() => undefined, 1000)
  t.teardown(() => {
    clearInterval(alive)
  })
  const hanging = await open({ timeout: 1, sign: () => new Promise(() => undefined) })
  const throttled = await open({ timeout: '1s', sign: () => Promise.reject(passing) })
  await Promise.all([
    t.rejects(Promise.resolve(hanging.sign(data, { algorithm })), {
      code: 'CDN_ACCESS_SIGNER_TIMEOUT',
      message: 'The signer vault gave no answer within its "timeout" of 1 s (it did not answer): ' +
        'try again later',
      statusCode: 503,
      retryIn: 1
    }),
    t.rejects(Promise.resolve(throttled.sign(data, { algorithm })), {
      code: 'CDN_ACCESS_SIGNER_TIMEOUT',
      message: 'The signer vault gave no answer within its "timeout" of 1 s (Error): ' +
        'try again later',
      headers: { 'retry-after': '1' }
    })
  ])
})

t.test('has so many calls under way, and so many waiting', async (t) => {
  let underWay = 0
  let most = 0
  const finish: Array<() => void> = []
  const signer = await open({
    concurrency: 2,
    timeout: '1m',
    sign: async () => {
      most = Math.max(most, ++underWay)
      await new Promise<void>((resolve) => finish.push(resolve))
      underWay--
      return data
    }
  })
  const ask = async (): Promise<Uint8Array> => signer.sign(data, { algorithm })
  const signing = Array.from({ length: 1002 }, ask)
  await t.rejects(ask(), {
    code: 'CDN_ACCESS_BUSY',
    message: 'More grants wait to be signed than can be signed in time: try again later',
    statusCode: 503,
    retryIn: 1
  })
  const all = Promise.all(signing)
  while (finish.length < 1002) {
    for (const end of finish) end()
    await new Promise(setImmediate)
  }
  for (const end of finish) end()
  t.equal((await all).length, 1002)
  t.equal(most, 2)
  const after = ask()
  while (finish.length < 1003) await new Promise(setImmediate)
  finish.at(-1)!()
  t.equal(await after, data)
})

t.test('refuses options that can not be', async (t) => {
  const cases: Array<readonly [object, string, string]> = [
    [{ name: 'a b' }, 'OPTION_INVALID', 'Option "name" must be 1 to 64 of A-Z a-z 0-9 _ -'],
    [{ name: undefined }, 'OPTION_INVALID', 'Option "name" must be given'],
    [{ publicKey }, 'OPTION_INVALID', 'Option "publicKey" must be a function'],
    [{ publicKey: undefined }, 'OPTION_INVALID', 'Option "publicKey" must be given'],
    [{ sign: undefined }, 'OPTION_INVALID', 'Option "sign" must be given'],
    [{ isTransient: true }, 'OPTION_INVALID', 'Option "isTransient" must be a function'],
    ...[0, 1001, 1.5, '25'].map((concurrency) =>
      [
        { concurrency },
        'OPTION_INVALID',
        'Option "concurrency" must be a whole number from 1 to 1000'
      ] as const
    ),
    [{ timeout: 0 }, 'OPTION_INVALID', 'Option "timeout" must be at least 1s and at most 60s'],
    [{ timeout: '61s' }, 'OPTION_INVALID', 'Option "timeout" must be at least 1s and at most 60s'],
    [
      { key: 1 },
      'OPTION_UNKNOWN',
      'remoteSigner has no option "key": it takes name, concurrency, ' +
      'timeout, publicKey, sign, isTransient, explain'
    ]
  ]
  for (const [more, code, message] of cases) {
    t.throws(() => remoteSigner({ ...working, ...more }), {
      code: `CDN_ACCESS_${code}`,
      message
    })
  }
})
