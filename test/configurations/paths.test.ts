import t from 'tap'
import { cdnPath } from '../../src/index.js'
import { refuses } from '../fixtures/refusals.js'
import { media } from '../fixtures/server.js'

t.test('refuses wrong paths', async (t) => {
  await refuses(t, 'OPTION_INVALID', 'an array of at least one path', {
    'no path': { paths: [] },
    'a path outside of an array': { paths: '/*' }
  })
  await refuses(t, 'OPTION_INVALID', 'strings, what cdnPath makes, or { path, cdn }', {
    'a path that is a number': { paths: [1] },
    'a hole among the paths': { paths: Array(2) }
  })
  await refuses(t, 'OPTION_INVALID', '{ path, cdn }', {
    'a misspelt field beside a path': { paths: [{ path: '/a/*', cnd: 'cloudfront' }] }
  })
  await refuses(t, 'PATH_INVALID', 'use cdnPath.glob', {
    'a wildcard inside a path': { paths: ['/*/a'] }
  })
  await refuses(t, 'PATH_INVALID', 'must start with a slash', {
    'a path without a slash': { paths: ['a/*'] }
  })
  await refuses(t, 'CDN_UNKNOWN', 'the names are cloudfront', {
    'an unknown CDN': { paths: [{ path: '/*', cdn: 'akamai' }] },
    'a CDN that is no name': { paths: [{ path: '/*', cdn: 1n }] }
  })
  await refuses(t, 'PATH_OVERLAP', 'Grant "/*" alone, which covers both', {
    'paths that overlap': { paths: ['/*', cdnPath`/a/*`] }
  })
  await refuses(t, 'PATH_OVERLAP', 'grant one of them at a time, or give them names', {
    'a file and a folder of one name': { paths: ['/a', cdnPath`/a/*`] },
    'names of which no grant covers both': {
      paths: [cdnPath.glob`/hls/cam1*`, cdnPath.glob`/hls/cam2*`]
    }
  })
  await refuses(t, 'PATH_UNSUPPORTED', 'Leave "policy" out', {
    'a wildcard in a canned policy': { cdn: media({ policy: 'canned' }), paths: ['/a/*'] }
  })
  await refuses(t, 'COOKIE_PATH_INVALID', 'grant a shorter prefix', {
    'a path that no cookie holds': { paths: [`/${'a'.repeat(1000)}/*`] }
  })
})
