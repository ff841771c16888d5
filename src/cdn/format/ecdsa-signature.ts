/**
 * An ECDSA signature as JWS and COSE have it (RFC 7518, section 3.4), both numbers side by side, from ASN.1
 * DER; undefined where it is none of this size. `size` is that of one number in bytes, at most 32.
 */
export function joinDerSignature (der: Buffer, size: number): Buffer | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return undefined
  const first = readInteger(der, 2, size)
  const second = first === undefined ? undefined : readInteger(der, first.end, size)
  return second?.end === der.length ? Buffer.concat([first!.number, second.number]) : undefined
}

function readInteger (
  der: Buffer,
  start: number,
  size: number
): { number: Buffer, end: number } | undefined {
  const length = der[start + 1]
  if (der[start] !== 0x02 || length === undefined || length === 0) return undefined
  const end = start + 2 + length
  const digits = der.subarray(start + 2, end)
  const bare = digits[0] === 0 ? digits.subarray(1) : digits
  return bare.length > size || end > der.length
    ? undefined
    : { number: Buffer.concat([Buffer.alloc(size - bare.length), bare]), end }
}
