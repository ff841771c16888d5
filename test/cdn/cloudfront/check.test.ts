import t from 'tap'
import { policyText } from '../../../src/cdn/cloudfront/policy.js'
import { edge, good, having, last, sha1Edge, signed } from '../../fixtures/cloudfront-check.js'
import { edgeOf, expiresAt, now, rsaOptions, url } from '../../fixtures/cloudfront.js'

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
  const { checks } = await canned.check({ url: '/a.png', cookies: cannedPairs })
  t.match(checks.find(({ name }) => name === 'policy'), {
    detail: 'Canned: good for this exact URL.'
  })
  t.strictSame(await last({ cookies: await sha1Edge.pairs() }, sha1Edge), ['expiry', 'ok'])
})

t.test('the window is exact to the second', async (t) => {
  t.strictSame(await last({ cookies: good, now: expiresAt - 1 }), ['expiry', 'ok'])
  t.strictSame(await last({ cookies: good, now: expiresAt }), [
    'expiry',
    'Access ended 0 s ago.'
  ])
  t.strictSame(await last({ cookies: good, now: expiresAt + 9 }), [
    'expiry',
    'Access ended 9 s ago.'
  ])
  const later = await edge.pairs({ notBefore: now })
  t.strictSame(await last({ cookies: later, now: now - 1 }), ['start', 'Access begins in 2 s.'])
  t.strictSame(await last({ cookies: later, now }), ['start', 'Access begins in 1 s.'])
  t.strictSame(await last({ cookies: later, now: now + 1 }), ['start', 'ok'])
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
    const { checks } = await edge.check({ cookies: list })
    const details = checks.map(({ detail }) => detail).join(' ')
    const told = list.filter(([name, value]) =>
      name.endsWith('Signature') && details.includes(value)
    )
    t.notMatch(details, /\n|AAAAsecret/)
    t.strictSame(told, [])
  }
})
