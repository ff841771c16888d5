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
  const sink = { bytes: scratch, end: 0 }
  write(sink, value)
  const made = Buffer.allocUnsafe(sink.end)
  sink.bytes.copy(made, 0, 0, sink.end)
  return made
}

/** What is written into, and how much of it is. */
interface Sink {
  bytes: Buffer
  end: number
}

/** Nothing else runs while a value is written. Enough for nearly every token. */
const scratch = Buffer.allocUnsafeSlow(2048)
const longestHead = 9

/** Characters of ASCII up to which a loop is faster than a call out of JavaScript. */
const longestByHand = 64

function write (sink: Sink, value: CborValue): void {
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new RangeError('CBOR holds whole numbers here, and beyond 2^53 those of BigInt')
    }
    if (value < 0) writeHead(sink, 1, typeof value === 'bigint' ? -1n - value : -1 - value)
    else writeHead(sink, 0, value)
  } else if (typeof value === 'string') {
    writeText(sink, value)
  } else if (value instanceof Uint8Array) {
    writeHead(sink, 2, value.length)
    reserve(sink, value.length)
    sink.bytes.set(value, sink.end)
    sink.end += value.length
  } else if (value instanceof CborTag) {
    writeHead(sink, 6, value.tag)
    write(sink, value.value)
  } else if (value instanceof Map) {
    writeMap(sink, value as CborMap)
  } else if (Array.isArray(value)) {
    writeHead(sink, 4, value.length)
    for (const item of value as readonly CborValue[]) write(sink, item)
  } else {
    reserve(sink, 1)
    sink.bytes[sink.end++] = firstSimple + simpleValues.indexOf(value as boolean | null)
  }
}

function writeText (sink: Sink, text: string): void {
  const length = Buffer.byteLength(text)
  writeHead(sink, 3, length)
  reserve(sink, length)
  if (length !== text.length || length > longestByHand) {
    sink.end += sink.bytes.write(text, sink.end)
    return
  }
  for (let index = 0; index < length; index++) {
    sink.bytes[sink.end++] = text.charCodeAt(index)
  }
}

function writeMap (sink: Sink, map: CborMap): void {
  writeHead(sink, 5, map.size)
  const entries = isInOrder(map) ? map : [...map].toSorted(([a], [b]) => compareKeys(a, b))
  for (const [key, value] of entries) {
    write(sink, key)
    write(sink, value)
  }
}

/** True of nearly every map here, which then needs no copy. */
function isInOrder (map: CborMap): boolean {
  let last: CborKey | undefined
  for (const key of map.keys()) {
    if (last !== undefined && compareKeys(last, key) > 0) return false
    last = key
  }
  return true
}

/** The order of their bytes: numbers from 0 on, those below it from -1 on, texts by their length. */
function compareKeys (a: CborKey, b: CborKey): number {
  const type = typeOf(a) - typeOf(b)
  if (type !== 0) return type
  if (typeof a === 'string' || typeof b === 'string') {
    const [first, second] = [Buffer.from(String(a)), Buffer.from(String(b))]
    const length = first.length - second.length
    return length === 0 ? Buffer.compare(first, second) : length
  }
  return (a < b) === (a >= 0) ? -1 : 1
}

function typeOf (key: CborKey): number {
  return typeof key === 'string' ? 3 : key < 0 ? 1 : 0
}

/** The type and the number that a value begins with, in the fewest bytes. */
function writeHead (sink: Sink, type: number, number: number | bigint): void {
  reserve(sink, longestHead)
  const { bytes, end } = sink
  const first = type << 5
  if (number < 24) {
    bytes[end] = first | Number(number)
    sink.end += 1
  } else if (number < 0x100) {
    bytes[end] = first | 24
    sink.end = bytes.writeUInt8(Number(number), end + 1)
  } else if (number < 0x10000) {
    bytes[end] = first | 25
    sink.end = bytes.writeUInt16BE(Number(number), end + 1)
  } else if (number < 0x100000000) {
    bytes[end] = first | 26
    sink.end = bytes.writeUInt32BE(Number(number), end + 1)
  } else {
    bytes[end] = first | 27
    sink.end = bytes.writeBigUInt64BE(BigInt(number), end + 1)
  }
}

function reserve (sink: Sink, length: number): void {
  if (sink.end + length <= sink.bytes.length) return
  const bytes = Buffer.allocUnsafe(2 * (sink.end + length))
  sink.bytes.copy(bytes, 0, 0, sink.end)
  sink.bytes = bytes
}
