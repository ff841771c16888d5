import t from 'tap'
import {
  distributionAddress,
  isNameOf,
  namesOf
} from '../../../src/key-ring/aws/distribution-address.js'
import type { Behaviour, Distribution } from '../../../src/key-ring/aws/distribution.js'

const domain = 'd111.cloudfront.net'

function named (aliases: readonly string[], more: Partial<Distribution> = {}): Distribution {
  return {
    id: 'E1',
    domain,
    enabled: true,
    aliases,
    certified: true,
    behaviours: [],
    publicKeys: new Map(),
    ...more
  }
}

const behaviour = (allowsHttp: boolean): Behaviour => {
  return { pattern: '*', allowsHttp, restriction: 'keys', keyIds: [] }
}

t.test('takes the name that is asked for, the first that is a host, or its own', async (t) => {
  const two = named(['*.example.com', 'media.example.com', 'img.example.com'])
  t.equal(distributionAddress(two, undefined, []), 'https://media.example.com')
  t.equal(distributionAddress(two, 'IMG.example.com', []), 'https://img.example.com')
  t.equal(distributionAddress(two, 'a.b.example.com', []), 'https://a.b.example.com')
  t.equal(distributionAddress(two, domain, []), `https://${domain}`)
  t.equal(distributionAddress(named([]), undefined, []), `https://${domain}`)
  const shared = named([], { domain: undefined })
  t.equal(distributionAddress(shared, 'tenant.example.org', []), 'https://tenant.example.org')
})

t.test('refuses a name at which it does not answer, and names those it has', async (t) => {
  t.throws(() => distributionAddress(named(['media.example.com']), 'example.com', []), {
    code: 'CDN_ACCESS_DISTRIBUTION_ALIAS',
    message: 'The CloudFront distribution "E1" does not answer at "example.com": its names are ' +
      `media.example.com, ${domain}. Give one of these as "alias", or add the name to the ` +
      'distribution'
  })
  const code = 'CDN_ACCESS_DISTRIBUTION_ALIAS'
  t.throws(() => distributionAddress(named(['*.example.com']), 'example.com', []), { code })
  t.throws(() => distributionAddress(named(['*.example.com']), 'a.badexample.com', []), { code })
  t.throws(() => distributionAddress(named(['*.example.com']), undefined, []), {
    code,
    message: 'The CloudFront distribution "E1" has no name that is one host: its names are ' +
      `*.example.com, ${domain}. Say with "alias" at which host viewers ask`
  })
  t.throws(() => distributionAddress(named([], { domain: undefined }), undefined, []), {
    code,
    message: /its names are those of its tenants\. Say with "alias"/
  })
})

t.test('is http where a name has no certificate and all behaviours allow it', async (t) => {
  const bare = named(['media.example.com'], { certified: false })
  t.equal(distributionAddress(bare, undefined, [behaviour(true)]), 'http://media.example.com')
  t.equal(distributionAddress(bare, domain, [behaviour(true)]), `https://${domain}`)
  t.throws(() => distributionAddress(bare, undefined, [behaviour(true), behaviour(false)]), {
    code: 'CDN_ACCESS_DISTRIBUTION_ALIAS',
    message: 'The CloudFront distribution "E1" has no certificate for "media.example.com", and ' +
      'answers https alone: give it one'
  })
  const certified = named(['media.example.com'])
  t.equal(distributionAddress(certified, undefined, [behaviour(true)]), 'https://media.example.com')
})

t.test('says what it is called', async (t) => {
  t.equal(namesOf(named(['a.example.com'])), `a.example.com, ${domain}`)
  t.ok(isNameOf(named([]), domain))
  t.notOk(isNameOf(named([]), 'a.example.com'))
})
