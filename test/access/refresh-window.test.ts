import t from 'tap'
import { refreshWindow } from '../../src/access/refresh-window.js'

t.test('lies around the time before the end at which access is renewed', async (t) => {
  t.same(refreshWindow({ ttl: 600, refreshBefore: 150, expiryStep: 30 }), {
    earliest: 262,
    latest: 75
  })
})

t.test('leaves two steps in which access is fresh', async (t) => {
  t.equal(refreshWindow({ ttl: 600, refreshBefore: 500, expiryStep: 30 }).earliest, 540)
  t.equal(refreshWindow({ ttl: 5, refreshBefore: 3, expiryStep: 1 }).earliest, 3)
  t.equal(refreshWindow({ ttl: 5, refreshBefore: 1, expiryStep: 1 }).earliest, 1)
})

t.test('ends a second before access does, however short that is', async (t) => {
  t.equal(refreshWindow({ ttl: 6, refreshBefore: 1, expiryStep: 1 }).latest, 1)
})
