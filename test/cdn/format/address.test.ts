import t from 'tap'
import { addressInRange, isIPv4Range } from '../../../src/cdn/format/address.js'

t.test('an address lies in a range or equals a bare address', async (t) => {
  for (
    const [address, range] of [
      ['192.0.2.7', '192.0.2.7'],
      ['192.0.2.7', '192.0.2.7/32'],
      ['192.0.2.255', '192.0.2.0/24'],
      ['192.0.2.9', '192.0.2.7/24'],
      ['8.8.8.8', '0.0.0.0/0'],
      ['2001:db8::1', '2001:db8::1'],
      ['2001:db8::1', '2001:0DB8:0::0001/128'],
      ['2001:db8:ffff::', '2001:db8::/32'],
      ['fe80::1%eth0', 'fe80::/64'],
      ['::1', '::/0'],
      ['::ffff:192.0.2.7', '192.0.2.0/24'],
      ['::ffff:192.0.2.7', '192.0.2.7']
    ] as const
  ) t.ok(addressInRange(address, range), `${address} in ${range}`)
})

t.test('an address beside the range, or of the other family, does not', async (t) => {
  for (
    const [address, range] of [
      ['192.0.2.8', '192.0.2.7'],
      ['192.0.3.0', '192.0.2.0/24'],
      ['192.0.2.8', '192.0.2.7/32'],
      ['2001:db9::', '2001:db8::/32'],
      ['2001:db8::2', '2001:db8::1'],
      ['192.0.2.7', '::/0'],
      ['192.0.2.7', '::ffff:0:0/96'],
      ['::1', '0.0.0.0/0'],
      ['::ffff:192.0.3.7', '192.0.2.0/24']
    ] as const
  ) t.notOk(addressInRange(address, range), `${address} in ${range}`)
})

t.test('what is no address or no range never matches and never throws', async (t) => {
  for (
    const range of [
      '',
      '/',
      '192.0.2.7/',
      '192.0.2.7/33',
      '192.0.2.7/-1',
      '192.0.2.7/x',
      '192.0.2.7/ 8',
      '192.0.2.7/08',
      '192.0.2.7/24/0',
      '192.0.2/24',
      '*',
      '::/129',
      'fe80::%eth0/64',
      '192.0.2.0/24,0.0.0.0/0',
      'example.com'
    ]
  ) {
    t.notOk(addressInRange('192.0.2.7', range), range)
    t.notOk(addressInRange('::1', range), range)
  }
  for (
    const address of [
      '',
      '192.0.2',
      '192.0.2.7 ',
      '192.0.2.07',
      '192.0.2.7/32',
      'unknown',
      '192.0.2.7, 10.0.0.1',
      '192.0.2.7:80'
    ]
  ) t.notOk(addressInRange(address, '0.0.0.0/0'), address)
})

t.test('only a bare IPv4 address or range is one', async (t) => {
  for (const range of ['192.0.2.7', '192.0.2.0/24', '0.0.0.0/0', '192.0.2.7/32']) {
    t.ok(isIPv4Range(range), range)
  }
  for (
    const range of [
      '',
      '192.0.2.7/',
      '192.0.2.7/33',
      '192.0.2.7/24/7',
      '192.0.2.7/"',
      '2001:db8::1',
      '::ffff:192.0.2.7',
      '192.0.2',
      'x'
    ]
  ) t.notOk(isIPv4Range(range), range)
})
