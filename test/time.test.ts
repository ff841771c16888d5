import { install } from '@sinonjs/fake-timers'
import { stat } from 'node:fs/promises'
import t from 'tap'
import {
  abortedAfter,
  momentOf,
  parseDuration,
  parseMoment,
  retryAfter,
  secondsOf,
  within,
  shownTime
} from '../src/time.js'

t.test('a duration is whole seconds or a number with a unit', async (t) => {
  for (const seconds of [0, 600, 86400]) t.equal(parseDuration(seconds, 'ttl'), seconds)
  const texts = { '0s': 0, '90s': 90, '10m': 600, '1h': 3600, '7d': 604800, '100000s': 100000 }
  for (const [text, seconds] of Object.entries(texts)) {
    t.equal(parseDuration(text, 'ttl'), seconds, text)
  }
})

t.test('a bare number over a day is taken for milliseconds and refused', async (t) => {
  for (const value of [86401, 600000, Number.MAX_SAFE_INTEGER]) {
    t.throws(() => parseDuration(value, 'ttl'), {
      code: 'CDN_ACCESS_DURATION_MILLISECONDS',
      message: 'Option "ttl" is a bare number over 86400: durations are seconds, ' +
        'not milliseconds. Write a longer one with a unit, such as "2d"'
    }, String(value))
  }
})

t.test('anything else is no duration, and the error names the field', async (t) => {
  const numbers = [-1, 1.5, NaN, Infinity, 2 ** 53]
  const parts = ['', '10', 'm', '10 m', ' 10m', '10m\n', '10M', '10ms', '1h30m']
  const quantities = ['-5m', '1.5h', '1e3s', '9999999999s']
  const others = [null, undefined, {}, ['10m'], 5n]
  for (const value of [...numbers, ...parts, ...quantities, ...others]) {
    t.throws(() => parseDuration(value, 'refreshBefore'), {
      code: 'CDN_ACCESS_DURATION_INVALID',
      message: 'Option "refreshBefore" must be a duration: ' +
        'whole seconds (600) or a number with a unit ("90s", "10m", "1h", "7d")'
    })
  }
})

t.test('a moment is a Date or epoch seconds, floored', async (t) => {
  t.equal(parseMoment(1800000000, 'until'), 1800000000)
  t.equal(parseMoment(1800000000.999, 'until'), 1800000000)
  t.equal(parseMoment(0, 'until'), 0)
  t.equal(parseMoment(new Date(1800000000999), 'until'), 1800000000)
  t.equal(parseMoment(99_999_999_999, 'until'), 99_999_999_999)
})

t.test('milliseconds, strings and dates that are none are no moment', async (t) => {
  const numbers = [-1, 100_000_000_000, 1800000000000, NaN, Infinity]
  const dates = ['1800000000', '2027-01-15', new Date(NaN), new Date(-1)]
  for (const value of [...numbers, ...dates, null, undefined, true, 1n]) {
    t.equal(momentOf(value), undefined, String(value))
    t.throws(() => parseMoment(value, 'until'), {
      code: 'CDN_ACCESS_GRANT_INVALID',
      message: /"until" must be a Date or epoch seconds$/
    }, String(value))
  }
})

t.test('a clock is floored to the second', async (t) => {
  t.equal(secondsOf(() => 1800000000999), 1800000000)
  t.equal(secondsOf(() => 1800000001000), 1800000001)
})

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

t.test('a clock that yields no milliseconds is an error, for nothing can be compared with it', async (t) => {
  const seconds = 1_800_000_000
  for (
    const odd of [Number.NaN, Infinity, -1, 0, seconds, '1800000000000', undefined, null, 1n]
  ) {
    t.throws(() => secondsOf(() => odd as number), {
      code: 'CDN_ACCESS_CLOCK_INVALID',
      message:
        /^Option "now" must be a clock like Date\.now: it yields a \w+ that is no time in milli/
    }, String(odd))
  }
})

t.test('a clock in seconds is asked whether it is one', async (t) => {
  for (
    const [time, hint] of [[1_800_000_000, '. Is it in seconds? Multiply them by 1000'], [7, '']]
  ) {
    t.throws(() => secondsOf(() => time as number), {
      message: 'Option "now" must be a clock like Date.now: it yields a number ' +
        `that is no time in milliseconds${hint}`
    })
  }
})

t.test('work that takes too long is given up', async (t) => {
  const late = (): Error => new Error('late')
  const alive = setInterval(() => undefined, 100)
  t.teardown(() => {
    clearInterval(alive)
  })
  t.equal(await within(1, Promise.resolve(7), late), 7)
  await t.rejects(within(1, Promise.reject(new Error('own')), late), { message: 'own' })
  await t.rejects(within(0.01, new Promise(() => undefined), late), { message: 'late' })
  const inTime = within(0.001, stat('package.json'), late)
  const busyUntil = performance.now() + 50
  while (performance.now() < busyUntil);
  t.ok(await inTime, 'what came while the process was busy is not late')
})

t.test('shows a moment in UTC, and what is none of the calendar as a number', async (t) => {
  t.equal(shownTime(1_800_000_000), '2027-01-15T08:00:00Z')
  t.equal(shownTime(1e20), '100000000000000000000')
})

t.test('work is told when its time is over, and no timer is left of what ends before', async (t) => {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout'] })
  t.teardown(() => {
    clock.uninstall()
  })
  let given: AbortSignal | undefined
  const working = abortedAfter(4, (signal) => {
    given = signal
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve('told')
      })
    })
  })
  await clock.tickAsync(3999)
  t.equal(given!.aborted, false)
  await clock.tickAsync(1)
  t.equal(await working, 'told')
  // Tests beside this one, in the same process, may have timers of their own.
  const others = clock.countTimers()
  t.equal(await abortedAfter(4, async () => 7), 7)
  await t.rejects(abortedAfter(4, () => Promise.reject(new Error('mine'))), { message: 'mine' })
  t.equal(clock.countTimers(), others)
})
