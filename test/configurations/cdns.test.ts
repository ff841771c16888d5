import t from 'tap'
import { cloudfront, nginx } from '../../src/index.js'
import { refuses, refusesCdn } from '../fixtures/refusals.js'
import { media } from '../fixtures/server.js'

const filesUrl = 'https://files.example.com'

t.test('refuses wrong CDNs', async (t) => {
  await refuses(t, 'CDN_MISSING', 'pass "cdn"', {
    'an empty list of CDNs': { cdn: [] }
  })
  await refuses(
    t,
    'CDN_MISSING',
    'pass "cdn", for instance cloudfront({ url, keyPairId, privateKey })',
    { 'no CDN': { cdn: undefined } }
  )
  await refuses(t, 'CDN_MISSING', 'set CDN_ACCESS_CDN and CDN_ACCESS_URL', {
    'no CDN, where variables are read': { cdn: undefined, env: {} }
  })
  await refuses(t, 'CDN_INVALID', 'made by a CDN factory', {
    'a CDN that is a string': { cdn: 'cloudfront' },
    'a CDN that is null': { cdn: null }
  })
  await refuses(t, 'CDN_INVALID', 'it has no function "parseKey"', {
    'an object that is no CDN': { cdn: {} }
  })
  await refuses(t, 'CDN_INVALID', 'was not called. Call it: cloudfront({ … })', {
    'a factory in place of a CDN': { cdn: cloudfront },
    'a factory among CDNs': { cdn: [media(), cloudfront] }
  })
  await refuses(t, 'CDN_INVALID', 'Call it: nginx({ … })', {
    'another factory': { cdn: nginx }
  })
  await refuses(t, 'CDN_INVALID', 'Call it: cloudfront({ … })', {
    'a function without a name': { cdn: (() => () => media())() }
  })
  await refuses(t, 'CDN_INVALID', 'its "name" must be', {
    'a CDN without a name': { cdn: { ...media(), name: undefined } }
  })
  await refuses(t, 'CDN_INVALID', 'its "url" must be a scheme, a host and a port', {
    'a CDN with a path in its url': { cdn: { ...media(), url: 'https://media.example.com/' } }
  })
  await refuses(t, 'CDN_INVALID', 'must list every cookie', {
    'a CDN without cookie names': { cdn: { ...media(), cookieNames: [] } },
    'a CDN with a cookie name that is none': { cdn: { ...media(), cookieNames: ['a;b'] } }
  })
  await refuses(t, 'CDN_NAME_TAKEN', 'another "name"', {
    'two CDNs of one name': { cdn: [media(), media({ url: filesUrl })] }
  })
  await refuses(t, 'COOKIE_CONFLICT', 'grant each its own paths with { path, cdn }', {
    'cookies that overwrite each other at the paths that are given': {
      cdn: [media(), media({ name: 'files', url: filesUrl })],
      paths: ['/*']
    }
  })
})

t.test('refuses wrong options of a CDN', async (t) => {
  await refusesCdn(t, 'OPTION_UNKNOWN', 'it takes url, name, keys, cookie', {
    'an unknown factory option': { keypairId: 'K1' }
  })
  await refusesCdn(t, 'NAME_INVALID', 'A-Z a-z 0-9 _ -', {
    'a CDN name with a dot': { name: 'my.cdn' }
  })
  await refusesCdn(t, 'OPTION_INVALID', '"custom" or "canned"', {
    'an unknown policy': { policy: 'wide' }
  })
  await refusesCdn(t, 'OPTION_INVALID', '"SHA256" or "SHA1"', {
    'an unknown hash': { hash: 'MD5' }
  })
})
