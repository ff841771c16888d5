import t from 'tap'
import { createClock } from '../../src/client/clock.js'
import type { Environment } from '../../src/client/environment.js'

function deviceClock (): { clock: () => number, pass: (monotonic: number, wall: number) => void } {
  let monotonic = 100
  let wall = 1_767_225_600_000
  const clocks = { performance: { now: () => monotonic }, Date: { now: () => wall } }
  return {
    clock: createClock(clocks as Environment),
    pass: (first, second) => {
      monotonic += first
      wall += second
    }
  }
}

t.test('goes with both clocks', async (t) => {
  const { clock, pass } = deviceClock()
  t.equal(clock(), 100)
  pass(250, 250)
  t.equal(clock(), 350)
})

t.test('counts the sleep of a device whose monotonic clock stops', async (t) => {
  const { clock, pass } = deviceClock()
  pass(0, 3_600_000)
  t.equal(clock(), 3_600_100)
  pass(10, 10)
  t.equal(clock(), 3_600_110)
})

t.test('counts sleep once where the monotonic clock goes on', async (t) => {
  const { clock, pass } = deviceClock()
  pass(3_600_000, 3_600_000)
  t.equal(clock(), 3_600_100)
})

t.test('never goes back with the wall clock, and still sees a later sleep', async (t) => {
  const { clock, pass } = deviceClock()
  pass(1000, -86_400_000)
  t.equal(clock(), 1100)
  pass(0, 60_000)
  t.equal(clock(), 61_100)
})

t.test('takes a wall clock that is set forward for sleep', async (t) => {
  const { clock, pass } = deviceClock()
  pass(1000, 7_201_000)
  t.equal(clock(), 7_201_100)
})

t.test('ignores differences up to a second, however many', async (t) => {
  const { clock, pass } = deviceClock()
  for (let turn = 0; turn < 100; turn++) {
    pass(1000, turn % 2 === 0 ? 1900 : 100)
    clock()
  }
  t.equal(clock(), 100_100)
})
