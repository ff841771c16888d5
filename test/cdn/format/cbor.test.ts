import t from 'tap'
import { CborTag, encodeCbor, type CborValue } from '../../../src/cdn/format/cbor.js'

const hexOf = (value: CborValue): string => encodeCbor(value).toString('hex')

t.test('writes the examples of RFC 8949, appendix A, as far as it has them', async (t) => {
  const examples: Array<[value: CborValue, hex: string]> = [
    [0, '00'],
    [-0, '00'],
    [1, '01'],
    [10, '0a'],
    [23, '17'],
    [24, '1818'],
    [25, '1819'],
    [100, '1864'],
    [255, '18ff'],
    [256, '190100'],
    [1000, '1903e8'],
    [65535, '19ffff'],
    [65536, '1a00010000'],
    [1000000, '1a000f4240'],
    [4294967295, '1affffffff'],
    [4294967296, '1b0000000100000000'],
    [1000000000000, '1b000000e8d4a51000'],
    [18446744073709551615n, '1bffffffffffffffff'],
    [-18446744073709551616n, '3bffffffffffffffff'],
    [-1, '20'],
    [-10, '29'],
    [-100, '3863'],
    [-1000, '3903e7'],
    [10n, '0a'],
    [-10n, '29'],
    [false, 'f4'],
    [true, 'f5'],
    [null, 'f6'],
    [new CborTag(1, 1363896240), 'c11a514b67b0'],
    [new CborTag(23, Buffer.from('01020304', 'hex')), 'd74401020304'],
    [
      new CborTag(32, 'http://www.example.com'),
      'd82076687474703a2f2f7777772e6578616d706c652e636f6d'
    ],
    [new Uint8Array(), '40'],
    ['', '60'],
    ['IETF', '6449455446'],
    ['\u6c34', '63e6b0b4'],
    ['\ud800\udd51', '64f0908591'],
    [[], '80'],
    [[1, [2, 3], [4, 5]], '8301820203820405'],
    [new Map(), 'a0'],
    [new Map([[1, 2], [3, 4]]), 'a201020304'],
    [new Map<string, CborValue>([['a', 1], ['b', [2, 3]]]), 'a26161016162820203']
  ]
  for (const [value, hex] of examples) t.equal(hexOf(value), hex)
})

t.test('writes maps in the order of the bytes of their keys', async (t) => {
  const keys = [100, 10, -1, 'aa', 'z']
  t.equal(hexOf(new Map(keys.map((key) => [key, 0]))), 'a50a001864002000617a0062616100')
})

t.test('refuses numbers that it would change', async (t) => {
  for (const value of [1.5, Number.NaN, Infinity, 2 ** 53]) {
    t.throws(() => encodeCbor([value]), {
      name: 'RangeError',
      message: 'CBOR holds whole numbers here, and beyond 2^53 those of BigInt'
    })
  }
  t.throws(() => encodeCbor(2n ** 64n), { code: 'ERR_OUT_OF_RANGE' })
})

t.test('writes what is longer than most', async (t) => {
  const bytes = Buffer.alloc(2000, 7)
  t.equal(
    hexOf([bytes, 'a'.repeat(3000)]),
    `825907d0${'07'.repeat(2000)}790bb8${'61'.repeat(3000)}`
  )
})
