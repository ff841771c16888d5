import t from 'tap'
import { awaitedKey, chooseSigningKey, nextChoiceAt } from '../../src/key-ring/signing-choice.js'
import { seenKey } from '../fixtures/ring-keys.js'

const chosen = (...given: Parameters<typeof chooseSigningKey>): string | undefined =>
  chooseSigningKey(...given)?.identity

t.test('the first listed that has settled signs', async (t) => {
  const keys = [
    seenKey('new', { firstSeenAt: 2000, settledAt: 2600, load: 2 }),
    seenKey('old', { settledAt: 1600 }),
    seenKey('older', { settledAt: 1600 })
  ]
  t.equal(chosen(keys, 2000, 2100), 'old')
  t.equal(chosen(keys, 2599, 2700), 'old')
  t.equal(chosen(keys, 2600, 2700), 'new', 'also where a later moment is asked about')
  t.equal(awaitedKey(keys, 2599, 2700)?.identity, 'new', 'it is waited for until then')
  t.equal(awaitedKey(keys, 2600, 2700), undefined)
  t.equal(awaitedKey([], 2600, 2700), undefined)
})

t.test('where none has settled, the first seen does, of several the one listed last', async (t) => {
  const keys = [
    seenKey('third', { firstSeenAt: 1000, settledAt: 9000, load: 2 }),
    seenKey('second', { settledAt: 9000 }),
    seenKey('first', { settledAt: 9000 }),
    seenKey('fourth', { firstSeenAt: 1000, settledAt: 9000, load: 2 })
  ]
  t.equal(chosen(keys, 1000, 1100), 'first')
  t.equal(chosen(keys.slice(0, 1), 1000, 1100), 'third', 'where there is no other')
  t.equal(chosen([], 1000, 1100), undefined)
})

t.test('a key that may not sign then counts for nothing', async (t) => {
  const keys = [
    seenKey('public', { canSign: false }),
    seenKey('later', { notBefore: 2000 }),
    seenKey('ending', { notAfter: 1900 }),
    seenKey('unsettled', { settledAt: 9000 })
  ]
  t.equal(chosen(keys, 1000, 1900), 'ending')
  t.equal(chosen(keys, 1000, 1901), 'unsettled')
  t.equal(chosen(keys, 2000, 2100), 'later')
})

t.test('says when another key may be the one', async (t) => {
  const keys = [
    seenKey('a', { settledAt: 1600 }),
    seenKey('b', { notBefore: 1500, notAfter: 2000 }),
    seenKey('public', { canSign: false, notBefore: 1001 })
  ]
  t.equal(nextChoiceAt(keys, 1000, 100), 1500)
  t.equal(nextChoiceAt(keys, 1500, 100), 1600)
  t.equal(nextChoiceAt(keys, 1600, 100), 1901, 'the first second in which it is too short')
  t.equal(nextChoiceAt(keys, 1901, 100), Infinity)
})
