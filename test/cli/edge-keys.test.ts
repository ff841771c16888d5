import t from 'tap'
import { akamai } from '../../src/cdn/akamai/akamai.js'
import { commonAccessToken } from '../../src/cdn/common-access-token/common-access-token.js'
import { edgeKeys, readVerifier, storedKeys } from '../../src/cli/edge-keys.js'
import { ecKey, edgeSettings, rsaKey, secretOne } from '../fixtures/edge-tokens.js'

const { host, ...settings } = edgeSettings
const options = { url: `https://${host}:8443`, ...settings, key: secretOne.jwk }
const cdn = commonAccessToken(options)

t.test('a verifier is told what the tokens of the CDN hold', async (t) => {
  t.same(readVerifier(cdn), edgeSettings)
  t.equal(readVerifier(akamai({ url: `https://${host}`, key: 'ab'.repeat(16) })), undefined)
  const renewing = commonAccessToken({
    ...options,
    renewAtEdgeWithoutRevocation: { seconds: 60 }
  })
  t.throws(() => readVerifier(renewing), {
    name: 'UsageError',
    message: 'commonAccessToken has renewAtEdgeWithoutRevocation, ' +
      'and this edge renews nothing: leave it out'
  })
})

t.test('keys are JWKs with their ids, and without private halves', async (t) => {
  const parsed = [
    cdn.parseKey({ key: secretOne.jwk }),
    ...[ecKey, rsaKey].map(({ jwk }) => cdn.parseKey({ publicKey: jwk }))
  ]
  const keys = edgeKeys('cloudflare-worker', parsed)
  t.same(keys.map(({ kty, kid, d }) => [kty, kid, d]), [
    ['oct', 'one', undefined],
    ['EC', 'ec', undefined],
    ['RSA', 'rsa', undefined]
  ])
  t.same(JSON.parse(storedKeys('cloudflare-worker', keys)), keys)
  t.throws(() => edgeKeys('cloudfront-function', parsed), {
    name: 'UsageError',
    message: /^The key ec is a pair, and CloudFront Functions verify HS256 alone: /
  })
  const secrets = edgeKeys('cloudfront-function', parsed.slice(0, 1))
  t.same(JSON.parse(storedKeys('cloudfront-function', secrets)), {
    k: [secretOne.jwk['k']],
    i: ['one']
  })
})
