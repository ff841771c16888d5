import t from 'tap'
import { differenceOf, refuseUncovered } from '../../../src/cdn/format/uncovered.js'
import { verdict } from '../../../src/cdn/format/verdict.js'
import { matchesWildcard } from '../../../src/cdn/format/wildcard.js'

const differ = (granted: readonly string[], requested: string): [string, string] => {
  const covers = (url: string): boolean => granted.some((own) => matchesWildcard(own, url))
  const { code, hint } = differenceOf({ granted, requested, covers })
  return [code, hint.trim()]
}

t.test('names the one part that differs', async (t) => {
  t.match(differ(['/u/O%27Neil/*'], '/u/O\'Neil/a'), ['encoding-differs'])
  t.same(differ(['https://h/a'], 'https://h/a?v'), ['query-differs', 'Only the query differs.'])
  t.same(differ(['https://h/*'], 'http://h/a'), ['scheme-differs', 'Only the scheme differs.'])
  t.same(differ(['http://h/*'], 'https://h/a'), ['scheme-differs', 'Only the scheme differs.'])
  t.same(differ(['https://h/*'], 'https://i/a'), ['host-differs', 'Only the host differs.'])
})

t.test('says where paths part, as far as there is one place', async (t) => {
  t.same(differ(['/x/42/*'], '/x/43/a'), [
    'path-outside',
    'They part at "43", where "42" was granted.'
  ])
  t.same(differ(['/x/*', '/y/*'], '/z/a'), ['path-outside', ''])
  t.same(differ(['/x/42/*'], '/x'), ['path-outside', ''])
  t.same(differ(['x'], 'y'), ['path-outside', ''])
  t.same(differ([], '/y'), ['path-outside', ''])
})

t.test('refuses with what was granted and what was asked for', async (t) => {
  const { checks } = await verdict(403, (list) => {
    refuseUncovered(list, 'scope', 'No.', {
      granted: ['/a/*', '/b/*'],
      requested: '/c',
      covers: () => false
    })
  })
  t.match(checks, [{ name: 'scope', detail: 'No.', expected: '/a/* or /b/*', found: '/c' }])
})
