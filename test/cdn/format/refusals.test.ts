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
