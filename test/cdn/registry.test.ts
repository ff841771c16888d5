import t from 'tap'
import * as exported from '../../src/index.js'
import { cdnVariables, registry } from '../../src/cdn/registry.js'

const url = 'https://media.example.com'

/** What the package exports beside factories of CDNs. */
const beside = new Set([
  'default',
  'cdnAccess',
  'cdnPath',
  'cloudFrontKeyValueStore',
  'memoryRevocations',
  'redisRevocations'
])

t.test('has a row for each CDN that the package exports', async (t) => {
  const factories = Object.entries(exported).filter(([name, value]) =>
    typeof value === 'function' && !beside.has(name)
  ).map(([name]) => name)
  t.same(registry.map(({ factory }) => factory.name).toSorted(), factories.toSorted())
})

t.test('lists every variable once', async (t) => {
  t.same(cdnVariables, ['KEY_ID', 'PRIVATE_KEY', 'PASSPHRASE', 'ISSUER', 'SCOPE'])
  t.same(registry.map(({ name }) => name), [
    'cloudfront',
    'google-cloud-cdn',
    'google-media-cdn',
    'akamai',
    'uri-signing',
    'common-access-token',
    'nginx'
  ])
})

t.test('names options that the factory takes, the secret among them', async (t) => {
  for (const { name, factory, variables } of registry) {
    t.ok(variables['PRIVATE_KEY'], name)
    t.notOk(Object.values(variables).includes('host'), 'only code widens access')
    for (const option of Object.values(variables)) {
      const make = (): unknown => factory({ url, [option]: 7 } as never)
      try {
        make()
      } catch (error) {
        t.not((error as { code: string }).code, 'CDN_ACCESS_OPTION_UNKNOWN', `${name}: ${option}`)
      }
    }
    t.throws(() => factory({ url, noSuchOption: 7 } as never), {
      code: 'CDN_ACCESS_OPTION_UNKNOWN'
    })
  }
})

t.test('refuses a pattern of hosts by name, where a format has none', async (t) => {
  for (const { name, factory } of registry.filter((row) => row.name !== 'cloudfront')) {
    for (const host of ['https://*.example.com', ['https://a.example.com']]) {
      t.throws(() => factory({ url, host } as never), {
        code: 'CDN_ACCESS_HOST_INVALID',
        message: new RegExp(`^Option "host" of ${factory.name} must be left out: .{40}`)
      }, name)
    }
  }
})
