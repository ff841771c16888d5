import { sign as cryptoSign } from 'node:crypto'
import t from 'tap'
import type { CdnGrant, EdgeRequest } from '../../../src/cdn/cdn.js'
import { cloudFrontBase64, policyText } from '../../../src/cdn/cloudfront/policy.js'
import {
  ecOptions,
  edgeOf,
  expiresAt,
  keyPairId,
  now,
  refusedBy,
  rsaOptions,
  targetOf,
  url,
  type Pairs
} from '../../fixtures/cloudfront.js'
import { ecPkcs8, otherEc } from '../../fixtures/keys.js'

const edge = edgeOf(ecOptions)
const sha1 = edgeOf({ ...rsaOptions, hash: 'SHA1' })
const good = await edge.pairs()

const without = (...names: string[]): Pairs =>
  good.filter(([name]) => !names.includes(name.slice('CloudFront-'.length)))
const having = (
  name: string,
  value: string
): Pairs => [...without(name), [`CloudFront-${name}`, value]]

const misfit = (
  hash: string
): string[] => [
  'signature',
  `It does not fit the policy, the key and ${hash}: a canned policy fits one exact URL, and a SHA-256 signature needs its Hash-Algorithm.`
]

/** Cookies of a policy written by hand, with a good signature over it. */
const signed = (policy: string | Buffer): Pairs => [
  ['CloudFront-Policy', cloudFrontBase64.encode(Buffer.from(policy))],
  [
    'CloudFront-Signature',
    cloudFrontBase64.encode(cryptoSign('sha256', Buffer.from(policy), ecPkcs8))
  ],
  ['CloudFront-Key-Pair-Id', keyPairId],
  ['CloudFront-Hash-Algorithm', 'SHA256']
]
const last = async (request: Partial<EdgeRequest>, of = edge): Promise<unknown> => {
  const { allowed, status, checks } = await of.check(request)
  const { name, ok, detail } = checks.at(-1)!
  t.equal(ok, allowed)
  t.equal(status, allowed ? 200 : 403)
  return [name, ok ? 'ok' : detail]
}

t.test('good cookies are accepted, and each check says what it found', async (t) => {
  t.strictSame(
    await edge.check({
      cookies: [['session', 'x'], ...await edge.pairs({ notBefore: now - 5, ip: '192.0.2.0/24' })],
      ip: '192.0.2.9'
    }),
    {
      allowed: true,
      status: 200,
      checks: [
        { name: 'path', ok: true, detail: 'The path can be read in one way alone.' },
        { name: 'credentials', ok: true, detail: 'They are complete, in cookies.' },
        { name: 'key', ok: true, detail: 'The key is K2JCJMDEHXQW5F.' },
        {
          name: 'policy',
          ok: true,
          detail: 'Custom: good for "https://media.example.com/courses/42/*".'
        },
        { name: 'signature', ok: true, detail: 'It fits the policy and the key, with SHA256.' },
        { name: 'resource', ok: true, detail: 'The policy covers this URL.' },
        { name: 'expiry', ok: true, detail: 'Access ends in 600 s.' },
        { name: 'start', ok: true, detail: 'Access began 5 s ago.' },
        { name: 'address', ok: true, detail: 'The viewer\'s address is in "192.0.2.0/24".' }
      ]
    }
  )
  for (
    const target of [
      '/courses/42/',
      '/courses/42/a/b.ts',
      '/courses/42/a?x=1&y=2',
      '/courses/42/a?',
      '/courses/42//a'
    ]
  ) t.strictSame(await last({ url: target, cookies: good }), ['expiry', 'ok'], target)
  const canned = edgeOf({ ...rsaOptions, policy: 'canned' })
  const cannedPairs = await canned.pairs({ paths: ['/a.png'] })
  t.strictSame(await last({ url: '/a.png', cookies: cannedPairs }, canned), ['expiry', 'ok'])
  t.match(
    (await canned.check({ url: '/a.png', cookies: cannedPairs })).checks.find(({ name }) =>
      name === 'policy'
    ),
    { detail: 'Canned: good for this exact URL.' }
  )
  t.strictSame(await last({ cookies: await sha1.pairs() }, sha1), ['expiry', 'ok'])
})

t.test('missing and incomplete cookies', async (t) => {
  const none =
    'The request has no CloudFront-* cookie and no signed-URL parameter: was access issued, and do the cookies\' Domain and Path cover this request?'
  t.strictSame(await last({}), ['credentials', none])
  t.strictSame(await last({ cookies: good.map(([name, value]) => [name.toLowerCase(), value]) }), [
    'credentials',
    none
  ])
  t.strictSame(await last({ cookies: without('Key-Pair-Id') }), [
    'credentials',
    'Key-Pair-Id is missing among the cookies.'
  ])
  t.strictSame(await last({ cookies: without('Signature') }), [
    'credentials',
    'Signature is missing among the cookies.'
  ])
  t.strictSame(await last({ cookies: without('Policy') }), [
    'credentials',
    'Neither Policy nor Expires is among the cookies.'
  ])
  t.strictSame(await last({ cookies: [['CloudFront-__proto__', 'x'], ['CloudFront-', 'y']] }), [
    'credentials',
    'Key-Pair-Id is missing among the cookies.'
  ])
  t.strictSame(await last({ cookies: [...good, ['CloudFront-Expires', String(expiresAt)]] }), [
    'credentials',
    'Both Policy and Expires are there, of a custom and of a canned policy: clear the one of the earlier kind.'
  ])
})

t.test('of two cookies of one name the first counts', async (t) => {
  t.strictSame(await last({ cookies: [...good, ['CloudFront-Signature', 'x']] }), ['expiry', 'ok'])
  t.match(await last({ cookies: [['CloudFront-Signature', 'x'], ...good] }), ['signature'])
})

t.test('a query parameter called like CloudFront\'s own makes it ignore the cookies', async (t) => {
  for (const name of ['Expires', 'Policy', 'Signature', 'Key-Pair-Id', 'Hash-Algorithm']) {
    const missing = name === 'Key-Pair-Id' ? 'Signature' : 'Key-Pair-Id'
    for (const query of [`x=1&${name}=2`, name]) {
      t.strictSame(await last({ url: `/courses/42/a?${query}`, cookies: good }), [
        'credentials',
        `${missing} is missing among the query parameters: a parameter called ${name} makes CloudFront take this for a signed URL and ignore the cookies.`
      ], query)
    }
  }
  t.strictSame(await last({ url: '/courses/42/a?expires=1&policy=2', cookies: good }), [
    'expiry',
    'ok'
  ])
})

t.test('the window is exact to the second', async (t) => {
  t.strictSame(await last({ cookies: good, now: expiresAt - 1 }), ['expiry', 'ok'])
  t.strictSame(await last({ cookies: good, now: expiresAt }), [
    'expiry',
    'Access ended 0 s ago: refresh it.'
  ])
  t.strictSame(await last({ cookies: good, now: expiresAt + 9 }), [
    'expiry',
    'Access ended 9 s ago: refresh it.'
  ])
  const later = await edge.pairs({ notBefore: now })
  t.strictSame(await last({ cookies: later, now: now - 1 }), ['start', 'Access begins in 2 s.'])
  t.strictSame(await last({ cookies: later, now }), ['start', 'Access begins in 1 s.'])
  t.strictSame(await last({ cookies: later, now: now + 1 }), ['start', 'ok'])
})

t.test('another key, another hash, another signature', async (t) => {
  const unknown = [
    'key',
    'The Key-Pair-Id is not one of the accepted keys: is the public key in the distribution\'s key group?'
  ]
  t.strictSame(await last({ cookies: having('Key-Pair-Id', 'K0') }), unknown)
  t.equal(refusedBy(await edge.check({ cookies: good }, [])), 'key')
  t.equal(
    refusedBy(
      await edge.check({ cookies: good }, [
        edgeOf({ ...ecOptions, privateKey: otherEc }).key
      ])
    ),
    'signature'
  )
  t.ok(
    (await edge.check({ cookies: good }, [
      edgeOf({ ...ecOptions, keyPairId: 'K0', privateKey: otherEc }).key,
      edge.key
    ])).allowed
  )
  t.strictSame(await last({ cookies: without('Hash-Algorithm') }), misfit('SHA1'))
  for (const marker of ['sha256', 'SHA512', '', 'constructor']) {
    t.strictSame(await last({ cookies: having('Hash-Algorithm', marker) }), [
      'hash',
      'Hash-Algorithm is neither SHA1 nor SHA256.'
    ])
  }
  t.strictSame(
    await last({ cookies: [...await sha1.pairs(), ['CloudFront-Hash-Algorithm', 'SHA256']] }, sha1),
    misfit('SHA256')
  )
  t.strictSame(
    await last({ cookies: [...await sha1.pairs(), ['CloudFront-Hash-Algorithm', 'SHA1']] }, sha1),
    ['expiry', 'ok']
  )
  const [policy, id, signature] = (await sha1.pairs()) as Array<[string, string]>
  for (
    const value of [
      '',
      'x',
      signature![1].replace('_', '%5F'),
      `${signature![1]}_`,
      signature![1].replaceAll('_', '='),
      signature![1].replace(/_+$/, '')
    ]
  ) {
    t.strictSame(
      await last({ cookies: [policy!, id!, [signature![0], value]] }, sha1),
      misfit('SHA1'),
      value
    )
  }
})

t.test('a path that the policy does not cover', async (t) => {
  const outside = [
    'resource',
    'The policy is good for "https://media.example.com/courses/42/*", which is not this URL.'
  ]
  for (
    const target of [
      '/',
      '/courses/42',
      '/courses/421/a',
      '/courses/43/a',
      '/Courses/42/a',
      '/courses%2F42/a',
      '/courses//42/a',
      '/x?/courses/42/a',
      '/x?https://media.example.com/courses/42/a'
    ]
  ) {
    const found = await last({ url: target, cookies: good })
    if (target.includes('%')) t.match(found, ['path'])
    else t.strictSame(found, outside, target)
  }
  const exact = await edge.pairs({ paths: ['/a.png'] })
  t.strictSame(await last({ url: '/a.png', cookies: exact }), ['expiry', 'ok'])
  for (const target of ['/a.png/', '/a.pngx', '/a.pn', '/a.png?x=1', '/A.png']) {
    t.match(await last({ url: target, cookies: exact }), ['resource'], target)
  }
  const canned = edgeOf({ ...ecOptions, policy: 'canned' })
  t.match(
    await last({ url: '/b.png', cookies: await canned.pairs({ paths: ['/a.png'] }) }, canned),
    ['signature']
  )
  t.match(
    await last({ url: '/a.png?x=1', cookies: await canned.pairs({ paths: ['/a.png'] }) }, canned),
    ['signature']
  )
  t.match(
    await last({
      cookies: await edgeOf({ ...ecOptions, url: 'http://media.example.com' }).pairs()
    }),
    ['resource']
  )
  t.match(
    await last({
      cookies: await edgeOf({ ...ecOptions, url: 'https://media.example.com:8443' }).pairs()
    }),
    ['resource']
  )
})

t.test('a path that climbs out is refused before anything else, in each spelling', async (t) => {
  const all = await edge.pairs({ paths: ['/*'] })
  for (
    const climb of [
      '../2/a',
      '..',
      '%2e%2e/2/a',
      '%2E./2/a',
      '.%2e/2/a',
      '..%2f2/a',
      '..%2F2/a',
      '%2e%2e%2f2/a',
      '..%5c2/a',
      '..\\2/a',
      '..;/2/a',
      '..;x/2/a',
      '..%3b/2/a',
      './a',
      'a%00.png',
      'a#b',
      'a\0',
      '\uFF0E\uFF0E/2/a',
      '%zz',
      '../2/a?x=1'
    ]
  ) {
    for (const cookies of [good, all, []]) {
      const { allowed, checks } = await edge.check({ url: `/courses/42/${climb}`, cookies })
      t.strictSame([allowed, checks.map(({ name }) => name)], [false, ['path']], climb)
    }
  }
})

t.test('the viewer\'s address', async (t) => {
  const bound = await edge.pairs({ ip: '192.0.2.7' })
  t.strictSame(await last({ cookies: bound, ip: '192.0.2.7' }), ['address', 'ok'])
  t.strictSame(await last({ cookies: bound, ip: '::ffff:192.0.2.7' }), ['address', 'ok'])
  t.strictSame(await last({ cookies: bound, ip: '192.0.2.8' }), [
    'address',
    'The policy is good for "192.0.2.7/32", and the viewer\'s address is 192.0.2.8.'
  ])
  t.strictSame(await last({ cookies: bound, ip: '2001:db8::1' }), [
    'address',
    'The policy is good for "192.0.2.7/32", and the viewer\'s address is 2001:db8::1.'
  ])
  t.strictSame(await last({ cookies: bound }), [
    'address',
    'The policy is good for "192.0.2.7/32", and the viewer\'s address is not known.'
  ])
  const range = await edge.pairs({ ip: '192.0.2.0/25' })
  t.strictSame(await last({ cookies: range, ip: '192.0.2.127' }), ['address', 'ok'])
  t.match(await last({ cookies: range, ip: '192.0.2.128' }), ['address'])
  const odd = policyText(`${url}/*`, { expiresAt, ip: '192.0.2.7/' })
  t.match(await last({ cookies: signed(odd), ip: '192.0.2.7' }), ['address'])
  t.match(
    await last({ cookies: signed(odd.replace('192.0.2.7/', '192.0.2.7/99')), ip: '192.0.2.7' }),
    ['address']
  )
})

t.test('a malformed policy is refused, however well it is signed', async (t) => {
  const shape = [
    'policy',
    'Policy is not one statement with one Resource, DateLessThan, and perhaps DateGreaterThan and IpAddress.'
  ]
  const text = policyText(`${url}/*`, { expiresAt, notBefore: 1, ip: '192.0.2.7' })
  t.strictSame(await last({ cookies: signed(text), ip: '192.0.2.7' }), ['address', 'ok'])
  t.strictSame(
    await last({ cookies: signed(JSON.stringify(JSON.parse(text), null, 2)), ip: '192.0.2.7' }),
    ['address', 'ok']
  )
  const statement = JSON.parse(text).Statement[0]
  const changed = (condition: object): string =>
    JSON.stringify({
      Statement: [{ ...statement, Condition: { ...statement.Condition, ...condition } }]
    })
  for (
    const policy of [
      '',
      'x',
      '7',
      'null',
      '[]',
      '{}',
      '{"Statement":7}',
      '{"Statement":[]}',
      '{"Statement":[null]}',
      '{"Statement":"ab"}',
      '{"Statement":[7]}',
      text.slice(0, -1),
      `${text}x`,
      JSON.stringify({ Statement: [statement, statement] }),
      JSON.stringify({ Statement: statement }),
      JSON.stringify({ Statement: [{ ...statement, Resource: undefined }] }),
      JSON.stringify({ Statement: [{ ...statement, Resource: [`${url}/*`] }] }),
      JSON.stringify({ Statement: [{ ...statement, Condition: undefined }] }),
      JSON.stringify({ Statement: [{ ...statement, Condition: {} }] }),
      JSON.stringify({ Statement: [{ ...statement, Effect: 'Deny' }] }),
      changed({ DateLessThan: undefined }),
      changed({ DateLessThan: {} }),
      changed({ DateLessThan: { 'AWS:EpochTime': String(expiresAt) } }),
      changed({ DateLessThan: { 'AWS:EpochTime': 1.5 } }),
      changed({ DateLessThan: { 'AWS:EpochTime': 1e300 } }),
      changed({ DateLessThan: { 'AWS:EpochTime': expiresAt, x: 1 } }),
      changed({ DateGreaterThan: {} }),
      changed({ DateGreaterThan: null }),
      changed({ DateGreaterThan: { 'AWS:EpochTime': '1' } }),
      changed({ DateGreaterThan: { 'aws:EpochTime': 1 } }),
      changed({ IpAddress: {} }),
      changed({ IpAddress: null }),
      changed({ IpAddress: { 'AWS:SourceIp': ['192.0.2.7/32'] } }),
      changed({ IpAddress: { 'AWS:SourceIP': '192.0.2.7/32' } }),
      changed({ StringEquals: { 'AWS:Referer': 'x' } }),
      changed({ NotIpAddress: { 'AWS:SourceIp': '192.0.2.7/32' } }),
      Buffer.from([0xff, 0xfe])
    ]
  ) t.strictSame(await last({ cookies: signed(policy), ip: '192.0.2.7' }), shape, String(policy))
  const base64 = [
    'policy',
    'Policy is not in CloudFront\'s base64: was the cookie\'s value percent-encoded?'
  ]
  for (
    const value of [
      encodeURIComponent('a='),
      good[0]![1].replaceAll('_', '='),
      good[0]![1].replace(/_+$/, ''),
      ` ${good[0]![1]}`,
      '%',
      'é'
    ]
  ) t.strictSame(await last({ cookies: having('Policy', value) }), base64, value)
  for (
    const expires of [
      '',
      '0',
      '-1',
      '1e9',
      '01800000600',
      '1800000600.5',
      '18000006000',
      ' 1800000600',
      'x'
    ]
  ) {
    t.strictSame(await last({ cookies: [...without('Policy'), ['CloudFront-Expires', expires]] }), [
      'policy',
      'Expires is not a number of seconds.'
    ], expires)
  }
})

t.test('a signature fits the bytes of the policy, not what they decode to', async (t) => {
  const text = policyText(`${url}/\uFFFD*`, { expiresAt })
  const bytes = Buffer.from(
    Buffer.from(text).toString('latin1').replace('\xEF\xBF\xBD', '\xFF'),
    'latin1'
  )
  const cookies = signed(text).map((
    [name, value]
  ): [string, string] => [
    name,
    name === 'CloudFront-Policy' ? cloudFrontBase64.encode(bytes) : value
  ])
  t.match(await last({ cookies }), ['signature'])
})

t.test('wildcards in the scheme and the host of a policy count as AWS describes them', async (t) => {
  for (
    const [resource, covered] of [
      ['*', true],
      ['https://*', true],
      ['*://media.example.com/*', true],
      ['*.example.com/*', true],
      ['https://*.example.com/courses/*', true],
      ['http://*', false],
      ['https://*.example.org/*', false],
      ['https://media.example.com', false],
      ['/courses/*', false]
    ] as const
  ) {
    t.match(await last({ cookies: signed(policyText(resource, { expiresAt })) }), [
      covered ? 'expiry' : 'resource'
    ], resource)
  }
})

t.test('signed URLs, canned and custom, with an own query', async (t) => {
  const bound: Partial<CdnGrant> = { notBefore: now - 1, ip: '192.0.2.7' }
  for (
    const [query, grant] of [['', {}], ['x=1&y=2', {}], ['', bound], ['x=1&y=2', bound], ['x=1', {
      paths: ['/a/*']
    }]] as const
  ) {
    const target = targetOf(await edge.signUrl({ path: '/a/b.mp4', query }, grant))
    const of = async (
      target: string,
      request: Partial<EdgeRequest> = {}
    ): Promise<string | undefined> =>
      refusedBy(
        await edge.check({
          url: target,
          ip: '192.0.2.7',
          cookies: [['CloudFront-Policy', 'ignored'], ['CloudFront-Expires', '1']],
          ...request
        })
      )
    t.equal(await of(target), undefined, target)
    t.match((await edge.check({ url: target, ip: '192.0.2.7' })).checks[1], {
      name: 'credentials',
      detail: 'They are complete, in query parameters.'
    })
    t.equal(await of(target, { now: expiresAt }), 'expiry')
    t.equal(
      await of(target.replace('b.mp4?', 'c.mp4?')),
      'paths' in grant
        ? undefined
        : 'Policy' in Object.fromEntries(new URLSearchParams(target.split('?')[1]))
        ? 'resource'
        : 'signature'
    )
    t.equal(await of(target.replace('/a/', '/b/')) === undefined, false)
    t.equal(await of(target.replace(/&?Signature=[^&]*/, '')), 'credentials')
    t.equal(await of(target.replace('&Hash-Algorithm=SHA256', '')), 'signature')
    t.equal(await of(target.replace('&Hash-Algorithm=SHA256', '&Hash-Algorithm=SHA512')), 'hash')
    t.equal(
      await of(
        target.replace(/Expires=\d+/, 'Expires=1900000600').replace(
          /Policy=./,
          'Policy=f'
        )
      ) === undefined,
      false
    )
  }
})

t.test('no detail holds a cookie\'s value or a line break', async (t) => {
  const cookies = signed(policyText('https://x\n/y', { expiresAt, ip: '1\n2' }))
  for (
    const list of [
      cookies,
      signed(policyText(`${url}/*`, { expiresAt, ip: '1\n2' })),
      having('Signature', 'AAAAsecretAAAA'),
      having('Key-Pair-Id', 'AAAAsecretAAAA'),
      having('Policy', 'AAAAsecretAAAA'),
      having('Hash-Algorithm', 'AAAAsecretAAAA')
    ]
  ) {
    const details = (await edge.check({ cookies: list })).checks.map(({ detail }) => detail).join(
      ' '
    )
    t.notMatch(details, /\n|AAAAsecret/)
    t.strictSame(
      list.filter(([name, value]) => name.endsWith('Signature') && details.includes(value)),
      []
    )
  }
})
