import { sign as cryptoSign } from 'node:crypto'
import t from 'tap'
import { cdnPath } from '../../../src/cdn/cdn-path.js'
import { cloudfront, type CloudFrontOptions } from '../../../src/cdn/cloudfront/cloudfront.js'
import {
  ecOptions,
  edgeOf,
  expiresAt,
  keyPairId,
  refusedBy,
  rsaOptions,
  url
} from '../../fixtures/cloudfront.js'
import { cannedSha256, policy, sha1, sha256 } from '../../fixtures/cloudfront-vectors.js'
import { ecPkcs8, ecPublic, rsaPublic } from '../../fixtures/keys.js'

t.test('custom policy, SHA-256: these cookies and no others', async (t) => {
  const path = '/courses/42/'
  t.strictSame(await edgeOf().cookies(), [
    { name: 'CloudFront-Policy', value: policy, path },
    { name: 'CloudFront-Key-Pair-Id', value: 'K2JCJMDEHXQW5F', path },
    { name: 'CloudFront-Signature', value: sha256, path },
    { name: 'CloudFront-Hash-Algorithm', value: 'SHA256', path }
  ])
})

t.test('custom policy, SHA-1: no marker', async (t) => {
  t.strictSame(await edgeOf({ ...rsaOptions, hash: 'SHA1' }).pairs(), [
    ['CloudFront-Policy', policy],
    ['CloudFront-Key-Pair-Id', keyPairId],
    ['CloudFront-Signature', sha1]
  ])
})

t.test('custom policy with a start and an address', async (t) => {
  const pairs = await edgeOf().pairs({ notBefore: 1799999999, ip: '192.0.2.7' })
  t.strictSame(pairs.slice(0, 3), [
    [
      'CloudFront-Policy',
      'eyJTdGF0ZW1lbnQiOlt7IlJlc291cmNlIjoiaHR0cHM6Ly9tZWRpYS5leGFtcGxlLmNvbS9jb3Vyc2VzLzQyLyoiLC' +
      'JDb25kaXRpb24iOnsiRGF0ZUxlc3NUaGFuIjp7IkFXUzpFcG9jaFRpbWUiOjE4MDAwMDA2MDB9LCJEYXRlR3JlYX' +
      'RlclRoYW4iOnsiQVdTOkVwb2NoVGltZSI6MTc5OTk5OTk5OX0sIklwQWRkcmVzcyI6eyJBV1M6U291cmNlSXAiOi' +
      'IxOTIuMC4yLjcvMzIifX19XX0_'
    ],
    ['CloudFront-Key-Pair-Id', keyPairId],
    [
      'CloudFront-Signature',
      'QRtK4wNGAPKNw0YqRfVIZW8D-FmTZE0mJSdltGju9L-rhjSWoDLd84ABN7LaWqO0Ph94U15qkC82GPFrh99iAp6aoS' +
      'dMT5unIR-EVWshklhGUoyu-xV1BcDpwnCyGsMyULaxIZxaD-sE7VJjGl6enk2gTZG82A2MkLsaLfs9~WXYdMh8eC' +
      'wj6a1Qy7Nd1HPvw4PP7OeBknbgeOySOIh8tchrU7QUddKN1EPWbxMeI3LJqPLVMnywxLmFyx3wG5TC3T7XPwFmVL' +
      'KDdEMi-S1OxpcVqmZwR5Dw6HHkP-sUEyO9o2TpzA~vUNa91~9GfpoKZeYDgnq25KxV9HCXTd599Q__'
    ]
  ])
})

t.test('canned policy: the expiry in place of the policy', async (t) => {
  const path = cdnPath`/img/${'a &b.png'}`.path
  t.strictSame(await edgeOf({ ...rsaOptions, policy: 'canned' }).cookies({ paths: [path] }), [
    { name: 'CloudFront-Expires', value: '1800000600', path: '/img/a%20%26b.png' },
    { name: 'CloudFront-Key-Pair-Id', value: keyPairId, path: '/img/a%20%26b.png' },
    {
      name: 'CloudFront-Signature',
      value: cannedSha256,
      path: '/img/a%20%26b.png'
    },
    { name: 'CloudFront-Hash-Algorithm', value: 'SHA256', path: '/img/a%20%26b.png' }
  ])
})

t.test('several paths get a set each, which only its own paths accept', async (t) => {
  const edge = edgeOf(ecOptions)
  const cookies = await edge.cookies({ paths: ['/a/*', '/b.png'] })
  t.strictSame(cookies.map(({ path }) => path), [
    '/a/',
    '/a/',
    '/a/',
    '/a/',
    '/b.png',
    '/b.png',
    '/b.png',
    '/b.png'
  ])
  const pairs = (path: string): Array<[string, string]> =>
    cookies.filter((cookie) => cookie.path === path).map(({ name, value }) => [name, value])
  t.ok((await edge.check({ url: '/a/x', cookies: pairs('/a/') })).allowed)
  t.ok((await edge.check({ url: '/b.png', cookies: pairs('/b.png') })).allowed)
  t.equal(refusedBy(await edge.check({ url: '/b.png', cookies: pairs('/a/') })), 'resource')
})

t.test('what a factory makes is inert and plain', async (t) => {
  const cdn = cloudfront({ ...rsaOptions, name: 'video', cookie: { domain: 'example.com' } })
  t.match(cdn, {
    name: 'video',
    url,
    cookie: { domain: 'example.com' },
    format: { policy: 'custom', hash: 'SHA256' },
    trial: { paths: ['/*'] }
  })
  t.strictSame(cdn.cookieNames, [
    'CloudFront-Policy',
    'CloudFront-Expires',
    'CloudFront-Signature',
    'CloudFront-Key-Pair-Id',
    'CloudFront-Hash-Algorithm'
  ])
  t.equal(cloudfront({ url, keys: [] }).name, 'cloudfront')
  t.equal(cloudfront({ ...rsaOptions, policy: 'canned' }).trial!.paths[0], '/trial')
  for (const options of [rsaOptions, { ...ecOptions, policy: 'canned' } as const]) {
    t.doesNotThrow(() => cloudfront(options).plan({ ...cloudfront(options).trial!, expiresAt }))
  }
})

t.test('options that nothing reads or that are outside their set are refused', async (t) => {
  t.throws(() => cloudfront({ ...rsaOptions, keyPairID: 'K' } as never), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN',
    message: 'cloudfront has no option "keyPairID": ' +
      'it takes url, name, keys, cookie, keyPairId, privateKey, passphrase, policy, hash, host'
  })
  t.throws(() => cloudfront({ ...rsaOptions, policy: 'Canned' as 'canned' }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "policy" must be "custom" or "canned"'
  })
  t.throws(() => cloudfront({ ...rsaOptions, hash: 'sha256' as 'SHA256' }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "hash" must be "SHA256" or "SHA1"'
  })
  t.throws(() => cloudfront({ ...rsaOptions, url: `${url}/a` }), { code: 'CDN_ACCESS_URL_INVALID' })
  for (const options of [undefined, null]) {
    t.throws(() => cloudfront(options as unknown as CloudFrontOptions), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "cloudfront" must be called with an object'
    })
  }
})

t.test('plan and sign refuse what no policy can hold', async (t) => {
  const { cdn, key } = edgeOf()
  t.strictSame(
    cdn.plan({ paths: ['/a/*', '/b.png'], expiresAt, notBefore: 1, ip: '192.0.2.0/24' }),
    ['/a/', '/b.png']
  )
  const noIPv6 =
    'The CDN "cloudfront" can\'t hold "ip" of a grant: a CloudFront policy takes IPv4 alone. ' +
    'Leave "ip" out for IPv6 viewers, or turn IPv6 off in the distribution'
  const code = 'CDN_ACCESS_GRANT_UNSUPPORTED'
  const noClaims = 'The CDN "cloudfront" can\'t hold "claims" of a grant: ' +
    'a CloudFront policy has none'
  const noIPv4 = [
    '2001:db8::1',
    '::ffff:192.0.2.7',
    '',
    '192.0.2.7/',
    '192.0.2.7/33',
    '192.0.2.7","x":"'
  ]
  const overlap = new RegExp(
    '"/a/\\*" and "/a/b/\\*" overlap at "/a/b/": a viewer would send two cookies of one name'
  )
  for (
    const [grant, error] of [
      [{ claims: {} }, { code, message: noClaims }],
      ...noIPv4.map((ip) => [{ ip }, { code, message: noIPv6 }] as const),
      [{ paths: ['/a/*', '/a/b/*'] }, { code: 'CDN_ACCESS_PATH_OVERLAP', message: overlap }]
    ] as const
  ) {
    const whole = { paths: ['/a/*'], expiresAt, ...grant }
    t.throws(() => cdn.plan(whole), error)
    await t.rejects(cdn.sign(whole, key), error)
    if (!('paths' in grant)) {
      await t.rejects(cdn.signUrl!({ path: '/a/b', query: '' }, whole, key), error)
    }
  }
})

t.test('a canned policy refuses a wildcard, a start and an address', async (t) => {
  const { cdn, key } = edgeOf({ ...rsaOptions, policy: 'canned' })
  t.strictSame(cdn.plan({ paths: ['/a.png', '/b.png'], expiresAt }), ['/a.png', '/b.png'])
  const room = 'a canned policy has no room for it. Leave "policy" out for a custom one'
  for (
    const [grant, code, message] of [
      [
        { paths: ['/a.png', '/b/*'] },
        'CDN_ACCESS_PATH_UNSUPPORTED',
        'The CDN "cloudfront" can\'t hold the path "/b/*": ' +
        'a canned policy is good for one exact file. Leave "policy" out for a custom one'
      ],
      [
        { paths: ['/a?.png'] },
        'CDN_ACCESS_PATH_UNSUPPORTED',
        'The CDN "cloudfront" can\'t hold the path "/a?.png": ' +
        'a canned policy is good for one exact file. Leave "policy" out for a custom one'
      ],
      [
        { notBefore: 1 },
        'CDN_ACCESS_GRANT_UNSUPPORTED',
        `The CDN "cloudfront" can't hold "notBefore" of a grant: ${room}`
      ],
      [
        { ip: '192.0.2.7' },
        'CDN_ACCESS_GRANT_UNSUPPORTED',
        `The CDN "cloudfront" can't hold "ip" of a grant: ${room}`
      ]
    ] as const
  ) {
    const whole = { paths: ['/a.png'], expiresAt, ...grant }
    t.throws(() => cdn.plan(whole), { code, message })
    await t.rejects(cdn.sign(whole, key), { code, message })
  }
})

t.test('a key that signs elsewhere makes cookies that are accepted', async (t) => {
  const edge = edgeOf({
    url,
    keyPairId,
    privateKey: {
      sign: async (data, { algorithm }) => {
        t.equal(algorithm, 'ECDSA-SHA256')
        return cryptoSign('sha256', data, ecPkcs8)
      },
      publicKey: ecPublic
    }
  })
  t.ok(edge.key.canSign)
  t.ok((await edge.check({ cookies: await edge.pairs() })).allowed)
  const liar = edgeOf({
    url,
    keyPairId,
    privateKey: { sign: (data) => cryptoSign('sha256', data, ecPkcs8), publicKey: rsaPublic }
  })
  await t.rejects(liar.pairs(), { code: 'CDN_ACCESS_SIGNATURE_WRONG' })
})
