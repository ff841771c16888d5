import { createPrivateKey, sign } from 'node:crypto'
import { install } from '@sinonjs/fake-timers'
import Fastify from 'fastify'
import cookie from '@fastify/cookie'
import t from 'tap'
import cdnAccess, { cdnPath, cloudfront, type Verdict } from '../../../src/index.js'
import {
  cloudFrontDistribution,
  type CloudFrontDistributionOptions
} from '../../../src/key-ring/aws/cloudfront-distribution.js'
import {
  accountOf,
  startCloudFront,
  type StandInDistribution
} from '../../fixtures/aws-cloudfront.js'
import * as keys from '../../fixtures/keys.js'

const account = accountOf()
const { client, asked, close } = await startCloudFront(account)
t.teardown(close)

function describe (distribution: StandInDistribution): void {
  account.distributions['E1'] = distribution
}

async function lookUp (options: Partial<CloudFrontDistributionOptions> = {}) {
  return cloudFrontDistribution({ id: 'E1', privateKey: keys.ecPkcs8, client, ...options })
}

t.test('yields what cloudfront() takes', async (t) => {
  const warnings = t.capture(process, 'emitWarning')
  t.same(await lookUp(), {
    url: 'https://media.example.com',
    keyPairId: 'KEC',
    privateKey: keys.ecPkcs8
  })
  const { rsaEncrypted: privateKey, passphrase } = keys
  t.same(await lookUp({ privateKey, passphrase, alias: 'a.img.example.com' }), {
    url: 'https://a.img.example.com',
    keyPairId: 'KRSA',
    privateKey,
    passphrase
  })
  t.same(warnings(), [])
})

t.test('takes every form of a private key, and opens what has to be opened', async (t) => {
  const key = createPrivateKey(keys.ecPkcs8)
  const signer = {
    sign: (data: Uint8Array) => sign('sha256', data, key),
    publicKey: keys.ecPublic
  }
  const toOpen = { open: async () => signer }
  for (const privateKey of [key, key.export({ format: 'jwk' }), signer, toOpen]) {
    const found = await lookUp({ privateKey })
    t.equal(found.keyPairId, 'KEC')
    t.equal(found.privateKey, privateKey, 'as it was given')
  }
})

t.test('issues cookies that open the files of the distribution', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(cookie)
  await app.register(cdnAccess, {
    cdn: cloudfront(
      await cloudFrontDistribution({ id: 'E1', privateKey: keys.ecPkcs8, client })
    ),
    cookie: { domain: 'example.com' },
    authorize: () => [cdnPath`/courses/42/*`]
  })
  t.match(app.cdnAccess.cdns, [{ url: 'https://media.example.com' }])
  const reply = await app.inject('/cdn-access')
  const lines = reply.headers['set-cookie'] as readonly string[]
  const cookies = lines.filter((line) => !line.includes('Max-Age=0')).map((line) =>
    /^([^=]+)=([^;]*)/.exec(line)!.slice(1) as [string, string]
  )
  t.ok(cookies.some(([name, value]) => name === 'CloudFront-Key-Pair-Id' && value === 'KEC'))
  const edge = cloudfront({
    url: 'https://media.example.com',
    keys: [{ keyPairId: 'KEC', publicKey: keys.ecPublic }]
  })
  const accepted = (edge.keys as readonly unknown[]).map((entry) => edge.parseKey(entry))
  const now = Math.floor(Date.now() / 1000)
  const check = async (url: string): Promise<Verdict> =>
    edge.check({ method: 'GET', url, cookies, now }, accepted)
  t.match(await check('/courses/42/a.png'), { allowed: true, status: 200 })
  t.match(await check('/courses/43/a.png'), { allowed: false, status: 403 })
})

t.test('refuses what can\'t work, by name', async (t) => {
  describe({ enabled: false, behaviours: [{ groups: ['G1'] }] })
  await t.rejects(lookUp(), {
    code: 'CDN_ACCESS_DISTRIBUTION_DISABLED',
    message: 'The CloudFront distribution "E1" is disabled and answers nobody: enable it'
  })
  describe({ behaviours: [{ signers: ['self'] }] })
  await t.rejects(lookUp(), { code: 'CDN_ACCESS_DISTRIBUTION_OPEN', message: /trusted signers/ })
  describe({ behaviours: [{ groups: ['G2'] }] })
  await t.rejects(lookUp(), {
    code: 'CDN_ACCESS_DISTRIBUTION_KEY_UNKNOWN',
    message: /: it trusts KRSA\. Add the public half/
  })
  await t.rejects(lookUp({ id: 'E2' }), { code: 'CDN_ACCESS_DISTRIBUTION_UNKNOWN' })
})

t.test('asks nothing of AWS where an option can\'t be', async (t) => {
  asked.length = 0
  const refuse = async (options: object, words: string): Promise<void> => {
    const error = await lookUp(options).catch((caught: unknown) => caught as Error)
    t.match((error as { code?: string }).code, /^CDN_ACCESS_(?:OPTION|KEY|SIGNER)_/)
    t.match((error as Error).message, words)
  }
  for (const id of ['K2JCJMDEHXQW5F', 'd111.cloudfront.net', 'e1', '', undefined, 'E1/config']) {
    if (id !== undefined) await refuse({ id }, 'Option "id" must be the id of a distribution')
  }
  await refuse({ alias: 'https://media.example.com' }, 'Option "alias" must be a host name alone')
  await refuse({ alias: '*.example.com' }, 'Option "alias" must be a host name alone')
  await refuse({ client: {} }, 'Option "client" must be a CloudFrontClient')
  await refuse({ region: '' }, 'Option "region" must be a non-empty string')
  await refuse({ key: 'x' }, 'cloudFrontDistribution has no option "key"')
  await refuse({ privateKey: undefined }, 'has a "privateKey" that is undefined')
  await refuse({ privateKey: 'odd' }, '"privateKey" can\'t be read as a key')
  const failing = { open: async () => Promise.reject(new RangeError(keys.ecPkcs8)) }
  await refuse({ privateKey: failing }, 'could not be opened: it failed with RangeError')
  const odd = { open: async () => ({ sign: () => Buffer.from(''), publicKey: 'odd' }) }
  await refuse({ privateKey: odd }, '"publicKey" can\'t be read as a key')
  t.same(asked, [])
})

t.test('gives a signer up that does not open', async (t) => {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout'] })
  t.teardown(() => clock.uninstall())
  let given: AbortSignal | undefined
  const hanging = {
    open: ({ signal }: { signal: AbortSignal }) => {
      given = signal
      return new Promise<never>(() => undefined)
    }
  }
  const refused = t.rejects(lookUp({ privateKey: hanging }), {
    code: 'CDN_ACCESS_SIGNER_UNOPENED',
    message: 'The signer "privateKey" of "cloudFrontDistribution" could not be opened: ' +
      'it does not answer in time'
  })
  clock.tick(8000)
  await refused
  t.equal(given?.aborted, true)
})

t.test('warns of a domain on which browsers keep no cookies', async (t) => {
  const warnings = t.capture(process, 'emitWarning')
  describe({ behaviours: [{ groups: ['G1'] }] })
  t.match(await lookUp(), { url: 'https://d111.cloudfront.net', keyPairId: 'KEC' })
  t.match(warnings(), [{
    args: [
      /E1 is asked at its own domain, d111\.cloudfront\.net, which is a public suffix/,
      { code: 'CDN_ACCESS_DISTRIBUTION_DOMAIN' }
    ]
  }])
})

t.test('warns of behaviours that do not trust the key', async (t) => {
  const warnings = t.capture(process, 'emitWarning')
  describe({
    aliases: ['media.example.com'],
    behaviours: [{ pattern: '/a/*', groups: ['G1'] }, { pattern: '/b/*', groups: ['G2'] }]
  })
  t.match(await lookUp(), { keyPairId: 'KEC' })
  t.match(warnings(), [{
    args: [
      'The key KEC opens /a/* of the CloudFront distribution E1, and not /b/*: what is granted ' +
      'there is refused. Name its key group in these behaviours, or grant nothing that they serve',
      { code: 'CDN_ACCESS_DISTRIBUTION_PARTIAL' }
    ]
  }])
})
