import t from 'tap'
import { hasSettled, seeKeys } from '../../src/key-ring/seen-keys.js'
import { ringKey, seenKey } from '../fixtures/ring-keys.js'

t.test('remembers when a key was first seen, and nothing of one that has left', async (t) => {
  const [a, b, c] = [ringKey('a'), ringKey('b'), ringKey('c')]
  const first = seeKeys([a, b], { before: [], now: 1000, load: 1, settle: 600 })
  t.same(first.map(({ firstSeenAt, settledAt, load }) => [firstSeenAt, settledAt, load]), [
    [1000, 1600, 1],
    [1000, 1600, 1]
  ])
  const second = seeKeys([c, a], { before: first, now: 1100, load: 2, settle: 600 })
  t.same(second.map(({ identity, firstSeenAt, load }) => [identity, firstSeenAt, load]), [
    ['c', 1100, 2],
    ['a', 1000, 1]
  ])
  const [again] = seeKeys([b], { before: second, now: 1200, load: 3, settle: 600 })
  t.match(again, { firstSeenAt: 1200, settledAt: 1800, load: 3 })
})

t.test('a key has settled from its moment on; one that need not has, in any clock', async (t) => {
  const key = seenKey('a', { settledAt: 1600 })
  t.same([hasSettled(key, 1599), hasSettled(key, 1600)], [false, true])
  t.equal(hasSettled(seenKey('b'), 1), true)
})
