import t from 'tap'
import { createEndWatch, endOfRing } from '../../src/key-ring/running-out.js'
import { seenKey } from '../fixtures/ring-keys.js'

const day = 86_400
const now = 1000

t.test('a ring ends with its last key, where each that can sign has an end', async (t) => {
  const [first, last] = [
    seenKey('first', { notAfter: 5000 }),
    seenKey('last', { notBefore: 2000, notAfter: 10_100 })
  ]
  t.match(endOfRing([first, last], 100, now), { id: 'last', until: 10_000, warnAt: 8000 })
  t.match(endOfRing([last, first], 100, now), { id: 'last' })
  t.match(
    endOfRing([first], 0, now),
    { id: 'first', until: 5000, warnAt: 4000 },
    'since it was seen'
  )
  t.equal(endOfRing([last, seenKey('endless')], 100, now), undefined)
  t.equal(endOfRing([seenKey('public', { canSign: false, notAfter: 9 })], 100, now), undefined)
  const verifying = [
    seenKey('never', { notBefore: 99_999_999_999 }),
    seenKey('ends', { notBefore: 19_999, notAfter: 20_000 })
  ]
  t.match(
    endOfRing([last, ...verifying], 100, now),
    { id: 'last' },
    'those that only verify are none'
  )
  t.match(endOfRing([seenKey('short', { notAfter: 1050 })], 100, now), { until: 950, warnAt: 950 })
})

t.test('a ring ends where no key has begun when another has ended', async (t) => {
  const ending = seenKey('ending', { notBefore: 0, notAfter: 4100 })
  const endAt = (at: number, notBefore: number, more: object = {}): unknown =>
    endOfRing([seenKey('next', { notBefore, ...more }), ending], 100, at)
  t.equal(endAt(now, 4001), undefined, 'one follows the other')
  t.match(endAt(now, 4002), { id: 'ending', until: 4000, warnAt: 3000 })
  t.match(endAt(now, 4100), { id: 'ending', until: 4000 }, 'what lives 100 s has to end before')
  t.match(endAt(4001, 4002), { id: 'ending', until: 4000 }, 'it is over')
  t.equal(endAt(4002, 4002), undefined, 'it goes on')
  t.match(endAt(now, 4001, { notAfter: 9100 }), { id: 'next', until: 9000 })
  t.match(endAt(now, 4002, { notAfter: 9100 }), { id: 'ending', until: 4000 })
  const early = seenKey('early', { notBefore: 5000, notAfter: 6100 })
  t.match(endOfRing([early], 100, now), { id: 'early', until: 6000 }, 'one that has not begun')
  t.equal(endOfRing([early, seenKey('endless', { notBefore: 6001 })], 100, now), undefined)
})

t.test('is told at a quarter of the life, once a day, and when it is over', async (t) => {
  const told: unknown[] = []
  const watch = createEndWatch((end, over) => told.push([end.id, over]))
  const end = endOfRing([seenKey('a', { firstSeenAt: 0, notAfter: 8 * day })], 0, 0)!
  t.equal(watch.look(end, 6 * day - 1), 6 * day)
  t.same(told, [])
  t.equal(watch.look(end, 6 * day), 7 * day)
  t.equal(watch.look(end, 6 * day + 1), 7 * day)
  t.same(told, [['a', false]])
  t.equal(watch.look(end, 7 * day + 1), 8 * day + 1, 'the end comes before the next day')
  t.equal(watch.look(end, 8 * day), 8 * day + 1)
  t.equal(watch.look(end, 8 * day + 1), 9 * day + 1)
  t.same(told, [['a', false], ['a', false], ['a', true]])

  t.equal(watch.look(undefined, 9 * day), Infinity)
  const other = endOfRing([seenKey('b', { firstSeenAt: 0, notAfter: 9 * day })], 0, 8 * day)!
  watch.look(other, 9 * day)
  t.same(told.at(-1), ['b', false], 'another key is told of anew')
})
