/** What a map may be keyed by here. */
export type CborKey = number | bigint | string

export interface CborMap extends ReadonlyMap<CborKey, CborValue> {}

/** A value with a number that says what it is (RFC 8949, section 3.4). */
export class CborTag {
  readonly tag: number
  readonly value: CborValue

  constructor (tag: number, value: CborValue) {
    this.tag = tag
    this.value = value
  }
}

/**
 * What is written and read here: whole numbers, as `bigint` where a `number` is not exact, and no
 * floating-point ones.
 */
export type CborValue =
  | CborKey
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | CborMap
  | CborTag

/** In the order of their bytes, from `0xf4` on. */
export const simpleValues = [false, true, null] as const
export const firstSimple = 0xf4

/**
 * Writes a value in its one deterministic form (RFC 8949, section 4.2.1): shortest heads, maps in
 * the order of their keys' bytes. Numbers are whole, from -2^64 to 2^64 - 1.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8949#section-4.2.1
 */
export function encodeCbor (value: CborValue): Buffer {
  const parts: Uint8Array[] = []
  write(parts, value)
  return Buffer.concat(parts)
}

function write (parts: Uint8Array[], value: CborValue): void {
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new RangeError('CBOR holds whole numbers here, and beyond 2^53 those of BigInt')
    }
    parts.push(value < 0 ? headOf(1, -1n - BigInt(value)) : headOf(0, value))
  } else if (typeof value === 'string') {
    const text = Buffer.from(value)
    parts.push(headOf(3, text.length), text)
  } else if (value instanceof Uint8Array) {
    parts.push(headOf(2, value.length), value)
  } else if (value instanceof CborTag) {
    parts.push(headOf(6, value.tag))
    write(parts, value.value)
  } else if (value instanceof Map) {
    writeMap(parts, value as CborMap)
  } else if (Array.isArray(value)) {
    parts.push(headOf(4, value.length))
    for (const item of value as readonly CborValue[]) write(parts, item)
  } else {
    parts.push(Buffer.of(firstSimple + simpleValues.indexOf(value as boolean | null)))
  }
}

function writeMap (parts: Uint8Array[], map: CborMap): void {
  parts.push(headOf(5, map.size))
  const entries = Array.from(map, ([key, value]) => ({ key: encodeCbor(key), value }))
  for (const { key, value } of entries.sort((a, b) => Buffer.compare(a.key, b.key))) {
    parts.push(key)
    write(parts, value)
  }
}

/** The type and the number that a value begins with, in the fewest bytes. */
function headOf (type: number, number: number | bigint): Buffer {
  const first = type << 5
  if (number < 24) return Buffer.of(first | Number(number))
  if (number < 0x100) return Buffer.of(first | 24, Number(number))
  if (number < 0x10000) return Buffer.of(first | 25, Number(number) >> 8, Number(number) & 0xff)
  const long = number >= 0x100000000
  const head = Buffer.allocUnsafe(long ? 9 : 5)
  head[0] = first | (long ? 27 : 26)
  if (long) head.writeBigUInt64BE(BigInt(number), 1)
  else head.writeUInt32BE(Number(number), 1)
  return head
}
