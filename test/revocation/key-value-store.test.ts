import t from 'tap'
import { openKeyValueStore } from '../../src/revocation/key-value-store.js'
import { arn, startKeyValueStore } from '../fixtures/key-value-store.js'

t.test('speaks to a store as Amazon\'s client does', async (t) => {
  const standIn = await startKeyValueStore(t)
  const store = await openKeyValueStore(arn, standIn.client())
  const etag = await store.version()
  t.equal(await store.get('r:a/b'), undefined)
  t.same(await store.list(undefined), { entries: [], next: undefined })
  const puts = Array.from({ length: 12 }, (_, index) => ({ key: `r:${index}`, value: '1.2' }))
  const next = await store.update({ etag, puts, deletes: [] })
  t.not(next, etag)
  t.equal(await store.version(), next)
  t.equal(await store.get('r:11'), '1.2')
  const page = await store.list(undefined)
  t.equal(page.entries.length, 10)
  t.same(await store.list(page.next), { entries: puts.slice(10), next: undefined })
  await store.update({ etag: next, puts: [], deletes: ['r:3'] })
  t.equal(standIn.kept.size, 11)
  await t.rejects(store.update({ etag, puts, deletes: [] }), { name: 'ConflictException' })
})

t.test('passes on what else the store says', async (t) => {
  const standIn = await startKeyValueStore(t)
  const store = await openKeyValueStore(`${arn}0`, standIn.client())
  await t.rejects(store.get('r:a'), { name: 'AccessDeniedException' })
})

t.test('has a client of its own where none is given', async (t) => {
  await t.resolves(openKeyValueStore(arn, undefined))
})
