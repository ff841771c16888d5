import t from 'tap'
import { checkEntry, parseValidity } from '../../src/keys/key-entry.js'
import { keyPairFields } from '../../src/keys/parse-key.js'
import * as keys from '../fixtures/keys.js'

t.test('an entry is an object with known fields', async (t) => {
  const entry = { privateKey: keys.ecPkcs8, notAfter: 1800000000 }
  t.equal(checkEntry(entry, keyPairFields, 'sample'), entry)
  for (const odd of [undefined, null, keys.ecPkcs8, 7, [entry]]) {
    t.throws(() => checkEntry(odd, keyPairFields, 'sample'), {
      code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
      message: 'A key entry of "sample" must be an object: a key alone has no id to go with it'
    })
  }
  t.throws(() => checkEntry({ privatekey: keys.ecPkcs8 }, keyPairFields, 'sample'), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
    message: 'A key entry of "sample" has a field "privatekey", which nothing reads: ' +
      'it takes privateKey, passphrase, publicKey, notBefore, notAfter'
  })
  const pem = keys.ecPkcs8.split('\n')[1]!
  for (const field of [keys.ecPkcs8, pem, pem.slice(0, 21), 'a-b', '']) {
    t.throws(() => checkEntry({ [field]: 1 }, ['id'], 'sample'), {
      message: 'A key entry of "sample" has a field which nothing reads: it takes id'
    }, 'it may be a key in the wrong place')
  }
})

t.test('a validity is read into epoch seconds', async (t) => {
  t.strictSame(parseValidity({}), {})
  t.strictSame(parseValidity({ notBefore: 1800000000 }), { notBefore: 1800000000 })
  t.strictSame(parseValidity({ notBefore: new Date(1800000000999), notAfter: 1800000001.5 }), {
    notBefore: 1800000000,
    notAfter: 1800000001
  })
})

t.test('a validity that is no moment, or has no length, is refused', async (t) => {
  for (const odd of [null, 'tomorrow', '2027-01-15', 1800000000000, -1, NaN]) {
    t.throws(() => parseValidity({ notBefore: odd as number }), {
      code: 'CDN_ACCESS_KEY_VALIDITY_INVALID',
      message: 'A key\'s "notBefore" must be a Date or epoch seconds'
    })
    t.throws(() => parseValidity({ notAfter: odd as number }), {
      code: 'CDN_ACCESS_KEY_VALIDITY_INVALID',
      message: 'A key\'s "notAfter" must be a Date or epoch seconds'
    })
  }
  for (const notAfter of [1800000000, 1799999999]) {
    t.throws(() => parseValidity({ notBefore: 1800000000, notAfter }), {
      code: 'CDN_ACCESS_KEY_VALIDITY_INVALID',
      message: 'A key\'s "notAfter" must be later than its "notBefore"'
    })
  }
})
