import t, { type Test } from 'tap'
import { examineDistribution } from '../../src/cli/distribution-examination.js'
import { akamai, cloudfront, type CdnAccessOptions } from '../../src/index.js'
import { accountOf, fail, startCloudFront, type Account } from '../fixtures/aws-cloudfront.js'
import { ecPkcs8, ecPublic, otherEc, rsaPkcs8 } from '../fixtures/keys.js'
import { variablesFor } from '../fixtures/sigv4.js'
import { now, url } from '../fixtures/situations.js'

/** CloudFront, as the variables of the process lead to it. */
async function startAccount (t: Test): Promise<Account> {
  const account = accountOf()
  const { endpoint, close } = await startCloudFront(account)
  t.teardown(close)
  t.intercept(process, 'env', { value: { ...process.env, ...variablesFor(endpoint) } })
  return account
}

const cdn = cloudfront({ url, keyPairId: 'KEC', privateKey: ecPkcs8 })
const cookie = { domain: 'example.com' }

async function examine (options: Partial<CdnAccessOptions>) {
  return examineDistribution('E1', { cdns: [], options: { cdn, cookie, ...options } }, now)
}

async function codes (options: Partial<CdnAccessOptions> = {}): Promise<unknown> {
  return (await examine(options)).flatMap(({ ok, code }) => ok ? [] : code)
}

t.test('finds nothing in a configuration that fits', async (t) => {
  await startAccount(t)
  t.match(await examine({ paths: ['/courses/*'] }), [
    { name: 'distribution E1', detail: 'It is enabled, and 1 of 1 behaviours ask for access.' },
    { name: 'address of cloudfront', ok: true },
    { name: 'access at cloudfront', ok: true },
    { name: 'key KEC of cloudfront', ok: true }
  ])
  t.same(await codes(), [])
})

t.test('compares names, keys and behaviours', async (t) => {
  const account = await startAccount(t)
  account.distributions['E1'] = {
    enabled: false,
    aliases: ['img.example.com'],
    behaviours: [{ pattern: '/courses/*', groups: ['G1'] }, { pattern: '/img/*', groups: ['G2'] }]
  }
  const off = ['distribution-disabled', 'alias-missing']
  t.same(await codes({ paths: ['/courses/*'] }), off)
  t.same(await codes({ paths: ['/courses/*', '/img/*'] }), [...off, 'key-untrusted'])
  t.same(await codes({ paths: ['/other/*'] }), [...off, 'open-to-all'])
  t.same(await codes(), off, 'what authorize grants is not known')
  const keys = [
    { keyPairId: 'KEC', privateKey: otherEc },
    { keyPairId: 'KRSA', privateKey: rsaPkcs8 },
    { keyPairId: 'K9', publicKey: ecPublic }
  ]
  const several = cloudfront({ url: 'https://img.example.com', keys })
  t.same(await codes({ cdn: several }), ['distribution-disabled', 'key-differs'])
})

t.test('looks at the CDNs that are at the distribution, where there are some', async (t) => {
  await startAccount(t)
  const other = cloudfront({
    url: 'https://other.example.com',
    name: 'other',
    keyPairId: 'K9',
    privateKey: otherEc,
    cookie: { domain: 'other.example.com' }
  })
  const paths = [{ path: '/a/*', cdn: 'other' }]
  t.same(await codes({ cdn: [cdn, other], paths }), [])
  t.same(await codes({ cdn: other }), ['alias-missing', 'key-untrusted'])
})

t.test('says why nothing can be compared', async (t) => {
  const account = await startAccount(t)
  t.same(await codes({ ttl: 1 }), [], 'the other checks say it')
  const lacking = cloudfront({
    url,
    keys: {
      load: () => {
        throw new Error('x')
      }
    }
  })
  t.same(await codes({ cdn: lacking }), [])
  t.same(await codes({ cdn: cloudfront({ url, keyPairId: 'K1', privateKey: 'odd' }) }), [])
  await t.rejects(examine({ cdn: akamai({ url, key: 'ab'.repeat(16) }) }), {
    name: 'UsageError',
    message: '--distribution is for a CDN of cloudfront(), and there is none'
  })
  account.answer = (_, reply) => {
    fail(reply, 403, 'AccessDenied')
    return true
  }
  t.match(await examine({}), [{
    name: 'distribution E1',
    code: 'CDN_ACCESS_DISTRIBUTION_DENIED',
    detail: /AWS denies cloudfront:GetDistribution/
  }])
})
