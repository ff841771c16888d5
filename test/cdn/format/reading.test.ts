import t from 'tap'
import {
  knownTimes,
  odditiesOf,
  readEncoded,
  readTime,
  readTimeText
} from '../../../src/cdn/format/reading.js'

t.test('reads a moment as it was meant, and says how it was written', async (t) => {
  t.same(readTime(1_800_000_000), { value: 1_800_000_000 })
  t.same(readTime(1_800_000_000_123), { value: 1_800_000_000, odd: 'time-milliseconds' })
  t.same(readTime(1_800_000_000.5), { value: 1_800_000_000, odd: 'time-unreadable' })
  t.same(readTime('1800000000'), { value: 1_800_000_000, odd: 'time-unreadable' })
  for (const odd of [undefined, null, Number.NaN, {}]) {
    t.same(readTime(odd), { value: undefined, odd: 'time-unreadable' })
  }
  t.same(readTimeText('1800000000'), { value: 1_800_000_000 })
  t.same(readTimeText('-1'), { value: undefined, odd: 'time-unreadable' })
})

t.test('undoes an encoding, as far as it is one', async (t) => {
  t.same(readEncoded('a'), { value: 'a' })
  t.same(readEncoded('a%3D'), { value: 'a=', odd: 'percent-encoded' })
  t.same(readEncoded('a%FF'), { value: 'a%FF', odd: 'percent-encoded' })
})

t.test('keeps the moments that are known, and each oddity once', async (t) => {
  t.same(knownTimes(1, undefined), { startsAt: 1 })
  t.same(knownTimes(undefined, 2), { endsAt: 2 })
  const odd = { value: 1, odd: 'time-milliseconds' } as const
  t.match(odditiesOf([odd, { value: 2 }, odd]), [{ code: 'time-milliseconds', detail: /thousand/ }])
  t.match(odditiesOf([{ value: 1, odd: 'expired' }]), [{ code: 'expired', detail: 'expired' }])
})
