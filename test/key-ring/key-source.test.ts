import { join } from 'node:path'
import t from 'tap'
import { openKeySource } from '../../src/key-ring/key-source.js'

const { signal } = new AbortController()

t.test('gives entries as they are, once and for all', async (t) => {
  const entries = [{ a: 1 }]
  const source = openKeySource({ keys: entries, name: 'media' })
  entries.length = 0
  t.same(await source.load(signal), [{ a: 1 }])
  t.equal(source.everySeconds, undefined)
})

t.test('loads one entry or several, as often as it is told', async (t) => {
  t.same(await openKeySource({ load: () => ({ a: 1 }) }, 'media').load(signal), [{ a: 1 }])
  t.same(await openKeySource({ load: async () => [{ a: 1 }, { b: 2 }] }, 'media').load(signal), [
    { a: 1 },
    { b: 2 }
  ])
  t.equal(openKeySource({ load: () => ({}) }, 'media').everySeconds, 300)
  t.equal(openKeySource({ load: () => ({}), every: '1h' }, 'media').everySeconds, 3600)
})

t.test('reads a JSON file anew at each load', async (t) => {
  const folder = t.testdir({
    'keys.json': '{"a":1}',
    'list.json': '[{"a":1},{"b":2}]',
    'odd.json': 'secret-text'
  })
  t.same(await openKeySource({ file: join(folder, 'keys.json') }, 'media').load(signal), [{ a: 1 }])
  const list = openKeySource({ file: join(folder, 'list.json'), every: 10 }, 'media')
  t.same(await list.load(signal), [{ a: 1 }, { b: 2 }])
  await t.rejects(openKeySource({ file: join(folder, 'none.json') }, 'media').load(signal), {
    code: 'CDN_ACCESS_KEY_FILE_UNREADABLE',
    message: '"keys.file" names a file that can\'t be read: there is no such file'
  })
  const odd = openKeySource({ file: join(folder, 'odd.json') }, 'media')
  const error = await odd.load(signal).catch((reason: unknown) => reason)
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
  await openKeySource({ load }, 'media').load(signal)
  t.equal(seen[0], signal)
  const origins = [[{}], { file: 'keys.json' }, { load }].map((keys) =>
    openKeySource({ keys: keys as never, name: 'media' }).origin
  )
  t.same(origins, ['array', 'file', 'loader'])
})

t.test('refuses more than 100 entries', async (t) => {
  const entries = (count: number): object[] => Array.from({ length: count }, () => ({}))
  t.equal((await openKeySource(entries(100), 'media').load(signal)).length, 100)
  t.throws(() => openKeySource(entries(101), 'media'), {
    code: 'CDN_ACCESS_KEY_SOURCE_INVALID',
    message: 'Option "keys" of "media" has more than 100 entries'
  })
  const { load } = openKeySource({ load: () => entries(101) }, 'media')
  await t.rejects(load(signal), {
    code: 'CDN_ACCESS_KEY_LOAD_FAILED',
    message: 'The keys of "media" could not be loaded: the source yielded more than 100 entries'
  })
})

t.test('refuses what yields no entry', async (t) => {
  await t.rejects(openKeySource({ load: () => [] }, 'media').load(signal), {
    code: 'CDN_ACCESS_KEY_LOAD_FAILED'
  })
  t.throws(() => openKeySource([], 'media'), { code: 'CDN_ACCESS_KEYS_MISSING' })
})

t.test('refuses what is no source', async (t) => {
  for (const keys of ['PEM', null, {}, { file: 1 }, { load: 'x' }, 7]) {
    t.throws(() => openKeySource({ keys: keys as never, name: 'media' }), {
      code: 'CDN_ACCESS_KEY_SOURCE_INVALID'
    })
  }
  t.throws(() => openKeySource({ load: () => ({}), every: 0 }, 'media'), {
    code: 'CDN_ACCESS_KEY_SOURCE_INVALID',
    message: 'Option "keys" of "media" needs an "every" of at least 1 second'
  })
  t.throws(() => openKeySource({ load: () => ({}), every: 'soon' as never }, 'media'), {
    code: 'CDN_ACCESS_DURATION_INVALID'
  })
})
