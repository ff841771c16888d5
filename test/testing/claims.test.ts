import t from 'tap'
import { isDropped, withAndWithout } from '../../src/testing/claims.js'

t.test('a claim shows in what two makings have in common, or in the length', async (t) => {
  t.ok(isDropped(['a.b.1', 'a.b.2'], ['a.b.3', 'a.b.4']), 'what differs each time is chance')
  t.notOk(isDropped(['a.b.1', 'a.b.2'], ['a.c.3', 'a.c.4']))
  const long = 'a'.repeat(64)
  t.notOk(isDropped(['a.1', 'a.2'], [`a.${long}1`, `a.${long}2`]))
  t.ok(isDropped(['a', 'a'], ['a', 'a']))
})

t.test('a sample has one claim more, and keeps the others', async (t) => {
  const paths = ['/a/*']
  const { without, having } = withAndWithout({ paths, claims: { id: '7' } }, 'data')
  t.same(without, { paths, claims: { id: '7' } })
  t.match(having, { claims: { id: '7', data: /^contract-/ } })
  const only = withAndWithout({ paths, claims: { id: '7' } }, 'id')
  t.same(only.without, { paths })
  t.match(only.having.claims, { id: /^contract-/ })
})
