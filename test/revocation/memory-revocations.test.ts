import t from 'tap'
import { memoryRevocations } from '../../src/index.js'

t.test('keeps the later of two revocations', async (t) => {
  const store = memoryRevocations()
  t.equal(await store.since('a'), undefined)
  await store.revoke('a', 100, 200)
  await store.revoke('a', 90, 190)
  t.equal(await store.since('a'), 100)
  await store.revoke('a', 110, 210)
  t.equal(await store.since('a'), 110)
  t.equal(await store.since('b'), undefined)
})

t.test('forgets what is over, with the next revocation', async (t) => {
  const store = memoryRevocations()
  await store.revoke('a', 100, 200)
  await store.revoke('b', 150, 250)
  await store.revoke('a', 160, 260)
  await store.revoke('c', 249, 349)
  t.same(await Promise.all(['a', 'b', 'c'].map((id) => store.since(id))), [160, 150, 249])
  await store.revoke('c', 250, 350)
  t.same(await Promise.all(['a', 'b', 'c'].map((id) => store.since(id))), [160, undefined, 250])
})
