import t from 'tap'
import * as refusals from '../../../src/cdn/format/refusals.js'

t.test('a refusal names the CDN, what it can\'t hold, and why', async (t) => {
  t.throws(() => refusals.refusePath('media', '/a,b', 'a comma separates paths'), {
    code: 'CDN_ACCESS_PATH_UNSUPPORTED',
    message: 'The CDN "media" can\'t hold the path "/a,b": a comma separates paths'
  })
  t.throws(() => refusals.refuseGrant('media', 'ip', 'it has no room'), {
    code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
    message: 'The CDN "media" can\'t hold "ip" of a grant: it has no room'
  })
  t.throws(() => refusals.refuseClaim('media', 'tier', 'it has no claims'), {
    code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
    message: 'The CDN "media" can\'t hold "claims.tier" of a grant: it has no claims'
  })
  t.throws(() => refusals.refuseUrl('media', 'it is too long'), {
    code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
    message: 'The CDN "media" can\'t sign this URL: it is too long'
  })
})

t.test('names a character as whoever wrote the path knows it', async (t) => {
  for (
    const [found, words] of [
      ['!b', '"!"'],
      ['\'', '"\'"'],
      ['%2A/b', '"*" percent-encoded'],
      ['%c3%bc%C3%A4', '"ü" percent-encoded'],
      ['%F0%9F%98%80', '"😀" percent-encoded'],
      ['%20', 'U+0020 percent-encoded'],
      ['%0A', 'U+000A percent-encoded'],
      ['%E2%80%AE', 'U+202E percent-encoded'],
      ['%FF', '"%FF"'],
      ['%C3a', '"%C3"']
    ] as const
  ) {
    t.throws(() => refusals.refuseCharacter('media', '/x', found, 'which is meta'), {
      code: 'CDN_ACCESS_PATH_UNSUPPORTED',
      message: `The CDN "media" can't hold the path "/x": it holds ${words}, which is meta`
    })
  }
})
