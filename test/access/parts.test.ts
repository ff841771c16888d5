import t from 'tap'
import { issuedGrant, pathsAt, planParts, type PermissionPart } from '../../src/access/parts.js'
import { resolveOptions } from '../../src/config/config.js'
import type { AccessCdn } from '../../src/cookies/cookies.js'
import { media, working } from '../fixtures/server.js'

async function targetsOf (more: Record<string, unknown>): Promise<readonly AccessCdn[]> {
  return (await resolveOptions(working(more), undefined)).rules.targets
}

const twoCdns = { cdn: [media(), media({ name: 'files', url: 'https://files.example.com' })] }

/** Plans the same paths at each CDN. */
function plan (targets: readonly AccessCdn[], paths: string[]): PermissionPart[] {
  return planParts(targets.map((target) => ({ target, grant: { paths } })))
}

t.test('says where the cookies of a grant will lie', async (t) => {
  const [part] = plan(await targetsOf({ cookie: { domain: 'example.com' } }), ['/a/*', '/b.png'])
  t.same(part?.cookiePaths, ['/a/', '/b.png'])
  t.same(part?.places, [
    { cdn: 'cloudfront', domain: 'example.com', partitioned: false, path: '/a/' },
    { cdn: 'cloudfront', domain: 'example.com', partitioned: false, path: '/b.png' }
  ])
})

t.test('gives each CDN its own paths, once and sorted', async (t) => {
  const [first, second] = await targetsOf(twoCdns)
  const granted = [
    { path: '/b', cdn: undefined },
    { path: '/a', cdn: 'files' },
    { path: '/b', cdn: 'files' }
  ]
  t.same(pathsAt(granted, first!), ['/b'])
  t.same(pathsAt(granted, second!), ['/a', '/b'])
})

t.test('refuses a cookie path that no server keeps', async (t) => {
  const targets = await targetsOf({})
  for (const path of [`/${'a'.repeat(1000)}/*`]) {
    t.throws(() => plan(targets, [path]), { code: 'CDN_ACCESS_COOKIE_PATH_INVALID' })
  }
  t.doesNotThrow(() => plan(targets, [`/${'a'.repeat(998)}/*`]))
})

t.test('refuses CDNs whose cookies would overwrite each other', async (t) => {
  const below = await targetsOf(twoCdns)
  t.throws(() => plan(below, ['/a']), {
    code: 'CDN_ACCESS_COOKIE_CONFLICT',
    message: new RegExp(
      '^The CDNs "cloudfront" and "files" would both set the cookie "CloudFront-Policy" ' +
        'on example.com/a and overwrite each other'
    )
  })
  const [first, second] = below as [AccessCdn, AccessCdn]
  t.doesNotThrow(() =>
    planParts([
      { target: first, grant: { paths: ['/a'] } },
      { target: second, grant: { paths: ['/b'] } }
    ])
  )
  const hostOnly = await targetsOf({
    cdn: [media(), media({ name: 'files' })],
    cookie: { domain: false }
  })
  t.throws(() => plan(hostOnly, ['/a']), {
    code: 'CDN_ACCESS_COOKIE_CONFLICT',
    message: /on the API's host\/a/
  })
})

t.test('adds the end to a grant, and changes nothing in it', async (t) => {
  const grant = Object.freeze({ paths: ['/a'], ip: '192.0.2.7' })
  t.same(issuedGrant(grant, { expiresAt: 7, issuedAt: 3 }), {
    expiresAt: 7,
    issuedAt: 3,
    paths: ['/a'],
    ip: '192.0.2.7'
  })
})
