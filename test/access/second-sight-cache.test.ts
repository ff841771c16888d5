import t from 'tap'
import { createSecondSightCache } from '../../src/access/second-sight-cache.js'

const value = (text: string): { text: string } => ({ text })

t.test('keeps what it is given while it has room', async (t) => {
  const cache = createSecondSightCache<{ text: string }>(2)
  cache.set('a', value('a'))
  cache.set('b', value('b'))
  t.same([cache.get('a'), cache.get('b'), cache.size()], [{ text: 'a' }, { text: 'b' }, 2])
})

t.test('once it is full, keeps only what it sees a second time', async (t) => {
  const cache = createSecondSightCache<{ text: string }>(2)
  for (const key of ['a', 'b', 'c']) cache.set(key, value(key))
  t.equal(cache.get('c'), undefined)
  cache.set('c', value('c'))
  t.same(cache.get('c'), { text: 'c' })
  t.equal(cache.get('a'), undefined, 'in place of what was used least')
  t.equal(cache.size(), 2)
})

t.test('a crowd that comes once leaves it as it is', async (t) => {
  const cache = createSecondSightCache<{ text: string }>(10)
  for (let index = 0; index < 10; index++) cache.set(`kept ${index}`, value('kept'))
  for (let index = 0; index < 10_000; index++) cache.set(`once ${index}`, value('once'))
  t.equal(
    Array.from({ length: 10 }, (_, index) => cache.get(`kept ${index}`)).filter(Boolean).length,
    10
  )
})

t.test('replaces what it holds, however long ago it saw the key', async (t) => {
  const cache = createSecondSightCache<{ text: string }>(1)
  cache.set('grant', value('first'))
  for (let index = 0; index < 100; index++) cache.set(`once ${index}`, value('once'))
  cache.set('grant', value('second'))
  t.same(cache.get('grant'), { text: 'second' })
})
