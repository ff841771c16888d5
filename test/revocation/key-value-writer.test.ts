import t from 'tap'
import type { Update } from '../../src/revocation/key-value-store.js'
import { createKeyValueWriter } from '../../src/revocation/key-value-writer.js'

const page = 2

/** A store that changes its version with every write, as CloudFront's does. */
function storeOf (entries: Record<string, string>) {
  const kept = new Map(Object.entries(entries))
  const updates: Update[] = []
  const state = { version: 1, described: 0, meddle: () => undefined as unknown }
  const conflict = (httpStatusCode: number): Error =>
    Object.assign(new Error('conflict'), { $metadata: { httpStatusCode } })
  return {
    kept,
    updates,
    state,
    conflict,
    open: async () => ({
      version: async () => {
        state.described++
        return String(state.version)
      },
      get: async (key: string) => kept.get(key),
      list: async (from: string | undefined) => {
        const start = Number(from ?? 0)
        const all = [...kept].map(([key, value]) => ({ key, value }))
        const next = start + page < all.length ? String(start + page) : undefined
        return { entries: all.slice(start, start + page), next }
      },
      update: async (update: Update) => {
        state.meddle()
        if (update.etag !== String(state.version)) throw conflict(409)
        updates.push(update)
        for (const key of update.deletes) kept.delete(key)
        for (const { key, value } of update.puts) kept.set(key, value)
        return String(++state.version)
      }
    })
  }
}

const batch = (id: string, since: number, until: number) => new Map([[id, { since, until }]])

t.test('writes under the version that it was told last', async (t) => {
  const { open, kept, state } = storeOf({ other: 'left alone' })
  const write = createKeyValueWriter(open)
  await write(batch('a', 100, 200))
  await write(batch('b', 101, 201))
  t.same(Object.fromEntries(kept), { other: 'left alone', 'r:a': '100.200', 'r:b': '101.201' })
  t.equal(state.described, 1)
})

t.test('deletes what is over, a page with each write, and nothing else', async (t) => {
  const { open, kept } = storeOf({
    other: '1.2',
    'r:old': '1.90',
    'r:junk': 'x',
    'r:live': '50.150',
    'r:old too': '2.99'
  })
  const write = createKeyValueWriter(open)
  await write(batch('a', 100, 200))
  t.notOk(kept.has('r:old'))
  for (let turn = 0; turn < 3; turn++) await write(batch('a', 100, 200))
  t.same([...kept.keys()].toSorted(), ['other', 'r:a', 'r:junk', 'r:live'])
})

t.test('never lowers what another process wrote, and takes no fresh one for old', async (t) => {
  const { open, kept, state } = storeOf({ 'r:a': '1.90', 'r:b': '1.90' })
  state.meddle = () => {
    if (state.version > 1) return
    kept.set('r:a', '120.220')
    kept.set('r:b', '110.210')
    state.version++
  }
  await createKeyValueWriter(open)(batch('a', 100, 200))
  t.same(Object.fromEntries(kept), { 'r:a': '120.220', 'r:b': '110.210' })
  t.equal(state.described, 2)
})

t.test('tries five times where others write, and then says so', async (t) => {
  const { open, state, conflict } = storeOf({})
  let tries = 0
  state.meddle = () => {
    tries++
    throw conflict(tries % 2 === 0 ? 400 : 409)
  }
  const write = createKeyValueWriter(open)
  await t.rejects(write(batch('a', 100, 200)), { message: 'conflict' })
  t.equal(tries, 5)
  state.meddle = () => undefined
  await t.resolves(write(batch('a', 100, 200)))
})

t.test('tries nothing else again', async (t) => {
  const { open, state, conflict } = storeOf({})
  let tries = 0
  for (const failure of [conflict(403), new TypeError('x'), undefined]) {
    state.meddle = () => {
      tries++
      throw failure
    }
    await createKeyValueWriter(open)(batch('a', 1, 2)).then(
      () => t.fail('it resolved'),
      (error: unknown) => t.equal(error, failure)
    )
  }
  t.equal(tries, 3)
})

t.test('leaves room for what is put', async (t) => {
  const { open, updates } = storeOf({ 'r:old': '1.2', 'r:older': '1.2' })
  const full = Array.from(
    { length: 49 },
    (_, index): [string, { since: number, until: number }] => [
      `n${index}`,
      { since: 100, until: 200 }
    ]
  )
  await createKeyValueWriter(open)(new Map(full))
  t.equal(updates[0]?.puts.length, 49)
  t.equal(updates[0]?.deletes.length, 1)
})
