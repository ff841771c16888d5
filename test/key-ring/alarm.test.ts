import { install, type Clock } from '@sinonjs/fake-timers'
import t, { type Test } from 'tap'
import { createAlarm } from '../../src/key-ring/alarm.js'

function fakeTimers (t: Test): Clock {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout'] })
  t.teardown(() => {
    clock.uninstall()
  })
  return clock
}

t.test('calls at its moment, and not after it is closed', async (t) => {
  const clock = fakeTimers(t)
  const calls: number[] = []
  const now = (): number => 1000 + Math.floor(clock.now / 1000)
  const alarm = createAlarm(now, (time) => calls.push(time))
  alarm.set(1100)
  alarm.set(1010)
  clock.tick(9999)
  t.same(calls, [])
  clock.tick(1)
  t.same(calls, [1010])
  alarm.set(1020)
  alarm.set(Infinity)
  clock.tick(100_000)
  alarm.set(1200)
  alarm.close()
  alarm.set(1300)
  clock.tick(1_000_000)
  t.same(calls, [1010])
})

t.test('waits for a clock that is slower than the timers, and for a moment of next year', async (t) => {
  const clock = fakeTimers(t)
  const calls: number[] = []
  let time = 1000
  const alarm = createAlarm(() => time, (at) => calls.push(at))
  alarm.set(1060)
  clock.tick(60_000)
  time = 1059
  clock.tick(60_000)
  t.same(calls, [])
  time = 1060
  clock.tick(1000)
  t.same(calls, [1060])

  const year = 365 * 86_400
  const real = createAlarm(() => Math.floor(clock.now / 1000), (at) => calls.push(at))
  real.set(2 * year)
  clock.tick(year * 1000)
  t.equal(calls.length, 1)
  clock.tick(year * 1000)
  t.same(calls, [1060, 2 * year])
})

t.test('a clock that fails ends no process', async (t) => {
  const clock = fakeTimers(t)
  let fails = false
  const alarm = createAlarm(() => {
    if (fails) throw new TypeError('no clock')
    return 1000
  }, () => t.fail('no time to call'))
  alarm.set(1001)
  fails = true
  clock.tick(10_000)
  t.equal(clock.countTimers(), 0)
})
