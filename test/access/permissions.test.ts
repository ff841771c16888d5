import t from 'tap'
import { cdnPath, type Authorization } from '../../src/index.js'
import { createPermissionReader } from '../../src/access/permissions.js'
import type { GrantRules, Permission } from '../../src/access/grant.js'
import { media } from '../fixtures/site.js'

const attributes = {
  domain: 'example.com',
  sameSite: 'lax',
  secure: true,
  httpOnly: true,
  partitioned: false,
  lifetime: 'ttl'
} as const
const rules: GrantRules = {
  targets: [{ cdn: media(), attributes }],
  paths: [{ path: '/*', cdn: undefined }],
  ttl: 600,
  refreshBefore: 150,
  expiryStep: 30
}

const now = 1_700_000_000

function reader (cacheSize: number): (authorization: unknown) => Permission | undefined {
  const read = createPermissionReader(rules, cacheSize, () => undefined)
  return (authorization) => read(authorization, now)
}

t.test('reads a grant that it knows only once', async (t) => {
  const read = reader(10)
  for (
    const make of [
      (): Authorization => true,
      (): Authorization => ['/a', '/b'],
      (): Authorization => [cdnPath`/a/*`, '/b']
    ]
  ) {
    t.equal(read(make()), read(make()))
  }
})

t.test('never takes one grant for another', async (t) => {
  const read = reader(10)
  const grants: Authorization[] = [true, ['/a', '/b'], ['/a,/b'], ['/a'], [cdnPath`/a/*`], [
    cdnPath`/a/*`,
    '/b'
  ], [cdnPath`/a/*`, cdnPath`/b`, '/c']]
  t.equal(new Set(grants.map((grant) => read(grant)!.fingerprint)).size, grants.length)
  t.equal(read(['/a', '/b']), read(['/a', '/b']))
  t.equal(
    read([cdnPath`/a`])!.fingerprint,
    read(['/a'])!.fingerprint,
    'but two spellings of one are one'
  )
})

t.test('is not taken in by what only looks like a known grant', async (t) => {
  const read = reader(10)
  read([cdnPath`/a/*`])
  read([cdnPath`/a/*`, cdnPath`/b/*`])
  t.throws(() => read(['/a/*']), { code: 'CDN_ACCESS_PATH_WILDCARD' })
  t.throws(() => read([{ path: '/a/*' }]), { code: 'CDN_ACCESS_GRANT_INVALID' })
  t.throws(() => read([JSON.parse(JSON.stringify(cdnPath`/a/*`))]), {
    code: 'CDN_ACCESS_GRANT_INVALID'
  })
  t.throws(() => read(['/a/*"p/b/*']), { code: 'CDN_ACCESS_PATH_WILDCARD' })
})

t.test('does not keep denials, details and errors', async (t) => {
  const read = reader(10)
  t.equal(read([]), undefined)
  t.equal(read(false), undefined)
  t.not(read({ paths: ['/a'] }), read({ paths: ['/a'] }))
  t.not(read([{ path: '/a', cdn: 'cloudfront' }]), read([{ path: '/a', cdn: 'cloudfront' }]))
})

t.test('keeps nothing where it is told so', async (t) => {
  const read = reader(0)
  t.not(read(['/a']), read(['/a']))
})

t.test('reads what it is given once, so that no answer is kept under the name of another', async (t) => {
  const read = reader(10)
  const answers = ['/a', '/secret']
  const changing = Object.defineProperty(['/a'], 0, { get: () => answers.shift() })
  t.same(read(changing)!.parts[0]!.grant.paths, ['/a'])
  t.same(read(['/a'])!.parts[0]!.grant.paths, ['/a'])
  t.same(answers, ['/secret'])
})
