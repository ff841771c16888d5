import * as errors from '../../errors.js'
import type { Rule } from '../../input/fields.js'

/**
 * What an option that names a cookie must be. Names with the prefix `__Host-` are refused: browsers
 * keep them for one host and `Path=/` alone.
 */
export const cookieNameRule: Rule = {
  holds: (name) => typeof name === 'string' && /^(?!__host-)[A-Za-z0-9_.-]{1,64}$/i.test(name),
  words:
    '1 to 64 of A-Z a-z 0-9 _ - . and not begin with __Host-, whose cookies reach one host alone'
}

/** What a cookie's value is made of (RFC 6265, section 4.1.1). */
export const cookieOctets: RegExp = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/

/**
 * The value as it is, where it is made of cookie octets alone (RFC 6265, section 4.1.1).
 *
 * @throws CDN_ACCESS_COOKIE_VALUE_INVALID
 */
export function cookieValue (value: string, cookie: string, cdn: string): string {
  if (!cookieOctets.test(value)) {
    throw new errors.CDN_ACCESS_COOKIE_VALUE_INVALID(cdn, cookie)
  }
  return value
}
