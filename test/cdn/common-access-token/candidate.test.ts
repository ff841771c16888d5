import t from 'tap'
import type { Check } from '../../../src/cdn/cdn.js'
import { findTokens, firstGood } from '../../../src/cdn/common-access-token/candidate.js'
import { verdict } from '../../../src/cdn/format/verdict.js'

const places = { cookieName: 'cat', queryName: 'CAT' }
const tokens = (
  query: string | undefined,
  ...values: string[]
): Array<{ token: string, place: string }> =>
  findTokens(places, query, values.map((value) => ['cat', value] as const))

t.test('looks into the query first, then takes the cookies of the name in turn', async (t) => {
  t.same(tokens('a=1&CAT=x', 'y', 'z'), [
    { token: 'x', place: 'query' },
    { token: 'y', place: 'cookie 1 of the name' },
    { token: 'z', place: 'cookie 2 of the name' }
  ])
  t.same(tokens(undefined), [])
  t.same(tokens('XCAT=x&CATS=y&cat=z'), [])
  t.same(findTokens(places, undefined, [['Cat', 'x'], ['other', 'y']]), [])
})

t.test('takes four at most', async (t) => {
  t.same(tokens('CAT=1&CAT=2', '3', '4', '5').map(({ token }) => token), ['1', '2', '3', '4'])
})

/** The checks of the first candidate that is good, where each passes so many. */
async function checksOf (...passes: number[]): Promise<readonly Check[]> {
  const candidates = passes.map((count, index) => ({ token: String(count), place: `p${index}` }))
  const { checks } = await verdict(403, async (list) => {
    const found = await firstGood(list, candidates, (own, { token, place }) => {
      for (let count = 0; count < Number(token); count++) own.pass(place, 'fine')
      if (Number(token) < 3) own.refuse(place, 'expired', 'odd')
      return place
    })
    list.pass('found', found)
  })
  return checks
}

t.test('the first that is good counts', async (t) => {
  const checks = await checksOf(1, 3, 4)
  t.same(checks.map(({ name, detail }) => `${name} ${detail}`), [
    'p1 fine',
    'p1 fine',
    'p1 fine',
    'found p1'
  ])
})

t.test('where none is, the one that came farthest says why', async (t) => {
  const checks = await checksOf(0, 2, 1, 2)
  t.same(checks.map(({ name, ok }) => `${name} ${ok}`), ['p1 true', 'p1 true', 'p1 false'])
})
