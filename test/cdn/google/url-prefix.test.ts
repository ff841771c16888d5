import t from 'tap'
import {
  checkUrlPrefix,
  requirePrefixes,
  signedScope,
  urlPrefix
} from '../../../src/cdn/google/url-prefix.js'
import { verdict } from '../../../src/cdn/format/verdict.js'
import { outcome } from '../../fixtures/google.js'

const url = 'https://media.example.com'

async function check (prefix: string, path: string): Promise<string> {
  return outcome(await verdict(403, (list) => checkUrlPrefix(list, prefix, url, path)))
}

t.test('takes folders and the whole host', async (t) => {
  t.doesNotThrow(() => requirePrefixes('edge', ['/x/*', '/*']))
  t.equal(urlPrefix(url, '/x/*'), 'https://media.example.com/x/')
  t.equal(urlPrefix(url, '/*'), 'https://media.example.com/')
})

t.test('takes the beginning of a name, as code asked for it', async (t) => {
  t.doesNotThrow(() => requirePrefixes('edge', ['/x/a*']))
  t.equal(urlPrefix(url, '/x/a*'), 'https://media.example.com/x/a')
  t.equal(signedScope('edge', '/x/a*', '/x/ab.ts'), 'prefix')
  t.throws(() => signedScope('edge', '/x/a*', '/x/b'), {
    code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED'
  })
})

t.test('refuses an exact file, which would open longer names', async (t) => {
  t.throws(() => requirePrefixes('edge', ['/x/*', '/a.png']), {
    code: 'CDN_ACCESS_PATH_UNSUPPORTED',
    message: 'The CDN "edge" can\'t hold the path "/a.png": ' +
      'its cookies hold a prefix, which would open every longer name as well. ' +
      'Grant the folder with "/*" at the end, or sign the one URL with signUrl. ' +
      'cdnPath.prefix`/a` opens those names where you want it to'
  })
})

t.test('refuses patterns inside a path', async (t) => {
  for (const path of ['/x/*/y', '/x/*.ts', '/x/?', '/x*a', '/x**', '/x?*']) {
    t.throws(() => requirePrefixes('edge', [path]), {
      code: 'CDN_ACCESS_PATH_UNSUPPORTED',
      message: /has no pattern inside a path/
    }, path)
    t.throws(() => signedScope('edge', path, '/x/a'), { code: 'CDN_ACCESS_PATH_UNSUPPORTED' }, path)
  }
})

t.test('signs a URL that the grant covers', async (t) => {
  t.equal(signedScope('edge', '/x/a.ts', '/x/a.ts'), 'exact')
  t.equal(signedScope('edge', '/x/*', '/x/a.ts'), 'prefix')
  t.equal(signedScope('edge', '/*', '/x/a.ts'), 'prefix')
})

t.test('refuses to sign a URL that the grant does not cover', async (t) => {
  for (const [granted, path] of [['/x/*', '/xy/a'], ['/x/*', '/x'], ['/x/a', '/x/a/b']] as const) {
    t.throws(() => signedScope('edge', granted, path), {
      code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
      message:
        `The CDN "edge" can't sign this URL: the grant is for ${granted}, which does not cover it`
    })
  }
})

t.test('matches scheme, host and path as plain text', async (t) => {
  t.equal(await check('https://media.example.com/x/', '/x/a'), 'allowed')
  t.equal(await check('https://media.example.com/data', '/database'), 'allowed')
  t.equal(await check('https://media.example.com', '/x'), 'allowed')
  t.equal(
    await check('https://media.example.com/x/', '/y/a'),
    '403 prefix: Access is for https://media.example.com/x/, which this URL does not start with.' +
      ' They part at "y", where "x" was granted.'
  )
  for (
    const prefix of [
      '',
      'https://',
      'https://media',
      'https://media.example.co',
      'http://media.example.com/',
      'https://media.example.com/x?',
      'https://media.example.com/#'
    ]
  ) {
    t.match(
      await check(prefix, '/x?/'),
      /^403 prefix: The signed prefix is no folder of https:\/\/media\.example\.com/,
      prefix
    )
  }
})
