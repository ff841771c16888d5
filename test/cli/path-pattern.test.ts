import t from 'tap'
import { servingPatterns } from '../../src/cli/path-pattern.js'

t.test('finds each pattern that may serve a grant, up to the one that serves the rest', async (t) => {
  const cases: ReadonlyArray<readonly [string, readonly string[], readonly number[]]> = [
    ['/courses/*', ['*'], [0]],
    ['/courses/*', ['/courses/*', '*'], [0]],
    ['/courses/42/*', ['courses/*', '*'], [0]],
    ['/courses/*', ['/courses/42/*', '*'], [0, 1]],
    ['/courses/*', ['/img/*', '*'], [1]],
    ['/courses/*', ['*.m3u8', '/courses/*', '*'], [0, 1]],
    ['/courses/*', ['/courses/?/*', '/c*', '/courses/1/a', '*'], [0, 1]],
    ['/img/a.png', ['*.jpg', '*.p?g', '*'], [1]],
    ['/img/a.png', ['/IMG/*', '*'], [1]],
    ['/img/a?.png', ['/img/ab.png', '/img/??.png', '*'], [0, 1]],
    ['/img/*.png', ['/img/?.png', '/img/*g', '*'], [0, 1]],
    ['/*', ['/', '/a', '*'], [0, 1, 2]],
    ['/a', [], []]
  ]
  for (const [granted, patterns, expected] of cases) {
    t.same(servingPatterns(granted, patterns), expected, `${granted} ${patterns.join(' ')}`)
  }
})
