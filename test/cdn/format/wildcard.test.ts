import t from 'tap'
import { matchesWildcard, matchingBeginnings } from '../../../src/cdn/format/wildcard.js'

t.test('a star stands for any run, a question mark for one character', async (t) => {
  for (
    const [pattern, text] of [
      ['', ''],
      ['*', ''],
      ['*', 'abc'],
      ['**', 'a'],
      ['abc', 'abc'],
      ['a*', 'a'],
      ['a*c', 'abbbc'],
      ['a*b*c', 'axxbyyc'],
      ['?', 'a'],
      ['a?c', 'abc'],
      ['*?', 'a'],
      ['a*bc', 'abcbc'],
      ['*.ts', 'a.ts.ts'],
      ['a.c', 'a.c'],
      ['*a*', 'bab'],
      ['a*?', 'ab'],
      ['[*]', '[x]'],
      ['?', '?'],
      ['*', '*']
    ] as const
  ) t.ok(matchesWildcard(pattern, text), `${pattern} and ${text}`)
})

t.test('the whole text must match', async (t) => {
  for (
    const [pattern, text] of [
      ['', 'a'],
      ['a', ''],
      ['a', 'ab'],
      ['b', 'ab'],
      ['?', ''],
      ['?', 'ab'],
      ['a*c', 'abcd'],
      ['a*c', 'bac'],
      ['a?c', 'ac'],
      ['a.c', 'abc'],
      ['A', 'a'],
      ['*?', ''],
      ['a*b', 'ac'],
      ['\\*', 'a']
    ] as const
  ) t.notOk(matchesWildcard(pattern, text), `${pattern} and ${text}`)
})

t.test('no pattern takes exponential time', async (t) => {
  const start = process.hrtime.bigint()
  t.notOk(matchesWildcard(`${'a*'.repeat(200)}b`, 'a'.repeat(2000)))
  t.ok(process.hrtime.bigint() - start < 2_000_000_000n)
})

t.test('knows which beginnings of a pattern match', async (t) => {
  for (
    const [pattern, text] of [
      ['', ''],
      ['*', ''],
      ['a*b?c', 'axxbyc'],
      ['a?*', 'ab'],
      ['***', 'aa'],
      ['?a?', 'aaa'],
      ['abc', 'ab']
    ] as const
  ) {
    const expected = Array.from(
      { length: pattern.length + 1 },
      (_, length) => matchesWildcard(pattern.slice(0, length), text)
    )
    t.same(matchingBeginnings(pattern, text), expected, `${pattern} and ${text}`)
  }
})

t.test('finds them in the product of both lengths', async (t) => {
  const start = process.cpuUsage()
  matchingBeginnings('a*?'.repeat(700), 'a'.repeat(8192))
  t.ok(process.cpuUsage(start).user < 4_000_000)
})
