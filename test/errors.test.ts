import t from 'tap'
import * as errors from '../src/errors.js'

const classes = Object.entries(errors)
const fields = (message: string): number => message.split('%s').length - 1

t.test('every error is exported under its code, and no code is there twice', async (t) => {
  const codes = classes.map(([, Class]) => new Class().code)
  t.strictSame(codes, classes.map(([name]) => name))
  t.equal(new Set(codes).size, codes.length)
  t.ok(codes.length > 50)
  t.strictSame(codes.filter((code) => !/^CDN_ACCESS_[A-Z]+(?:_[A-Z]+)*$/.test(code)), [])
})

t.test('every argument fills one field of the message, and none is left over', async (t) => {
  for (const [name, Class] of classes) {
    const count = fields(new Class().message)
    const marks = Array.from({ length: count }, (_, index) => `<${index}>`)
    const { message } = new Class(...marks)
    t.equal(fields(message), 0, name)
    t.strictSame(message.match(/<\d>/g) ?? [], marks, name)
    t.notMatch(message, /%[a-z]/, name)
    t.ok(message.length >= 12, name)
  }
})

t.test('a last argument keeps the error behind it and fills no field', async (t) => {
  const cause = new Error('behind it')
  const error = new errors.CDN_ACCESS_KEY_UNREADABLE('privateKey', 'it is damaged', { cause })
  t.equal(error.cause, cause)
  t.equal(error.message, '"privateKey" can\'t be read as a key: it is damaged')
})

t.test('what an argument holds is not read as a field', async (t) => {
  t.equal(
    new errors.CDN_ACCESS_PATH_INVALID('/%s/%d', 'holds %s').message,
    'The path "/%s/%d" holds %s'
  )
})

t.test('only a denial and what passes have a status of their own', async (t) => {
  const made = classes.map(([, Class]) => new Class())
  const own = made.filter(({ statusCode }) => statusCode !== 500)
  t.strictSame(Object.fromEntries(own.map(({ code, statusCode }) => [code, statusCode])), {
    CDN_ACCESS_AREA_INVALID: 400,
    CDN_ACCESS_BUSY: 503,
    CDN_ACCESS_CLEARING_FIRST: 503,
    CDN_ACCESS_CROSS_SITE: 403,
    CDN_ACCESS_DENIED: 403,
    CDN_ACCESS_KEY_UNAVAILABLE: 503,
    CDN_ACCESS_REVOCATION_INCOMPLETE: 503,
    CDN_ACCESS_REVOCATION_UNAVAILABLE: 503,
    CDN_ACCESS_SIGNER_TIMEOUT: 503,
    CDN_ACCESS_SIGN_TIMEOUT: 503,
    CDN_ACCESS_VALUES_REFUSED: 406
  })
})

t.test('each class knows its own errors', async (t) => {
  t.ok(new errors.CDN_ACCESS_DENIED() instanceof errors.CDN_ACCESS_DENIED)
  t.notOk(new errors.CDN_ACCESS_DENIED() instanceof errors.CDN_ACCESS_REPLY_SENT)
  t.ok(new errors.CDN_ACCESS_DENIED() instanceof Error)
})
