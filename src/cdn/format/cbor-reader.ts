import {
  CborTag,
  firstSimple,
  simpleValues,
  type CborKey,
  type CborMap,
  type CborValue
} from './cbor.js'

/** How deep arrays, maps and tags may lie in each other. */
const deepest = 8

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads one value, or returns undefined for what is malformed or not needed here: heads that are
 * longer than they must be, indefinite lengths, floating-point numbers, other simple values, keys
 * that are neither numbers nor text, a key that comes twice, more than 8 levels, tags from 2^32 on,
 * bytes behind the end. Maps may be in any order. Takes a time that grows no faster than the input.
 */
export function decodeCbor (bytes: Uint8Array): CborValue | undefined {
  const source = { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), at: 0 }
  try {
    const value = read(source, 0)
    return source.at === bytes.length ? value : undefined
  } catch {
    // Nothing is thrown here but for bytes that are malformed, such as text that is no UTF-8.
    return undefined
  }
}

interface Source {
  readonly bytes: Buffer
  at: number
}

function read (source: Source, depth: number): CborValue {
  if (depth > deepest) throw new Malformed()
  const first = take(source, 1)[0]!
  const simple = simpleValues[first - firstSimple]
  if (simple !== undefined) return simple
  const number = readNumber(source, first & 0x1f)
  switch (first >> 5) {
    case 0:
      return exact(number)
    case 1:
      return exact(-1n - BigInt(number))
    case 2:
      return take(source, number)
    case 3:
      return strictText.decode(take(source, number))
    case 4:
      return readItems(source, number, 1, () => read(source, depth + 1))
    case 5:
      return readMap(source, number, depth + 1)
    case 6:
      if (typeof number === 'bigint') throw new Malformed()
      return new CborTag(number, read(source, depth + 1))
    default:
      throw new Malformed()
  }
}

/** The number of a head; one that would have fitted into fewer bytes is malformed. */
function readNumber (source: Source, written: number): number | bigint {
  if (written < 24) return written
  if (written > 27) throw new Malformed()
  const size = 1 << (written - 24)
  const bytes = take(source, size)
  const number = size === 8 ? bytes.readBigUInt64BE() : bytes.readUIntBE(0, size)
  const smallest = size === 1 ? 24 : 2 ** (size * 4)
  if (number < smallest) throw new Malformed()
  return number
}

function readMap (source: Source, size: number | bigint, depth: number): CborMap {
  const entries = readItems(source, size, 2, () => {
    const key = read(source, depth)
    if (!['number', 'bigint', 'string'].includes(typeof key)) throw new Malformed()
    return [key as CborKey, read(source, depth)] as const
  })
  const map = new Map(entries)
  if (map.size !== entries.length) throw new Malformed()
  return map
}

/** Each item takes so many bytes at least: a length beyond what is left is not even begun. */
function readItems<Item> (
  { bytes, at }: Source,
  count: number | bigint,
  least: number,
  readItem: () => Item
): Item[] {
  if (count > (bytes.length - at) / least) throw new Malformed()
  return Array.from({ length: Number(count) }, readItem)
}

function take (source: Source, length: number | bigint): Buffer {
  const end = source.at + Number(length)
  if (end > source.bytes.length) throw new Malformed()
  const taken = source.bytes.subarray(source.at, end)
  source.at = end
  return taken
}

function exact (number: number | bigint): number | bigint {
  return Number.isSafeInteger(Number(number)) ? Number(number) : number
}

class Malformed extends Error {}
