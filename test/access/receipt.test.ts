import t from 'tap'
import { receiptOf } from '../../src/access/receipt.js'
import { clock } from '../fixtures/server.js'

t.test('spreads the next request over half of the time before the end', async (t) => {
  const seen = Array.from(
    { length: 300 },
    () => receiptOf('issued', clock + 600, { refreshBefore: 100, until: undefined }, clock)
  )
  for (const { refreshIn } of seen) {
    t.ok(Number.isInteger(refreshIn) && refreshIn >= 500 && refreshIn <= 550, String(refreshIn))
  }
  t.ok(new Set(seen.map(({ refreshIn }) => refreshIn)).size > 20)
  t.match(seen[0], { status: 'issued', expiresIn: 600, expiresAt: clock + 600 })
})

t.test('asks again at the end where access ends for good, and never at once', async (t) => {
  const grant = { refreshBefore: 100, until: clock + 300 }
  t.equal(receiptOf('fresh', clock + 300, grant, clock).refreshIn, 300)
  t.equal(receiptOf('fresh', clock + 1, { refreshBefore: 1, until: undefined }, clock).refreshIn, 1)
})
