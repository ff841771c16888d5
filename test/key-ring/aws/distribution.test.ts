import t from 'tap'
import { readDistribution, type Distribution } from '../../../src/key-ring/aws/distribution.js'
import { publicKeyIdentity, readPublicKey } from '../../../src/keys/public-key.js'
import {
  accountOf,
  startCloudFront,
  write,
  type StandInDistribution
} from '../../fixtures/aws-cloudfront.js'
import { ecPublic, rsaPublic } from '../../fixtures/keys.js'

const account = accountOf()
const { client, asked, close } = await startCloudFront(account)
t.teardown(close)
const [rsa, ec] = [rsaPublic, ecPublic].map((pem) => publicKeyIdentity(readPublicKey(pem)))

async function readAs (distribution: StandInDistribution): Promise<Distribution> {
  account.distributions['E1'] = distribution
  return readDistribution('E1', { client })
}

t.test('reads names, behaviours in their order, and the keys that they trust', async (t) => {
  t.same(await readDistribution('E1', { client }), {
    id: 'E1',
    domain: 'd111.cloudfront.net',
    enabled: true,
    aliases: ['media.example.com', '*.img.example.com'],
    certified: true,
    behaviours: [
      { pattern: '*', allowsHttp: false, restriction: 'keys', keyIds: ['KRSA', 'KEC'] }
    ],
    publicKeys: new Map([['KRSA', rsa], ['KEC', ec]])
  })
  account.groups['G4'] = ['KODD', 'KRSA']
  asked.length = 0
  const read = await readAs({
    enabled: false,
    certificate: false,
    aliases: ['Media.Example.com'],
    behaviours: [
      { pattern: '/a/*', groups: ['G4', 'G1'], policy: 'allow-all' },
      { pattern: '/b/*', signers: ['self'], policy: 'https-only' },
      { pattern: '/c/*', groups: ['G3', 'G1'] }
    ]
  })
  t.match(read, { enabled: false, certified: false, aliases: ['media.example.com'] })
  t.same(read.behaviours, [
    { pattern: '/a/*', allowsHttp: true, restriction: 'keys', keyIds: ['KODD', 'KRSA', 'KEC'] },
    { pattern: '/b/*', allowsHttp: false, restriction: 'signers', keyIds: [] },
    { pattern: '/c/*', allowsHttp: false, restriction: 'keys', keyIds: ['KRSA', 'KEC'] },
    { pattern: '*', allowsHttp: false, restriction: 'none', keyIds: [] }
  ])
  t.same(read.publicKeys, new Map([['KODD', undefined], ['KRSA', rsa], ['KEC', ec]]))
  t.equal(new Set(asked).size, asked.length, 'each thing once')
})

t.test('knows a distribution that its tenants share', async (t) => {
  t.match(await readAs({ tenants: true, certificate: false }), {
    domain: undefined,
    aliases: [],
    certified: true
  })
})

t.test('refuses answers that are none', async (t) => {
  account.distributions['E1'] = { behaviours: [{ groups: ['G1'] }] }
  for (
    const [of, action] of [
      ['distribution/E1', 'GetDistribution'],
      ['key-group/G1', 'GetKeyGroup'],
      ['public-key/KEC', 'GetPublicKey']
    ] as const
  ) {
    account.answer = (path, reply) => {
      if (path === of) write(reply, 200, '<Something></Something>')
      return path === of
    }
    await t.rejects(readDistribution('E1', { client }), {
      code: 'CDN_ACCESS_DISTRIBUTION_UNAVAILABLE',
      message:
        `The CloudFront distribution "E1" could not be looked up: the answer to cloudfront:${action} is none of CloudFront's. Is a proxy between?`
    })
  }
})
