import t from 'tap'
import {
  formatRevocation,
  laterOf,
  parseRevocation
} from '../../src/revocation/revocation-value.js'

t.test('writes what it reads', async (t) => {
  const revoked = { since: 1_700_000_000, until: 1_700_000_720 }
  t.equal(formatRevocation(revoked), '1700000000.1700000720')
  t.same(parseRevocation('1700000000.1700000720'), revoked)
})

t.test('reads nothing else', async (t) => {
  for (
    const text of [
      '',
      '1',
      '1.',
      '.1',
      '1.2.3',
      '-1.2',
      '1e3.2',
      ' 1.2',
      '1.2\n',
      '1'.repeat(12) + '.2'
    ]
  ) {
    t.equal(parseRevocation(text), undefined, JSON.stringify(text))
  }
})

t.test('keeps the later of each', async (t) => {
  t.same(laterOf({ since: 5, until: 9 }, { since: 7, until: 8 }), { since: 7, until: 9 })
  t.same(laterOf({ since: 5, until: 9 }, undefined), { since: 5, until: 9 })
})
