import t from 'tap'
import { coversPath, readUri } from '../../../src/cdn/common-access-token/uri.js'

const host = new Map([[0, 'h']])
const of = (path: unknown, more: Array<[number, unknown]> = []): unknown =>
  new Map<number, unknown>([[1, host], [3, path], ...more])

t.test('reads one host and one path', async (t) => {
  t.same(readUri(of(new Map([[0, '/a']]))), { host: 'h', path: { kind: 'exact', path: '/a' } })
  t.same(readUri(of(new Map([[1, '/a']]))), { host: 'h', path: { kind: 'prefix', path: '/a' } })
})

t.test('reads nothing else', async (t) => {
  for (
    const odd of [
      7,
      new Map(),
      of(new Map([[2, '/a']])),
      of(new Map([[0, 7]])),
      of(new Map([[0, '/a'], [1, '/a']])),
      of(new Map()),
      of('/a'),
      of(new Map([[0, '/a']]), [[0, host]]),
      new Map([[1, host], [4, host]]),
      new Map([[1, new Map([[1, 'h']])], [3, host]])
    ]
  ) {
    t.equal(readUri(odd), undefined)
  }
})

t.test('compares byte for byte', async (t) => {
  t.ok(coversPath({ kind: 'exact', path: '/a' }, '/a'))
  t.notOk(coversPath({ kind: 'exact', path: '/a' }, '/ab'))
  t.ok(coversPath({ kind: 'prefix', path: '/a' }, '/ab'))
  t.notOk(coversPath({ kind: 'prefix', path: '/a' }, '/%61'))
})
