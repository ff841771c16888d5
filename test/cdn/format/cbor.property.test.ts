import { encode, rfc8949EncodeOptions } from 'cborg'
import t from 'tap'
import { CborTag, encodeCbor, type CborValue } from '../../../src/cdn/format/cbor.js'
import { decodeCbor } from '../../../src/cdn/format/cbor-reader.js'
import { seeds } from '../../fixtures/property.js'
import { pickText, seeded } from '../../fixtures/seeded.js'

type Next = (limit: number) => number

const texts = ['', 'a', 'é', '\u6c34', '\u{10151}', '/courses/', '\0', 'x'.repeat(20)]
const edges = [0, 23, 24, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]
const bigEdges = [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]

function randomNumber (next: Next): number | bigint {
  const number = next(2) === 0 ? edges[next(edges.length)]! : next(2 ** 32)
  const big = bigEdges[next(bigEdges.length)]!
  return [number, -1 * number, big, -1n - big][next(8) === 0 ? next(4) : next(2)]!
}

function randomValue (next: Next, depth: number): CborValue {
  switch (next(depth > 0 ? 7 : 5)) {
    case 0:
      return randomNumber(next)
    case 1:
      return pickText(next, texts, next(4))
    case 2:
      return Buffer.alloc(next(300), next(256))
    case 3:
      return [true, false, null][next(3)]!
    case 4:
      return randomNumber(next)
    case 5:
      return Array.from({ length: next(5) }, () => randomValue(next, depth - 1))
    default:
      return randomMap(next, depth - 1)
  }
}

function randomMap (next: Next, depth: number): Map<number | bigint | string, CborValue> {
  return new Map(Array.from({ length: next(30) }, () => [
    next(3) === 0 ? pickText(next, texts, 2) : randomNumber(next),
    randomValue(next, depth)
  ]))
}

t.test('writes and reads maps as cborg does', async (t) => {
  for (const seed of seeds(300)) {
    const map = randomMap(seeded(seed), 4)
    const bytes = encodeCbor(map)
    t.ok(bytes.equals(encode(map, rfc8949EncodeOptions)))
    const read = decodeCbor(bytes)!
    t.ok(bytes.equals(encodeCbor(read)), 'what is read is what was written')
    t.ok(bytes.equals(encode(read, rfc8949EncodeOptions)), 'for cborg as well')
  }
})

t.test('what random bytes are read as is written as the same bytes, but for orders', async (t) => {
  let read = 0
  for (const seed of seeds(3000)) {
    const next = seeded(seed)
    const bytes = Buffer.from(Array.from({ length: next(12) + 1 }, () => next(256)))
    const value = decodeCbor(bytes)
    if (value === undefined) continue
    read++
    t.equal(encodeCbor(value).length, bytes.length, bytes.toString('hex'))
    if (!hasMap(value)) t.same(encodeCbor(value), bytes)
  }
  t.ok(read > 10)
})

function hasMap (value: CborValue): boolean {
  return value instanceof Map || (value instanceof CborTag && hasMap(value.value)) ||
    (Array.isArray(value) && value.some(hasMap))
}
