import { generateKeyPairSync } from 'node:crypto'
import { install } from '@sinonjs/fake-timers'
import t from 'tap'
import { cloudfront, errors, nginx } from '../../src/index.js'
import { parseRingKeys, type RingKey } from '../../src/key-ring/ring-keys.js'

const url = 'https://media.example.com'
const now = 1_800_000_000
const cdn = cloudfront({ url, keys: [] })
const [first, second] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))

function parse (entries: readonly unknown[], provenAt?: number): Promise<readonly RingKey[]> {
  return parseRingKeys(cdn, entries, provenAt)
}

t.test('refuses two keys of one id, and takes one key twice', async (t) => {
  const one = { keyPairId: 'K1', privateKey: first!.privateKey }
  const other = { keyPairId: 'K1', privateKey: second!.privateKey }
  await t.rejects(parse([one, other], now), {
    code: 'CDN_ACCESS_KEY_ID_TAKEN',
    message: 'Two keys of "cloudfront" have the id "K1": each key of a ring needs its own'
  })
  const again = { keyPairId: 'K1', publicKey: first!.publicKey }
  t.equal((await parse([one, again], now)).length, 2)
})

t.test('knows a key by its id and its identity, and keeps the CDN\'s own object', async (t) => {
  const own = (id: string, identity: string): object => ({ id, identity, canSign: false })
  const pairs = [['a', 'bcdefghij'], ['ab', 'cdefghij'], ['a","b', 'cdefghij'], ['a', 'cdefghij']]
  const keys = pairs.map(([id, identity]) => own(id!, identity!))
  const identities: string[] = []
  for (const key of keys) {
    const [parsed] = await parseRingKeys({ ...cdn, parseKey: () => key as never }, [0], undefined)
    t.equal(parsed!.key, key)
    t.match(parsed!.identity, /^[A-Za-z0-9_-]{43}$/)
    identities.push(parsed!.identity)
  }
  t.equal(new Set(identities).size, keys.length)
})

t.test('asks each key for an identity that a ticket can carry', async (t) => {
  const entry = { keyPairId: 'K1', privateKey: first!.privateKey }
  const short = {
    ...cdn,
    parseKey: () => ({ ...cdn.parseKey(entry), identity: 'short' })
  }
  await t.rejects(parseRingKeys(short, [entry], undefined), { code: 'CDN_ACCESS_CDN_INVALID' })
})

t.test('proves a key with a grant that its format can hold', async (t) => {
  for (const ip of [false, true]) {
    const secret = 'c2VjcmV0LXNlY3JldC1zZWNyZXQ'
    const hashing = nginx({ url, secret, scope: '/v/:id/', ip })
    t.equal((await parseRingKeys(hashing, [{ secret }], now)).length, 1)
  }
})

t.test('gives a signer 5 seconds to prove its key', async (t) => {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout'] })
  t.teardown(() => {
    clock.uninstall()
  })
  const silent = { sign: () => new Promise<never>(() => undefined), publicKey: first!.publicKey }
  const refused = t.rejects(parse([{ keyPairId: 'K1', privateKey: silent }], now), {
    code: 'CDN_ACCESS_KEY_PROOF_TIMEOUT',
    message: 'The key "K1" of "cloudfront" did not sign a trial grant within 5 s: ' +
      'its sign function does not answer'
  })
  await clock.tickAsync(5000)
  await refused
})

t.test('tells of a signer\'s error its kind alone, and passes one of its own on', async (t) => {
  const failing = {
    sign: () => Promise.reject(new Error('the key itself')),
    publicKey: first!.publicKey
  }
  await t.rejects(parse([{ keyPairId: 'K1', privateKey: failing }], now), {
    code: 'CDN_ACCESS_SIGN_FAILED',
    message: 'The CDN "cloudfront" could not sign: its signer failed with Error',
    cause: undefined
  })
  const own = new errors.CDN_ACCESS_BUSY()
  const busy = { sign: () => Promise.reject(own), publicKey: first!.publicKey }
  const error = await parse([{ keyPairId: 'K1', privateKey: busy }], now).catch((each: unknown) =>
    each
  )
  t.equal(error, own)
})

t.test('proves each key that signs, unless it is told not to', async (t) => {
  const liar = {
    keyPairId: 'K1',
    privateKey: { sign: () => Buffer.from('no signature'), publicKey: first!.publicKey }
  }
  await t.rejects(parse([{ keyPairId: 'K0', privateKey: second!.privateKey }, liar], now), {
    code: 'CDN_ACCESS_SIGNATURE_WRONG'
  })
  t.match(await parse([liar]), [{ key: { id: 'K1', canSign: true } }])
})

t.test('refuses a key whose own CDN refuses what it signs', async (t) => {
  const real = cloudfront({ url: 'https://media.example.com', keys: [] })
  const cdn: typeof real = {
    ...real,
    check: async () => ({
      allowed: false,
      status: 403,
      checks: [{ name: 'signature', ok: false, detail: 'no' }]
    })
  }
  const entries = [{ keyPairId: 'K1', privateKey: first!.privateKey }]
  await t.rejects(parseRingKeys(cdn, entries, now), {
    code: 'CDN_ACCESS_KEY_PROOF_FAILED',
    message: 'The key "K1" of "cloudfront" signed a trial grant that its own check refuses ' +
      '(signature): the key, or the sign function, is not what it says'
  })
})

t.test('refuses more keys than the CDN takes, by their ids', async (t) => {
  const ids = Array.from({ length: 21 }, (_, index) => `K${index}`)
  const entries = ids.map((keyPairId) => ({ keyPairId, publicKey: first!.publicKey }))
  t.equal((await parse([...entries.slice(1), entries[1]])).length, 21)
  await t.rejects(parse(entries), {
    code: 'CDN_ACCESS_KEYS_TOO_MANY',
    message: 'The ring of "cloudfront" has 21 keys, and the CDN takes 20 at most: ' +
      'take out those that sign no more'
  })
})
