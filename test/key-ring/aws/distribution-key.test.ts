import t from 'tap'
import { patternsOf, trustedKey } from '../../../src/key-ring/aws/distribution-key.js'
import type { Behaviour, Distribution } from '../../../src/key-ring/aws/distribution.js'

function trusting (
  behaviours: readonly Behaviour[],
  keys: Record<string, string | undefined> = {}
): Distribution {
  return {
    id: 'E1',
    domain: 'd111.cloudfront.net',
    enabled: true,
    aliases: [],
    certified: true,
    behaviours,
    publicKeys: new Map(Object.entries(keys))
  }
}

function keyed (pattern: string, ...keyIds: readonly string[]): Behaviour {
  return { pattern, allowsHttp: false, restriction: 'keys', keyIds }
}

const open: Behaviour = { pattern: '*', allowsHttp: false, restriction: 'none', keyIds: [] }
const signers: Behaviour = { ...open, pattern: '/s/*', restriction: 'signers' }

t.test('finds a key, what it opens and what not', async (t) => {
  const one = keyed('/a/*', 'K1', 'K2')
  const other = keyed('/b/*', 'K2')
  const distribution = trusting([one, other, signers, open], { K1: 'one', K2: 'two' })
  t.same(trustedKey(distribution, 'one'), {
    keyPairId: 'K1',
    opened: [one],
    closed: [other, signers]
  })
  t.same(trustedKey(distribution, 'two'), {
    keyPairId: 'K2',
    opened: [one, other],
    closed: [signers]
  })
})

t.test('takes the id that opens most, of equals the first', async (t) => {
  const behaviours = [keyed('/a/*', 'K1', 'K2', 'K3'), keyed('*', 'K2', 'K3')]
  const same = trusting(behaviours, { K1: 'one', K2: 'one', K3: 'one' })
  t.match(trustedKey(same, 'one'), { keyPairId: 'K2', closed: [] })
})

t.test('names the ids that are there where none fits', async (t) => {
  t.throws(() => trustedKey(trusting([keyed('*', 'K1', 'K2')], { K1: 'a', K2: undefined }), 'b'), {
    code: 'CDN_ACCESS_DISTRIBUTION_KEY_UNKNOWN',
    message: 'The CloudFront distribution "E1" trusts no key that is the public half of ' +
      '"privateKey": it trusts K1, K2. Add the public half to a trusted key group, or give the ' +
      'private key of one of these'
  })
  t.throws(() => trustedKey(trusting([keyed('*')]), 'b'), {
    code: 'CDN_ACCESS_DISTRIBUTION_KEY_UNKNOWN',
    message: /it trusts none, for its key groups are empty\. Add/
  })
})

t.test('refuses a distribution that asks nobody, or AWS accounts alone', async (t) => {
  t.throws(() => trustedKey(trusting([open]), 'a'), {
    code: 'CDN_ACCESS_DISTRIBUTION_OPEN',
    message: 'No behaviour of the CloudFront distribution "E1" restricts viewers: everybody may ' +
      'fetch everything. Name a trusted key group in the behaviours that are to ask for access'
  })
  t.throws(() => trustedKey(trusting([signers, open]), 'a'), {
    code: 'CDN_ACCESS_DISTRIBUTION_OPEN',
    message: 'No behaviour of the CloudFront distribution "E1" has a trusted key group: its ' +
      'trusted signers are AWS accounts, whose keys can\'t be compared. Upload the public key, ' +
      'put it into a key group, and name that in the behaviour'
  })
})

t.test('writes patterns for people', async (t) => {
  t.equal(patternsOf([keyed('/a/*'), open]), '/a/*, the default one (*)')
})
