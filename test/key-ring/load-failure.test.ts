import t from 'tap'
import * as errors from '../../src/errors.js'
import { codeOrKind, isOwnError, loadFailureReason } from '../../src/key-ring/load-failure.js'

class AccessDenied extends Error {}

function coded (code: unknown): Error {
  return Object.assign(new AccessDenied('text'), { code })
}

t.test('tells the class and the code of another\'s error, and where it came from', async (t) => {
  t.equal(loadFailureReason(new TypeError('text'), 'loader'), 'its loader failed with TypeError')
  t.equal(loadFailureReason(new AccessDenied('text'), 'file'), 'its file failed with AccessDenied')
  for (
    const code of ['ECONNREFUSED', 'ERR_HTTP2_STREAM_ERROR', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']
  ) {
    t.equal(loadFailureReason(coded(code), 'loader'), `its loader failed with AccessDenied ${code}`)
  }
})

t.test('tells no more where they look like something else', async (t) => {
  const odd = [
    7,
    'lower',
    'E WITH SPACE',
    '',
    '0123456789ABCDEF0123456789ABCDEF',
    'ABCDEFGHIJKLMNOP',
    'A1_B2_C3_D4_E5',
    'A_'.repeat(20) + 'A'
  ]
  for (const code of odd) {
    t.equal(loadFailureReason(coded(code), 'loader'), 'its loader failed with AccessDenied')
  }
  const dashed = { 'a-b': class extends Error {} }
  t.equal(loadFailureReason(new dashed['a-b']('text'), 'loader'), 'its loader failed with an error')
  const bare = Object.setPrototypeOf(
    new Error('text'),
    Object.create(Error.prototype, { constructor: { value: 'AccessDenied' } }) as object
  ) as Error
  t.equal(loadFailureReason(bare, 'loader'), 'its loader failed with an error')
  for (const thrown of ['text', null, undefined, { message: 'text' }]) {
    const reason = loadFailureReason(thrown, 'loader')
    t.equal(reason, `its loader failed with a thrown ${typeof thrown}`)
  }
})

t.test('runs nothing of an error', async (t) => {
  const hostile = Object.defineProperties(new Error('text'), {
    code: {
      get: () => {
        throw new Error('ran')
      }
    },
    toString: {
      value: () => {
        throw new Error('ran')
      }
    }
  })
  t.equal(loadFailureReason(hostile, 'loader'), 'its loader failed with Error')
})

t.test('tells its own errors in full, and the kind of what is behind them', async (t) => {
  const message = '"privateKey" can\'t be read as a key: it is damaged'
  const own = (...rest: unknown[]): Error =>
    new errors.CDN_ACCESS_KEY_UNREADABLE('privateKey', 'it is damaged', ...rest)
  t.equal(loadFailureReason(own(), 'file'), `CDN_ACCESS_KEY_UNREADABLE: ${message}`)
  t.equal(
    loadFailureReason(own({ cause: coded('ERR_OSSL_UNSUPPORTED') }), 'file'),
    `CDN_ACCESS_KEY_UNREADABLE: ${message} (AccessDenied ERR_OSSL_UNSUPPORTED)`
  )
  t.equal(loadFailureReason(own({ cause: own() }), 'file'), `CDN_ACCESS_KEY_UNREADABLE: ${message}`)
})

t.test('knows its own errors by their class, not by a code that anyone can give', async (t) => {
  t.ok(isOwnError(new errors.CDN_ACCESS_DENIED()))
  t.notOk(isOwnError(Object.assign(new Error('text'), { code: 'CDN_ACCESS_DENIED' })))
  t.notOk(isOwnError(undefined))
})

t.test('names an error for a log by its code or its kind', async (t) => {
  t.equal(codeOrKind(new errors.CDN_ACCESS_DENIED()), 'CDN_ACCESS_DENIED')
  t.equal(codeOrKind(Object.assign(new TypeError('text'), { code: 'ENOENT' })), 'TypeError ENOENT')
  t.equal(codeOrKind('text'), 'a thrown string')
})
