import t from 'tap'
import { googleMediaCdn } from '../../../src/cdn/google/media-cdn.js'
import { ask, outcome, sharedKey, signatureKey } from '../../fixtures/google.js'

const url = 'https://media.example.com'
const entry = { keyName: 'vod', privateKey: signatureKey }

t.test('has signatures in queries by default', async (t) => {
  const cdn = googleMediaCdn({ url, ...entry })
  t.strictSame([cdn.name, cdn.cookieNames, cdn.keys, cdn.format], [
    'googleMediaCdn',
    ['Edge-Cache-Cookie'],
    [entry],
    { mode: 'signature', urlStyle: 'query' }
  ])
})

t.test('reads keys for its mode', async (t) => {
  t.throws(() => googleMediaCdn({ url, ...entry }).parseKey({ keyName: 'vod', sharedKey }), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID'
  })
  const shared = { keyName: 'vod', sharedKey }
  const tokens = googleMediaCdn({ url, ...shared, mode: 'token' })
  t.equal(tokens.parseKey(shared).algorithm, 'HMAC-SHA256')
})

t.test('takes no token where signatures are asked for, and the other way round', async (t) => {
  const signatures = googleMediaCdn({ url, ...entry })
  const tokens = googleMediaCdn({ url, ...entry, mode: 'token' })
  const key = signatures.parseKey(entry)
  const grant = { paths: ['/*'], expiresAt: 2_000_000_000 }
  for (const [signer, checker] of [[signatures, tokens], [tokens, signatures]] as const) {
    const { name, value } = (await signer.sign(grant, key))[0]!
    const signedUrl = new URL(await signer.signUrl!({ path: '/a', query: '' }, grant, key))
    t.equal(outcome(await signer.check(ask('/a', { cookies: [[name, value]] }), [key])), 'allowed')
    t.match(
      outcome(await checker.check(ask('/a', { cookies: [[name, value]] }), [key])),
      /^403 (?:token|credentials)/
    )
    t.equal(
      outcome(await signer.check(ask(signedUrl.pathname + signedUrl.search), [key])),
      'allowed'
    )
    t.match(
      outcome(await checker.check(ask(signedUrl.pathname + signedUrl.search), [key])),
      /^403 credentials/
    )
  }
})

t.test('refuses options outside their sets', async (t) => {
  t.throws(() => googleMediaCdn({ url, ...entry, mode: 'tokens' as never }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "mode" must be "signature" or "token"'
  })
  t.throws(() => googleMediaCdn({ url, ...entry, urlStyle: 'header' as never }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "urlStyle" must be "query" or "path"'
  })
  t.throws(() => googleMediaCdn({ url, ...entry, mode: 'token', urlStyle: 'path' } as never), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "urlStyle" must be "query" where "mode" is "token"'
  })
  t.throws(() => googleMediaCdn({ url, ...entry, key: 'x' } as never), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN'
  })
})
