import t from 'tap'
import { cloudFrontBase64, policyText } from '../../../src/cdn/cloudfront/policy.js'
import { formFault } from '../../../src/cdn/cloudfront/signature-fault.js'
import {
  edge,
  good,
  having,
  last,
  sha1Edge,
  signed,
  without
} from '../../fixtures/cloudfront-check.js'
import {
  ecOptions,
  edgeOf,
  expiresAt,
  refusedBy,
  url,
  type Pairs
} from '../../fixtures/cloudfront.js'
import { otherEc } from '../../fixtures/keys.js'

function misfit (hash: string, hint = ''): string[] {
  return [
    'signature',
    `It does not fit the policy, the key and ${hash}: the public key may be another one than ` +
    'the one that signed, a canned policy fits one exact URL, ' +
    `and a SHA-256 signature needs its Hash-Algorithm.${hint}`
  ]
}

t.test('another key, another hash, another signature', async (t) => {
  const other = edgeOf({ ...ecOptions, privateKey: otherEc }).key
  const renamed = edgeOf({ ...ecOptions, keyPairId: 'K0', privateKey: otherEc }).key
  t.strictSame(await last({ cookies: having('Key-Pair-Id', 'K0') }), [
    'key',
    'The Key-Pair-Id is not one of the accepted keys: ' +
    'is the public key in the distribution\'s key group?'
  ])
  t.equal(refusedBy(await edge.check({ cookies: good }, [])), 'key')
  t.equal(refusedBy(await edge.check({ cookies: good }, [other])), 'signature')
  t.ok((await edge.check({ cookies: good }, [renamed, edge.key])).allowed)
  t.strictSame(
    await last({ cookies: without('Hash-Algorithm') }),
    misfit('SHA1', ' It fits with SHA256.')
  )
  for (const marker of ['sha256', 'SHA512', '', 'constructor']) {
    t.strictSame(await last({ cookies: having('Hash-Algorithm', marker) }), [
      'hash',
      'Hash-Algorithm is neither SHA1 nor SHA256.'
    ])
  }
  const marked = async (hash: string): Promise<unknown> => {
    const cookies: Pairs = [...await sha1Edge.pairs(), ['CloudFront-Hash-Algorithm', hash]]
    return last({ cookies }, sha1Edge)
  }
  t.strictSame(await marked('SHA256'), misfit('SHA256', ' It fits with SHA1.'))
  t.strictSame(await marked('SHA1'), ['expiry', 'ok'])
  const [policy, id, signature] = await sha1Edge.pairs()
  const [name, value] = signature!
  for (
    const text of [
      '',
      'x',
      value.replace('_', '%5F'),
      `${value}_`,
      value.replaceAll('_', '='),
      value.replace(/_+$/, '')
    ]
  ) {
    const cookies: Pairs = [policy!, id!, [name, text]]
    t.match(await last({ cookies }, sha1Edge), misfit('SHA1', formFault(text).hint), text)
  }
})

t.test('a signature fits the bytes of the policy, not what they decode to', async (t) => {
  const text = policyText(`${url}/\uFFFD*`, { expiresAt })
  const latin1 = Buffer.from(text).toString('latin1').replace('\xEF\xBF\xBD', '\xFF')
  const policy = cloudFrontBase64.encode(Buffer.from(latin1, 'latin1'))
  const [, ...others] = signed(text)
  t.match(await last({ cookies: [['CloudFront-Policy', policy], ...others] }), ['signature'])
})
