import t from 'tap'
import { retryAfter } from '../src/retry-after.js'

t.test('tells in whole seconds when to come again, and gives the error back', async (t) => {
  const failure = new Error('busy')
  t.equal(retryAfter(failure, 2.2), failure)
  t.match(failure, { retryIn: 3, headers: { 'retry-after': '3' } })
})

t.test('never asks to come again at once', async (t) => {
  for (const seconds of [0.2, 0, -5]) {
    t.match(retryAfter(new Error('busy'), seconds), { retryIn: 1, headers: { 'retry-after': '1' } })
  }
})
