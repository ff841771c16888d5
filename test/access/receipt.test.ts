import t from 'tap'
import { receiptOf } from '../../src/access/receipt.js'
import { clock } from '../fixtures/server.js'

const permission = { ttl: 600, refreshBefore: 100, expiryStep: 30, until: undefined }

t.test('spreads the next request over the time in which access is renewed', async (t) => {
  const seen = Array.from(
    { length: 300 },
    () => receiptOf('issued', clock + 600, permission, clock)
  )
  for (const { refreshIn } of seen) {
    t.ok(Number.isInteger(refreshIn) && refreshIn >= 425 && refreshIn <= 550, String(refreshIn))
  }
  t.ok(new Set(seen.map(({ refreshIn }) => refreshIn)).size > 40)
  t.match(seen[0], { status: 'issued', expiresIn: 600, expiresAt: clock + 600 })
})

t.test('asks again at the end where access ends for good, and never at once', async (t) => {
  const grant = { ...permission, until: clock + 300 }
  t.equal(receiptOf('fresh', clock + 300, grant, clock).refreshIn, 300)
  t.equal(receiptOf('fresh', clock + 1, permission, clock).refreshIn, 1)
})

t.test('asks again before the end, however short access is', async (t) => {
  const short = { ttl: 6, refreshBefore: 1, expiryStep: 1, until: undefined }
  for (let draw = 0; draw < 50; draw++) {
    t.equal(receiptOf('issued', clock + 6, short, clock).refreshIn, 5)
  }
})
