import t from 'tap'
import { readLimits } from '../../src/access/limits.js'
import { clock } from '../fixtures/server.js'

function ip (value: unknown): string | undefined {
  return readLimits({ ip: value as string }, clock).ip
}

function claims (value: unknown): unknown {
  return readLimits({ claims: value as Record<string, unknown> }, clock).claims
}

t.test('leaves out what is not given', async (t) => {
  t.same(readLimits({}, clock), {})
})

t.test('floors a start, and leaves one out that is past', async (t) => {
  const start = (notBefore: Date | number): unknown => readLimits({ notBefore }, clock).notBefore
  t.equal(start(new Date(clock * 1000 + 5999)), clock + 5)
  t.equal(start(clock), clock, 'access begins after this second')
  t.equal(start(clock - 1), undefined)
  t.equal(start(0), undefined)
  t.throws(() => start(Number.NaN), { code: 'CDN_ACCESS_GRANT_INVALID' })
})

t.test('takes one public address', async (t) => {
  t.equal(ip('203.0.113.7'), '203.0.113.7')
  t.equal(ip('2001:db8::7'), '2001:db8::7')
})

t.test('reads IPv4 in IPv6 clothes as IPv4, however it is written', async (t) => {
  for (
    const mapped of [
      '::ffff:203.0.113.7',
      '::FFFF:203.0.113.7',
      '::ffff:cb00:7107',
      '0:0:0:0:0:ffff:203.0.113.7',
      '0000:0000:0000:0000:0000:FFFF:CB00:7107'
    ]
  ) t.equal(ip(mapped), '203.0.113.7', mapped)
  t.equal(ip('::ffff:808:808'), '8.8.8.8')
})

t.test('refuses a range from a request, whatever trustProxy lets in', async (t) => {
  for (
    const value of [
      '0.0.0.0/0',
      '203.0.113.0/24',
      '::/0',
      '*',
      '',
      ' 203.0.113.7',
      '203.0.113.7,203.0.113.8',
      '203.0.113.7:443',
      '[2001:db8::7]',
      '203.0.113',
      '1.2.3.4\n',
      'localhost',
      '2001:db8::7%eth0'
    ]
  ) {
    t.throws(() => ip(value), {
      code: 'CDN_ACCESS_IP_INVALID',
      message:
        'The grant\'s "ip" must be one address, such as request.ip. A range is written in code, as { cidr: "203.0.113.0/24" }'
    }, JSON.stringify(value))
  }
})

t.test('refuses private addresses, which are a proxy\'s', async (t) => {
  for (
    const value of [
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '127.0.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '::',
      '::1',
      'fc00::1',
      'fd12::1',
      'fe80::1',
      '::ffff:10.1.2.3',
      '::ffff:a01:203',
      '::ffff:7f00:1'
    ]
  ) {
    t.throws(() => ip(value), {
      code: 'CDN_ACCESS_IP_INVALID',
      message:
        /^The grant's "ip" is a private address, .* set Fastify's trustProxy, or write \{ cidr \}/
    }, value)
  }
  for (
    const value of ['172.15.255.255', '172.32.0.1', '100.128.0.1', '11.0.0.1', 'fe00::1', '2000::1']
  ) t.equal(ip(value), value)
})

t.test('takes ranges that code wrote, private ones too', async (t) => {
  for (
    const cidr of [
      '203.0.113.0/24',
      '10.0.0.0/8',
      '0.0.0.0/0',
      '203.0.113.7',
      '203.0.113.7/32',
      '2001:db8::/32',
      '::/0',
      '::1/128'
    ]
  ) t.equal(ip({ cidr }), cidr)
})

t.test('refuses a range that is none', async (t) => {
  for (
    const value of [
      {},
      { cidr: '' },
      { cidr: null },
      { cidr: '203.0.113.0/33' },
      { cidr: '203.0.113.0/024' },
      { cidr: '203.0.113.0/' },
      { cidr: '203.0.113.0/-1' },
      { cidr: '203.0.113.0/24/24' },
      { cidr: '2001:db8::/129' },
      { cidr: 'fe80::1%eth0/64' },
      { cidr: '203.0.113.0 /24' },
      { cidr: ['203.0.113.0/24'] },
      { cidr: '203.0.113.0/24', not: true },
      ['203.0.113.7'],
      null,
      7,
      true
    ]
  ) {
    t.throws(() => ip(value), {
      code: 'CDN_ACCESS_IP_INVALID',
      message: 'The grant\'s "ip" has a "cidr" that is no address or range, such as 203.0.113.0/24'
    }, JSON.stringify(value))
  }
})

t.test('refuses an address that is not known, rather than leave it out', async (t) => {
  t.throws(() => ip(undefined), {
    code: 'CDN_ACCESS_IP_INVALID',
    message:
      'The grant\'s "ip" is undefined: leave the field out for access from everywhere, or deny where the address is not known'
  })
})

t.test('takes claims of plain JSON', async (t) => {
  const nested = { sub: 'a', level: 3, beta: false, none: null, list: [1, ['x'], { y: {} }] }
  t.equal(claims(nested), nested)
  t.same(claims(Object.assign(Object.create(null) as object, { sub: 'a' })), { sub: 'a' })
})

t.test('refuses claims that JSON would drop or change', async (t) => {
  for (const value of [null, [], 'sub', 7, true]) {
    t.throws(() => claims(value), {
      code: 'CDN_ACCESS_GRANT_INVALID',
      message: /: "claims" is no plain object$/
    }, JSON.stringify(value))
  }
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  for (
    const value of [
      { sub: undefined },
      { a: [undefined] },
      { n: Number.NaN },
      { n: 1n },
      { f: () => 1 },
      { toJSON: () => ({}) },
      { d: new Date(0) },
      { m: new Map() },
      new Map([['sub', 'a']]),
      new Date(),
      circular
    ]
  ) {
    t.throws(() => claims(value), {
      code: 'CDN_ACCESS_GRANT_INVALID',
      message: /: "claims" holds a value that JSON would drop or change$/
    })
  }
})
