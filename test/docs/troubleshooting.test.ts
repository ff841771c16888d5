import { createSign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { cloudFrontBase64, policyText } from '../../src/cdn/cloudfront/policy.js'
import { refusalFixes } from '../../src/cdn/refusal-codes.js'
import { cloudfront, googleCloudCdn } from '../../src/index.js'
import { ecPkcs8, rsaPkcs8 } from '../fixtures/keys.js'
import {
  changed,
  end,
  explains,
  signerOf,
  url,
  type Pairs,
  type Situation
} from '../fixtures/situations.js'

const page = readFileSync(`${process.cwd()}/docs/troubleshooting.md`, 'utf8')
const ec = signerOf(cloudfront({ url, keyPairId: 'K1', privateKey: ecPkcs8 }))
const rsa = cloudfront({ url, keyPairId: 'K1', privateKey: rsaPkcs8, hash: 'SHA1' })
const cloud = signerOf(
  googleCloudCdn({ url, keyName: 'k', key: 'nZtRohdNF9m3cKM24IcK4w==', requireSignature: true })
)
const good = await ec.cookies()

/** What the JavaScript SDK makes of a URL with a wildcard, without a start and an address. */
function canned (resource: string): Pairs {
  const text = policyText(resource, { expiresAt: end })
  return [
    ['CloudFront-Expires', String(end)],
    [
      'CloudFront-Signature',
      cloudFrontBase64.encode(createSign('RSA-SHA1').update(text).sign(rsaPkcs8))
    ],
    ['CloudFront-Key-Pair-Id', 'K1']
  ]
}

/** By the code of each row of the page. */
const reproduced: Readonly<Record<string, Situation>> = Object.fromEntries(([
  ['SDK', { cookies: canned(`${url}/*`) }, 'wildcard-canned', { cdn: rsa }],
  ['no marker', { cookies: good.filter(([name]) => !name.endsWith('Algorithm')) }, 'hash-marker'],
  [
    'a library',
    cloud.cookies().then((pairs) => ({
      cookies: changed(pairs, 'Cloud-CDN-Cookie', encodeURIComponent)
    })),
    'percent-encoded',
    { cdn: cloud.cdn }
  ],
  ['staging', { cookies: [['CloudFront-Signature', 'AAAA'], ...good] }, 'sent-twice'],
  [
    'a version',
    ec.cookies({ paths: ['/a'] }).then((cookies) => ({ cookies, url: '/a?v=1' })),
    'query-differs'
  ],
  [
    'an apostrophe',
    ec.cookies({ paths: ['/O%27Neil/*'] }).then((cookies) => ({ cookies, url: '/O\'Neil/a' })),
    'encoding-differs'
  ],
  [
    'milliseconds',
    cloud.cookies().then((pairs) => ({
      cookies: changed(
        pairs,
        'Cloud-CDN-Cookie',
        (value) => value.replace(String(end), `${end}000`)
      )
    })),
    'time-milliseconds',
    { cdn: cloud.cdn }
  ],
  ['fetch', {}, 'cookies-none'],
  ['OPTIONS', { method: 'OPTIONS' }, 'preflight'],
  [
    'mobile',
    ec.cookies({ ip: '192.0.2.7' }).then((cookies) => ({ cookies, ip: '192.0.2.8' })),
    'address-differs'
  ],
  [
    'http',
    signerOf(
      cloudfront({ url: url.replace('https', 'http'), keyPairId: 'K1', privateKey: ecPkcs8 })
    ).cookies().then((cookies) => ({ cookies })),
    'scheme-differs'
  ],
  ['a new key', { cookies: changed(good, 'CloudFront-Key-Pair-Id', () => 'K2') }, 'key-unknown'],
  ['a deep link', { cookies: good, url: '/courses/42/a?Expires=1' }, 'query-hides-cookies'],
  ['mid-play', { cookies: good, now: end }, 'expired']
] as Situation[]).map((situation) => [situation[2], situation]))

t.test('each row that names a code is what explain says', async (t) => {
  const table = page.split('## By what the CDN does')[1]!.split('\n## ')[0]!
  const rows = [...table.matchAll(/^\| [^|]+ \| `([\w-]+)` \| [^|]+ \|$/gm)].map((match) =>
    match[1]!
  )
  t.same(rows.toSorted(), Object.keys(reproduced).toSorted())
  await explains(t, ec.cdn, Object.values(reproduced))
})

t.test('each code is listed with what to do', async (t) => {
  const table = page.split('## By code')[1]!
  const rows = [...table.matchAll(/^\| `([\w-]+)` \| (.+) \|$/gm)].map((
    [, code, fix]
  ) => [code, fix])
  t.same(Object.fromEntries(rows), refusalFixes)
})
