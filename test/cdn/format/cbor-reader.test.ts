import t from 'tap'
import { CborTag, encodeCbor } from '../../../src/cdn/format/cbor.js'
import { decodeCbor } from '../../../src/cdn/format/cbor-reader.js'

const read = (hex: string): unknown => decodeCbor(Buffer.from(hex, 'hex'))

t.test('reads what stands there', async (t) => {
  t.strictSame(read('1b001fffffffffffff'), 2 ** 53 - 1)
  t.strictSame(read('1b0020000000000000'), 2n ** 53n)
  t.strictSame(read('3b001ffffffffffffe'), -(2 ** 53 - 1))
  t.strictSame(read('3b001fffffffffffff'), -(2n ** 53n))
  t.strictSame(read('3bffffffffffffffff'), -(2n ** 64n))
  t.strictSame(read('8af4f5f601206161426162c1006080'), [
    false,
    true,
    null,
    1,
    -1,
    'a',
    Buffer.from('ab'),
    new CborTag(1, 0),
    '',
    []
  ])
  t.strictSame(read('a30102206161616103'), new Map<unknown, unknown>([[1, 2], [-1, 'a'], ['a', 3]]))
})

t.test('takes maps in any order, and other views of bytes', async (t) => {
  t.strictSame(read('a202010102'), new Map([[2, 1], [1, 2]]))
  const bytes = new Uint8Array([9, 0x82, 1, 2, 9]).subarray(1, 4)
  t.strictSame(decodeCbor(bytes), [1, 2])
})

t.test('refuses what is malformed: RFC 8949, appendix F', async (t) => {
  const malformed = {
    'the end of input in a head':
      '18 19 1a 1b 1901 1a0102 1b01020304050607 38 58 78 98 9a01ff00 b8 d8 f8 f900 fa0000 fb000000',
    'definite length strings with short data':
      '41 61 5affffffff00 5bffffffffffffffff010203 7affffffff00 7b7fffffffffffffff010203',
    'arrays and maps that are not closed': '81 818181818181818181 8200 a1 a20102 a100 a2000000',
    'tags without content': 'c0 d83d',
    'indefinite lengths': '5f4100ff 5f 7f6161ff 9fff 9f bfff bf0102ff 9f80ff df00 1f 3f ff',
    'reserved additional information':
      '1c 1d 1e 3c 3d 3e 5c 5d 5e 7c 7d 7e 9c 9d 9e bc bd be dc dd de fc fd fe',
    'reserved simple values': 'f800 f801 f818 f81f f820 f8ff e0 f3 f7',
    'floating-point numbers': 'f93c00 fa47c35000 fb3ff199999999999a f97e00',
    'heads that are longer than they must be':
      '1800 1817 190000 1900ff 1a00000000 1a0000ffff 1b00000000ffffffff 3817 5800 580100 7800 9800 b800 d83dd800 d81700',
    'text that is no UTF-8': '61ff 62c080 63eda080 64f4908080',
    'a key that comes twice': 'a201000100 a2616100616100 a220002000',
    'keys of other types': 'a14000 a18000 a1f400 a1f600 a1c00000 a1a000',
    'bytes behind the end': '0000 a000 6161ff',
    'tags from 2^32 on': 'db000000010000000000',
    'nothing': ''
  }
  for (const [what, texts] of Object.entries(malformed)) {
    for (const hex of texts.split(' ')) t.equal(read(hex), undefined, `${what}: ${hex}`)
  }
})

t.test('goes 8 levels deep and no deeper', async (t) => {
  t.ok(read(`${'81'.repeat(8)}00`))
  t.equal(read(`${'81'.repeat(9)}00`), undefined)
  t.ok(read(`${'a100'.repeat(8)}00`))
  t.equal(read(`${'a100'.repeat(9)}00`), undefined)
  t.ok(read(`${'c1'.repeat(8)}00`))
  t.equal(read(`${'c1'.repeat(100_000)}00`), undefined)
})

t.test('does not begin what is longer than what is left', async (t) => {
  for (const hex of ['9affffffff', '9bffffffffffffffff', 'baffffffff', '5bffffffffffffffff']) {
    t.equal(read(hex + '00'.repeat(1000)), undefined)
  }
})

t.test('keeps a mark at the start of a text', async (t) => {
  t.strictSame(decodeCbor(encodeCbor('\ufeffa')), '\ufeffa')
})
