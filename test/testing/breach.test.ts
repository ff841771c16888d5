import t from 'tap'
import { CDN_ACCESS_CDN_CONTRACT } from '../../src/errors.js'
import { breach, isBreach, messageOf, shown } from '../../src/testing/breach.js'

t.test('makes one error, which keeps what the CDN threw', async (t) => {
  const cause = new TypeError('behind it')
  const error = breach({ name: 'mine' }, 'it does not', cause)
  t.ok(error instanceof CDN_ACCESS_CDN_CONTRACT)
  t.equal(error.message, 'The CDN "mine" breaks the contract of a CDN: it does not')
  t.equal(error.cause, cause)
  t.ok(isBreach(error))
  t.notOk(isBreach(cause))
})

t.test('shows a grant without its end, and what was thrown', async (t) => {
  t.equal(
    shown({ paths: ['/a'], expiresAt: 1, ip: '192.0.2.1' }),
    '{"paths":["/a"],"ip":"192.0.2.1"}'
  )
  t.equal(messageOf(new Error('words')), 'words')
  t.equal(messageOf('words alone'), 'words alone')
})
