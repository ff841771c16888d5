import { isFields } from '../../input/fields.js'
import { base64Url, decodeStrictly } from '../format/base64.js'

/** A JWS in its compact form (RFC 7515, section 3.1), taken apart and not yet verified. */
export interface CompactJws {
  readonly header: Record<string, unknown>
  readonly payload: Record<string, unknown>
}

/**
 * Signs a JSON payload; `sign` gets the bytes to sign and yields the signature
 * as it stands in a JWS.
 */
export async function signCompactJws (
  header: object,
  payload: object,
  sign: (input: Buffer) => Promise<Buffer>
): Promise<string> {
  const input = `${encodeObject(header)}.${encodeObject(payload)}`
  return `${input}.${base64Url.encode(await sign(Buffer.from(input)))}`
}

/**
 * Takes a JWS apart, or returns undefined. Only the one spelling of each part is taken, so that no
 * changed character goes unnoticed: base64url has bits that decoders ignore.
 */
export function readCompactJws (text: string): CompactJws | undefined {
  const parts = text.split('.').map((part) => decodeStrictly(part, base64Url))
  if (parts.length !== 3 || parts[2] === undefined) return undefined
  const [header, payload] = parts.slice(0, 2).map(readObject)
  if (typeof header?.['alg'] !== 'string' || payload === undefined) return undefined
  return { header, payload }
}

function encodeObject (part: object): string {
  return base64Url.encode(Buffer.from(JSON.stringify(part)))
}

function readObject (bytes: Buffer | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes!.toString())
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
