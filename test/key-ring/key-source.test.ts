import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { CdnKey, Keys } from '../../src/index.js'
import type { KeyLoadDetails } from '../../src/keys/key.js'
import { openKeySource, type KeyedCdn } from '../../src/key-ring/key-source.js'

const { signal } = new AbortController()
const details = { signal, now: 1_800_000_000 }
const parseKey = (entry: unknown): CdnKey => {
  const { id } = entry as { id?: string }
  if (id === undefined) throw new Error('no id')
  return { id, identity: `of ${id}`, canSign: true }
}
const media = (keys: unknown): KeyedCdn => ({ keys: keys as Keys, name: 'media', parseKey })

t.test('gives entries as they are, once and for all', async (t) => {
  const entries = [{ a: 1 }]
  const source = openKeySource(media(entries))
  entries.length = 0
  t.same(await source.load(details), [{ a: 1 }])
  t.equal(source.everySeconds, undefined)
})

t.test('loads one entry or several, as often as it is told', async (t) => {
  t.same(await openKeySource(media({ load: () => ({ a: 1 }) })).load(details), [{ a: 1 }])
  t.same(await openKeySource(media({ load: async () => [{ a: 1 }, { b: 2 }] })).load(details), [
    { a: 1 },
    { b: 2 }
  ])
  t.equal(openKeySource(media({ load: () => ({}) })).everySeconds, 300)
  t.equal(openKeySource(media({ load: () => ({}), every: '1h' })).everySeconds, 3600)
})

t.test('reads a JSON file anew at each load', async (t) => {
  const folder = t.testdir({
    'keys.json': '{"a":1}',
    'list.json': '[{"a":1},{"b":2}]',
    'odd.json': 'secret-text'
  })
  t.same(await openKeySource(media({ file: join(folder, 'keys.json') })).load(details), [{ a: 1 }])
  const list = openKeySource(media({ file: join(folder, 'list.json'), every: 10 }))
  t.same(await list.load(details), [{ a: 1 }, { b: 2 }])
  await t.rejects(openKeySource(media({ file: join(folder, 'none.json') })).load(details), {
    code: 'CDN_ACCESS_KEY_FILE_UNREADABLE',
    message: '"keys.file" names a file that can\'t be read: there is no such file'
  })
  const odd = openKeySource(media({ file: join(folder, 'odd.json') }))
  const error = await odd.load(details).catch((reason: unknown) => reason)
  t.match(error, {
    code: 'CDN_ACCESS_KEY_LOAD_FAILED',
    message: 'The keys of "media" could not be loaded: the file is not JSON: ' +
      'it must hold one key entry or an array of entries'
  })
  t.notMatch(JSON.stringify(error, Object.getOwnPropertyNames(error)), 'secret-text')
})

t.test('hands the signal on to a loader, and says where entries come from', async (t) => {
  const seen: unknown[] = []
  const load = ({ signal: given }: { signal: AbortSignal }): object => {
    seen.push(given)
    return {}
  }
  await openKeySource(media({ load })).load(details)
  t.equal(seen[0], signal)
  const origins = [[{}], { file: 'keys.json' }, { load }].map((keys) =>
    openKeySource(media(keys)).origin
  )
  t.same(origins, ['array', 'file', 'loader'])
})

t.test('says how long keys take to settle, and hands on a watch', async (t) => {
  const load = (): object => ({})
  const settleOf = (settle: unknown): number => openKeySource(media({ load, settle })).settleSeconds
  t.same([settleOf(undefined), settleOf(0), settleOf('7d'), settleOf('90s')], [600, 0, 604_800, 90])
  t.equal(openKeySource(media([{}])).settleSeconds, 0)
  t.throws(() => settleOf('8d'), {
    code: 'CDN_ACCESS_KEY_SOURCE_INVALID',
    message: 'Option "keys" of "media" needs a "settle" of at most 7d: leave it out for 10m'
  })
  t.throws(() => settleOf('soon'), { code: 'CDN_ACCESS_DURATION_INVALID' })
  t.throws(() => settleOf(-1), { code: 'CDN_ACCESS_DURATION_INVALID' })
  t.throws(() => settleOf(600_000), { code: 'CDN_ACCESS_DURATION_MILLISECONDS' })

  const watch = (): () => void => () => undefined
  t.equal(openKeySource(media({ load, watch })).watch, watch)
  t.equal(openKeySource(media({ load })).watch, undefined)
  t.throws(() => openKeySource(media({ load, watch: true })), {
    code: 'CDN_ACCESS_KEY_SOURCE_INVALID',
    message: 'Option "keys" of "media" has a "watch" that is no function'
  })
})

t.test('watches its file', async (t) => {
  const file = join(t.testdir({ 'keys.json': '{}' }), 'keys.json')
  let end: unknown
  const changed = new Promise<void>((resolve) => {
    end = openKeySource(media({ file })).watch!(resolve)
  })
  const writing = setInterval(() => {
    writeFileSync(file, '{"a":1}')
  }, 50)
  await changed
  clearInterval(writing)
  t.type(end, 'function')
  ;(end as () => void)()
})

t.test('makes entries for a loader', async (t) => {
  const source = openKeySource({
    name: 'media',
    parseKey,
    keyFields: { id: 'id', key: 'secret' },
    keys: { load: ({ entryOf, now }) => [entryOf('one', 'x'), { now }] }
  })
  t.same(await source.load(details), [{ id: 'one', secret: 'x' }, { now: 1_800_000_000 }])
})

t.test('tells a loader which key an entry holds, as the CDN reads it', async (t) => {
  const source = openKeySource(media({
    load: ({ keyOf }: KeyLoadDetails) => [keyOf({ id: 'one' }), keyOf({ id: undefined })]
  }))
  t.match(await source.load(details), [{ id: 'one', identity: 'of one' }, undefined])
})

t.test('refuses more than 100 entries', async (t) => {
  const entries = (count: number): object[] => Array.from({ length: count }, () => ({}))
  t.equal((await openKeySource(media(entries(100))).load(details)).length, 100)
  t.throws(() => openKeySource(media(entries(101))), {
    code: 'CDN_ACCESS_KEY_SOURCE_INVALID',
    message: 'Option "keys" of "media" has more than 100 entries'
  })
  const { load } = openKeySource(media({ load: () => entries(101) }))
  await t.rejects(load(details), {
    code: 'CDN_ACCESS_KEY_LOAD_FAILED',
    message: 'The keys of "media" could not be loaded: the source yielded more than 100 entries'
  })
})

t.test('refuses what yields no entry', async (t) => {
  await t.rejects(openKeySource(media({ load: () => [] })).load(details), {
    code: 'CDN_ACCESS_KEY_LOAD_FAILED'
  })
  t.throws(() => openKeySource(media([])), { code: 'CDN_ACCESS_KEYS_MISSING' })
})

t.test('refuses what is no source', async (t) => {
  for (const keys of ['PEM', null, {}, { file: 1 }, { load: 'x' }, 7]) {
    t.throws(() => openKeySource(media(keys)), {
      code: 'CDN_ACCESS_KEY_SOURCE_INVALID'
    })
  }
  t.throws(() => openKeySource(media({ load: () => ({}), every: 0 })), {
    code: 'CDN_ACCESS_KEY_SOURCE_INVALID',
    message: 'Option "keys" of "media" needs an "every" of at least 1 second'
  })
  t.throws(() => openKeySource(media({ load: () => ({}), every: 'soon' })), {
    code: 'CDN_ACCESS_DURATION_INVALID'
  })
})

t.test('refuses a field that nothing reads, by name where that may be shown', async (t) => {
  const load = (): object => ({})
  const cases: Array<readonly [object, string]> = [
    [{ file: 'a', evry: '1m' }, ' "evry", which nothing reads: it takes file, every, settle'],
    [{ file: 'a', load }, ' "load", which nothing reads: it takes file, every, settle'],
    [{ load, settel: 0 }, ' "settel", which nothing reads: it takes load, watch, every, settle'],
    [
      { load, [`MIIE${'x'.repeat(20)}`]: 1 },
      ' which nothing reads: it takes load, watch, every, settle'
    ]
  ]
  for (const [keys, words] of cases) {
    t.throws(() => openKeySource(media(keys)), {
      code: 'CDN_ACCESS_KEY_SOURCE_INVALID',
      message: `Option "keys" of "media" has a field${words}`
    })
  }
  t.equal(openKeySource(media({ file: undefined, load, every: '1m' })).origin, 'loader')
  t.throws(() => openKeySource(media({ file: '' })), {
    code: 'CDN_ACCESS_KEY_SOURCE_INVALID',
    message: 'Option "keys" of "media" must be an array of entries, { file, every } or ' +
      '{ load, every }'
  })
})
