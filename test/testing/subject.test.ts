import t from 'tap'
import { openSubject } from '../../src/testing/subject.js'
import { breachOf, tokenCdn, type TokenKey } from '../fixtures/token-cdn.js'

const secret = 'first-secret-of-the-fixture'

t.test('opens the keys of entries and of a source', async (t) => {
  const { keys, key, secrets } = await openSubject(tokenCdn(), 1_800_000_000)
  t.same(keys.map(({ id }) => id), ['KMPM9sOR', 'msNA9AuI'])
  t.equal(key, keys[0])
  t.ok(secrets.includes(secret))
  const verifying = { ...keys[0]!, canSign: false }
  const source = tokenCdn({
    members: ({ parseKey }) => ({
      keys: { load: () => [{ secret }, { secret: 'second-secret-of-the-fixture' }], every: '1h' },
      parseKey: (entry: { secret: string }) => entry.secret === secret ? verifying : parseKey(entry)
    })
  })
  t.equal(
    (await openSubject(source, 1_800_000_000)).key.canSign,
    true,
    'the first that can sign does'
  )
})

t.test('names what is wrong with the shape', async (t) => {
  const breachWith = (members: object): Promise<string> => breachOf({ members: () => members })
  t.match(await breachWith({ check: undefined }), /^it has not the shape .* no function "check"$/)
  t.equal(
    await breachWith({ cookieNames: ['token_data', 'token_mac', 'token_mac'] }),
    '"cookieNames" lists a name twice'
  )
  for (
    const format of [
      undefined,
      { at: new Date(0) },
      { deep: [{ left: undefined }] },
      { size: Number.NaN },
      { make: () => 1 }
    ]
  ) {
    t.equal(
      await breachWith({ format }),
      '"format" is no plain JSON: it must be the same once it is written and read'
    )
  }
  await t.rejects(openSubject(undefined, 1_800_000_000), {
    message: /^The CDN "undefined" breaks the contract of a CDN: it has not the shape of one/
  })
})

t.test('names what is wrong with the keys', async (t) => {
  const breachWith = (key: (entry: { secret: string }) => object): Promise<string> =>
    breachOf({
      members: ({ parseKey }) => ({
        parseKey: (entry: { secret: string }) => ({ ...parseKey(entry), ...key(entry) })
      })
    })
  t.match(
    await breachOf({ members: () => ({ keys: [] }) }),
    /^its "keys" can't be loaded: .*no key/
  )
  t.equal(
    await breachWith(() => {
      throw new TypeError('too short')
    }),
    '"parseKey" refuses an entry of "keys": too short'
  )
  for (const id of ['', undefined]) t.equal(await breachWith(() => ({ id })), 'a key has no "id"')
  for (const identity of ['short', 'not base64url!', 7]) {
    t.equal(
      await breachWith(() => ({ identity })),
      'the "identity" of a key must be at least 8 characters of base64url'
    )
  }
  t.equal(
    await breachWith(() => ({ canSign: 'yes' })),
    'the "canSign" of a key must be true or false'
  )
  t.equal(await breachWith(() => ({ canSign: false })), 'none of its keys can sign')
  let calls = 0
  t.equal(
    await breachWith(() => ({ identity: `identity-${calls++}` })),
    'one entry has another "identity" each time that it is parsed'
  )
  t.equal(
    await breachWith(() => ({ identity: 'the-same-one' })),
    'two of its keys have one "identity"'
  )
  t.equal(await breachWith(() => ({ id: 'K1' })), 'two of its keys have one "id"')
})

t.test('finds a key in its identity, in whatever spelling', async (t) => {
  const holds = 'the "identity" of a key holds the key itself, or is a part of it'
  for (
    const tell of [
      (text: string) => text,
      (text: string) => text.slice(0, 12),
      (text: string) => `key-${text}`,
      (text: string) => Buffer.from(text).toString('base64url'),
      (text: string) => Buffer.from(text).toString('hex')
    ]
  ) {
    t.equal(
      await breachOf({
        members: ({ parseKey }) => ({
          parseKey: (entry: { secret: string }) => ({
            ...parseKey(entry),
            identity: tell(entry.secret)
          })
        })
      }),
      holds
    )
  }
})

t.test('names a secret that every viewer could guess', async (t) => {
  const parseKey = (entry: unknown): TokenKey => {
    const { secret = '' } = entry as { secret?: string }
    const identity = Buffer.from(
      `identity of ${secret.length} ${secret.charCodeAt(0)} ${secret.at(-1)}`
    )
    return { id: secret.slice(-8), identity: identity.toString('hex'), canSign: true, secret }
  }
  t.equal(
    await breachOf({ members: () => ({ parseKey }) }),
    'it takes a "secret" of four characters, which every viewer could guess'
  )
})
