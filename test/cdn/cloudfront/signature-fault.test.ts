import { sign } from 'node:crypto'
import t from 'tap'
import { cloudFrontBase64, policyText } from '../../../src/cdn/cloudfront/policy.js'
import { formFault, signatureFault } from '../../../src/cdn/cloudfront/signature-fault.js'
import { ecOptions, edgeOf, expiresAt, url } from '../../fixtures/cloudfront.js'
import { ecPkcs8 } from '../../fixtures/keys.js'

const { key } = edgeOf(ecOptions)

function faultOf (signedText: string, more: object = {}): unknown {
  const signature = cloudFrontBase64.encode(sign('sha256', Buffer.from(signedText), ecPkcs8))
  return signatureFault({
    credentials: { Signature: signature },
    policy: Buffer.from('{}'),
    conditions: { expiresAt },
    key,
    hash: 'SHA256',
    keys: [key],
    ownUrl: `${url}/a/b.mp4?v=1`,
    ...more
  })
}

t.test('tells the forms of text that is not in CloudFront\'s base64', async (t) => {
  t.equal(formFault('a%3D').code, 'percent-encoded')
  t.equal(formFault('a+').code, 'base64-standard')
  t.equal(formFault('a').code, 'malformed')
  t.match(faultOf('', { credentials: { Signature: 'a=' } }), { code: 'base64-standard' })
})

t.test('finds the wildcards that canned policies are signed with', async (t) => {
  for (const resource of [`${url}/a/*`, `${url}/*`, 'http*://media.example.com/a/*']) {
    t.match(faultOf(policyText(resource, { expiresAt })), {
      code: 'wildcard-canned',
      expected: `${url}/a/b.mp4?v=1`,
      found: resource
    })
  }
  t.match(faultOf(policyText(`${url}/a/b.mp4`, { expiresAt })), { code: 'query-differs' })
  t.same(faultOf('else'), { code: 'signature-wrong', hint: '' })
  t.match(faultOf('else', { ownUrl: 'odd' }), { code: 'signature-wrong' })
})

t.test('finds a policy that was written anew after it was signed', async (t) => {
  const credentials = (text: string): object => ({
    policy: Buffer.from(text),
    credentials: {
      Policy: 'x',
      Signature: cloudFrontBase64.encode(sign('sha256', Buffer.from('{"a":1}'), ecPkcs8))
    }
  })
  t.match(faultOf('', credentials('{ "a": 1 }')), { code: 'policy-rewritten' })
  t.match(faultOf('', credentials('{ "a": 2 }')), { code: 'signature-wrong' })
})

t.test('takes no longer for a URL of many folders', async (t) => {
  t.match(faultOf('else', { ownUrl: `${url}/${'a/'.repeat(4000)}b` }), { code: 'signature-wrong' })
})
