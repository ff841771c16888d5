/** A way to write bytes as text. */
export interface Codec {
  encode(bytes: Buffer): string
  decode(text: string): Buffer
}

/** base64url without padding (RFC 4648, section 5). */
export const base64Url: Codec = {
  encode: (bytes) => bytes.toString('base64url'),
  decode: (text) => Buffer.from(text, 'base64url')
}

/** base64url with padding. */
export const base64UrlPadded: Codec = {
  encode: (bytes) => bytes.toString('base64').replace(/\+/g, '-').replace(/\//g, '_'),
  decode: (text) => Buffer.from(text, 'base64url')
}

/**
 * Reads text that this codec wrote, or returns undefined. Only the one text that stands for these
 * bytes is taken, so that no changed character goes unnoticed.
 */
export function decodeStrictly (text: string, codec: Codec): Buffer | undefined {
  const bytes = codec.decode(text)
  return codec.encode(bytes) === text ? bytes : undefined
}
