import t from 'tap'
import { policyText } from '../../../src/cdn/cloudfront/policy.js'
import { edge, good, having, last, signed, without } from '../../fixtures/cloudfront-check.js'
import { expiresAt, url, type Pairs } from '../../fixtures/cloudfront.js'

t.test('a malformed policy is refused, however well it is signed', async (t) => {
  const shape = [
    'policy',
    /^Policy is not one statement with one Resource, DateLessThan, and perhaps DateGreaterThan/
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
      JSON.stringify({ Statement: [{ ...statement, Resource: null }] }),
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
  ) t.match(await last({ cookies: signed(policy), ip: '192.0.2.7' }), shape, String(policy))
  const base64 = [
    'policy',
    /^Policy is not in CloudFront's base64: was the cookie's value percent-encoded\?/
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
  ) t.match(await last({ cookies: having('Policy', value) }), base64, value)
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

t.test('a policy without a Resource covers everything, and the check says so', async (t) => {
  const policy = JSON.stringify({
    Statement: [{ Condition: { DateLessThan: { 'AWS:EpochTime': expiresAt } } }]
  })
  const ask = async (more: object) => edge.check({ cookies: signed(policy), ...more })
  for (const asked of ['/a', '/courses/43/b?x=1']) {
    const { allowed, checks } = await ask({ url: asked })
    t.ok(allowed, asked)
    t.same(checks.find(({ name }) => name === 'policy'), {
      name: 'policy',
      ok: true,
      detail: 'Custom, and without a Resource: good for every URL of every distribution that has ' +
        'this key.'
    })
  }
  t.match(await ask({ now: expiresAt }), { allowed: false })
})

t.test('an address of a policy needs its mask, as AWS documents it', async (t) => {
  const bound = (ip: string): Pairs =>
    signed(
      policyText(`${url}/*`, { expiresAt }).replace(
        '}}}]}',
        `},"IpAddress":{"AWS:SourceIp":"${ip}"}}}]}`
      )
    )
  const ip = '192.0.2.7'
  t.strictSame(await last({ cookies: bound('192.0.2.7/32'), ip }), ['address', 'ok'])
  t.strictSame(await last({ cookies: bound('192.0.2.7'), ip }), [
    'address',
    'The policy is good for "192.0.2.7", and AWS takes a range alone: write one address with "/32".'
  ])
})
