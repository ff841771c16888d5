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
  targetOf,
  url
} from '../../fixtures/cloudfront.js'
import { ecPkcs8, ecPublic, rsaPublic } from '../../fixtures/keys.js'

// The signatures were made with openssl dgst -sign over the same policies.
const policy =
  'eyJTdGF0ZW1lbnQiOlt7IlJlc291cmNlIjoiaHR0cHM6Ly9tZWRpYS5leGFtcGxlLmNvbS9jb3Vyc2VzLzQyLyoiLCJDb25kaXRpb24iOnsiRGF0ZUxlc3NUaGFuIjp7IkFXUzpFcG9jaFRpbWUiOjE4MDAwMDA2MDB9fX1dfQ__'
const sha256 =
  'kJi990mG0mTWSm-EG6e31DTEQ3KoFsN0MKJrKU3JYHWkIGeiZfhYv5wVp0qrslPZafXO2U68ugt89cXRBun4TXRWFoH5tsYavB15uCF0EpAlrY6lJii-FSF2zKlRCHStCMyv5XssZtnTGEFL~anmFpj~f-NrQYeKohYpmiEXncmc-Xx82~hZriFOBqd2Tavo1fYBt0KbYJpqofpYGaZKjuiUikAjtb3ir~w4HlugCFu9I2dqkr1fca55jV~klUoNR6K-k1akNgfCyFQbuDKSP8mdmU4v9JlM4QB5p-E2reU7yzVQzURMUFxSwI2Ewqhy-nx65IyBQxvAqHONntmb8g__'
const sha1 =
  'D-ZmA-q2Fu0OwLzj96rdrEWlq9Tgp~WwHoCykGemEHtDOoVTSRqG8mLAM~aG6e3~Z7QKI-nwG5rrS-F8BRbjlJ6P1E4dYDyd6W1MfuYFaZJdFHL6tzUICe08xNfYey1dVsoiLfvCoQXT~sbm1OIYYZm~N4tETapY2bGMn8Xg66TUo~XnEVu5mALdRORj833eenDV3UAI~pQec45eJesbkUDkgUaSAhprzBnXEf6lIGTR2MT5yVliN5WY-ox0XF9NnHAcn9uAKbMZchcrAcwWLYADv5CzrLNz3cg3J580E3j097a19m3psvzp7BI6~uciE6ff9~qPmo2U0U2s~Poy8Q__'

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
      'eyJTdGF0ZW1lbnQiOlt7IlJlc291cmNlIjoiaHR0cHM6Ly9tZWRpYS5leGFtcGxlLmNvbS9jb3Vyc2VzLzQyLyoiLCJDb25kaXRpb24iOnsiRGF0ZUxlc3NUaGFuIjp7IkFXUzpFcG9jaFRpbWUiOjE4MDAwMDA2MDB9LCJEYXRlR3JlYXRlclRoYW4iOnsiQVdTOkVwb2NoVGltZSI6MTc5OTk5OTk5OX0sIklwQWRkcmVzcyI6eyJBV1M6U291cmNlSXAiOiIxOTIuMC4yLjcvMzIifX19XX0_'
    ],
    ['CloudFront-Key-Pair-Id', keyPairId],
    [
      'CloudFront-Signature',
      'QRtK4wNGAPKNw0YqRfVIZW8D-FmTZE0mJSdltGju9L-rhjSWoDLd84ABN7LaWqO0Ph94U15qkC82GPFrh99iAp6aoSdMT5unIR-EVWshklhGUoyu-xV1BcDpwnCyGsMyULaxIZxaD-sE7VJjGl6enk2gTZG82A2MkLsaLfs9~WXYdMh8eCwj6a1Qy7Nd1HPvw4PP7OeBknbgeOySOIh8tchrU7QUddKN1EPWbxMeI3LJqPLVMnywxLmFyx3wG5TC3T7XPwFmVLKDdEMi-S1OxpcVqmZwR5Dw6HHkP-sUEyO9o2TpzA~vUNa91~9GfpoKZeYDgnq25KxV9HCXTd599Q__'
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
      value:
        'Vdr1CE0By~r1qg1jDCvNlyl7ECCGrzgrgJZylVt2~6eXchO-oIij~iK9Otsb9UMgf7I10D3DqJv3BLFm9GLs6k7yePSdrEeXcuPmikO1h-wD7kJpK7h9gAjYdu9a4~zbva-R1FR3rxlsKMNfqnl27JKn1VUY--COxJi2~O99mkA3AqRrxN7Nhg1feYCk91jMSUlPHdMcCGsrydSHRZgpDpyP9NqDtIO1GBott1EjkURV4Hhy-qVJuUYAAfqavulxTBQDxkH45kooJNa4eKmKT0-bpwnWLn6G~rvTqcA7YPfDB73hG5Y-kPsk5JLlHg07QJ7gHEEkc2ZU-QyNPBVP4Q__',
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
  t.equal(cloudfront({ url }).name, 'cloudfront')
  t.equal(cloudfront({ ...rsaOptions, policy: 'canned' }).trial!.paths[0], '/trial')
  for (const options of [rsaOptions, { ...ecOptions, policy: 'canned' } as const]) {
    t.doesNotThrow(() => cloudfront(options).plan({ ...cloudfront(options).trial!, expiresAt }))
  }
})

t.test('options that nothing reads or that are outside their set are refused', async (t) => {
  t.throws(() => cloudfront({ ...rsaOptions, keyPairID: 'K' } as CloudFrontOptions), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN',
    message:
      'cloudfront has no option "keyPairID": it takes url, name, keys, cookie, keyPairId, privateKey, passphrase, policy, hash'
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
    'The CDN "cloudfront" can\'t hold "ip" of a grant: a CloudFront policy takes IPv4 alone. Leave "ip" out for IPv6 viewers, or turn IPv6 off in the distribution'
  for (
    const [grant, error] of [
      [{ claims: {} }, {
        code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
        message:
          'The CDN "cloudfront" can\'t hold "claims" of a grant: a CloudFront policy has none'
      }],
      ...['2001:db8::1', '::ffff:192.0.2.7', '', '192.0.2.7/', '192.0.2.7/33', '192.0.2.7","x":"']
        .map((ip) => [{ ip }, { code: 'CDN_ACCESS_GRANT_UNSUPPORTED', message: noIPv6 }] as const),
      [{ paths: ['/a/*', '/a/b/*'] }, {
        code: 'CDN_ACCESS_PATH_OVERLAP',
        message:
          /"\/a\/\*" and "\/a\/b\/\*" overlap at "\/a\/b\/": a viewer would send two cookies of one name/
      }]
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
        'The CDN "cloudfront" can\'t hold the path "/b/*": a canned policy is good for one exact file. Leave "policy" out for a custom one'
      ],
      [
        { paths: ['/a?.png'] },
        'CDN_ACCESS_PATH_UNSUPPORTED',
        'The CDN "cloudfront" can\'t hold the path "/a?.png": a canned policy is good for one exact file. Leave "policy" out for a custom one'
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
  t.equal(refusedBy(await liar.check({ cookies: await liar.pairs() })), 'signature')
})

t.test('a signed URL is canned for one file, custom for a scope, a start or an address', async (t) => {
  const edge = edgeOf()
  t.equal(
    await edge.signUrl({ path: '/img/a%20%26b.png' }),
    `${url}/img/a%20%26b.png?Expires=1800000600&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=Vdr1CE0By~r1qg1jDCvNlyl7ECCGrzgrgJZylVt2~6eXchO-oIij~iK9Otsb9UMgf7I10D3DqJv3BLFm9GLs6k7yePSdrEeXcuPmikO1h-wD7kJpK7h9gAjYdu9a4~zbva-R1FR3rxlsKMNfqnl27JKn1VUY--COxJi2~O99mkA3AqRrxN7Nhg1feYCk91jMSUlPHdMcCGsrydSHRZgpDpyP9NqDtIO1GBott1EjkURV4Hhy-qVJuUYAAfqavulxTBQDxkH45kooJNa4eKmKT0-bpwnWLn6G~rvTqcA7YPfDB73hG5Y-kPsk5JLlHg07QJ7gHEEkc2ZU-QyNPBVP4Q__&Hash-Algorithm=SHA256`
  )
  t.equal(
    await edge.signUrl({ path: '/courses/42/a', query: 'x=1' }, { paths: ['/courses/42/*'] }),
    `${url}/courses/42/a?x=1&Policy=${policy}&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=${sha256}&Hash-Algorithm=SHA256`
  )
  for (
    const [target, grant, ip] of [
      [{ path: '/a.mp4' }, {}],
      [{ path: '/a.mp4', query: 'x=1&y=a%20b+c' }, {}],
      [{ path: '/a.mp4', query: 'x=1&&y' }, {}],
      [{ path: '/a.mp4', query: '&' }, {}],
      [{ path: '/a.mp4' }, { notBefore: 1 }],
      [{ path: '/a.mp4', query: 'x=1&y=2' }, { notBefore: 1, ip: '192.0.2.0/24' }, '192.0.2.9'],
      [{ path: '/a/b/c.mp4' }, { paths: ['/a/*'] }],
      [{ path: '/a/b/c.mp4', query: 'x=1' }, { paths: ['/a/*'], ip: '192.0.2.7' }, '192.0.2.7'],
      [{ path: '/a/7.ts' }, { paths: ['/a/?.ts'] }],
      [{ path: '/a/7.ts', query: 'v=1' }, { paths: ['/a/*.ts'] }]
    ] as const
  ) {
    const signed = targetOf(await edge.signUrl(target, grant))
    const request = ip === undefined ? {} : { ip }
    t.strictSame(
      (await edge.check({ url: signed, ...request })).checks.filter(({ ok }) => !ok),
      [],
      signed
    )
    t.notOk(
      (await edge.check({
        url: signed.replace('.mp4', '.mp3').replace('.ts', '.tx').replace('/a/b', '/b/b'),
        ...request
      })).allowed,
      signed
    )
    if (!(grant as { paths?: unknown }).paths) {
      t.notOk((await edge.check({ url: signed.replace('?', '?z=1&'), ...request })).allowed, signed)
    }
  }
})

t.test('a query that a policy would misread is refused', async (t) => {
  const edge = edgeOf()
  for (
    const [query, reason] of [
      ['x=*', 'its query holds "*", which must be percent-encoded'],
      ['x=a?b', 'its query holds "?", which must be percent-encoded'],
      ['x=a b', 'its query holds " ", which must be percent-encoded'],
      ['x=#', 'its query holds "#", which must be percent-encoded'],
      ['x="', 'its query holds "\\"", which must be percent-encoded'],
      ['x=\\', 'its query holds "\\\\", which must be percent-encoded'],
      ['x=😀', 'its query holds "😀", which must be percent-encoded'],
      ['x=1&Policy=a', 'its query has a parameter "Policy", which CloudFront takes for its own'],
      ['Expires=1', 'its query has a parameter "Expires", which CloudFront takes for its own'],
      ['Signature', 'its query has a parameter "Signature", which CloudFront takes for its own']
    ] as const
  ) {
    for (const grant of [{}, { notBefore: 1 }]) {
      await t.rejects(edge.signUrl({ path: '/a', query }, grant), {
        code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
        message: `The CDN "cloudfront" can't sign this URL: ${reason}`
      }, query)
    }
  }
})
