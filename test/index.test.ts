import t from 'tap'
import * as surface from '../src/index.js'

t.test('exports the plugin under two names, factories, stores, the path tag and errors', async (t) => {
  t.equal(surface.default, surface.cdnAccess)
  t.same(Object.keys(surface).toSorted(), [
    'akamai',
    'cdnAccess',
    'cdnPath',
    'cloudFrontKeyValueStore',
    'cloudfront',
    'commonAccessToken',
    'default',
    'errors',
    'googleCloudCdn',
    'googleMediaCdn',
    'memoryRevocations',
    'nginx',
    'redisRevocations',
    'uriSigning'
  ])
  t.ok(Object.entries(surface.errors).every(([name, make]) => new make().code === name))
})
