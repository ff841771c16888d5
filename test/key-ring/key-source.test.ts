import { join } from 'node:path'
import t from 'tap'
import type { Keys } from '../../src/index.js'
import { openKeySource, type KeyedCdn } from '../../src/key-ring/key-source.js'

const { signal } = new AbortController()
const details = { signal, now: 1_800_000_000 }
const media = (keys: unknown): KeyedCdn => ({ keys: keys as Keys, name: 'media' })

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
