import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { cloudfront, nginx } from '../../src/index.js'
import { parseRingKeys } from '../../src/key-ring/ring-keys.js'
import type { CdnKey } from '../../src/keys/key.js'

const url = 'https://media.example.com'
const now = 1_800_000_000
const cdn = cloudfront({ url, keys: [] })
const [first, second] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))

function parse (entries: readonly unknown[], provenAt?: number): Promise<readonly CdnKey[]> {
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

t.test('proves each key that signs, unless it is told not to', async (t) => {
  const liar = {
    keyPairId: 'K1',
    privateKey: { sign: () => Buffer.from('no signature'), publicKey: first!.publicKey }
  }
  await t.rejects(parse([{ keyPairId: 'K0', privateKey: second!.privateKey }, liar], now), {
    code: 'CDN_ACCESS_KEY_PROOF_FAILED',
    message: 'The key "K1" of "cloudfront" signed a trial grant that its own check refuses ' +
      '(signature): the key, or the sign function, is not what it says'
  })
  t.match(await parse([liar]), [{ id: 'K1', canSign: true }])
})
