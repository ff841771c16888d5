import type { EdgeRequest } from '../cdn.js'
import type { RequestTarget } from '../format/request-path.js'
import type { RefusalCode } from '../refusal-codes.js'
import { checkEnd } from '../format/time-window.js'
import type { Checklist } from '../format/verdict.js'
import {
  parameterName,
  signatureParameters,
  type NamedKey,
  type SignatureFormat
} from './signature.js'
import { checkUrlPrefix } from './url-prefix.js'

/** A signature as a request carries it. */
export interface Signed {
  readonly text: string
  /** The URL prefix that it covers; undefined where it is this very URL. */
  readonly prefix: string | undefined
  readonly expiresAt: number
  readonly keyName: string
  readonly signature: Buffer
}

/** Where a signature was found, and how its fields are joined there. */
interface Found {
  readonly source: 'query' | 'cookie' | 'path'
  readonly value: string
  readonly separator: ':' | '&'
  /** What stands before the fields, where this very URL is signed. */
  readonly ownUrl?: string
}

/**
 * The signature in the query, otherwise the one in the cookie; undefined where there is neither.
 */
export function findSignature<Key extends NamedKey> (
  list: Checklist,
  format: SignatureFormat<Key>,
  target: RequestTarget,
  cookies: EdgeRequest['cookies']
): Signed | undefined {
  const pairs = (target.query ?? '').split('&')
  if (pairs.some((pair) => parameterName(pair) === 'Signature')) {
    const first = pairs.findIndex((pair) => signatureParameters.includes(parameterName(pair)))
    const ownQuery = pairs.slice(0, first).map((pair) => `${pair}&`).join('')
    return readSigned(list, format, {
      source: 'query',
      value: pairs.slice(first).join('&'),
      separator: '&',
      ownUrl: `${format.url}${target.path}?${ownQuery}`
    })
  }
  const values = cookies.filter(([name]) => name === format.cookieName).map(([, value]) => value)
  if (values.length === 0) return undefined
  if (values.length > 1) {
    list.refuse(
      'credentials',
      'sent-twice',
      `There are ${values.length} cookies ${format.cookieName}, ` +
        'and which one counts is not documented: clear the one of the wider or the former Path, ' +
        'or of another Domain.'
    )
  }
  return readSigned(list, format, { source: 'cookie', value: values[0]!, separator: ':' })
}

/**
 * Reads the fields of a signature, in the one order and the one encoding in which they are written.
 */
export function readSigned<Key extends NamedKey> (
  list: Checklist,
  format: SignatureFormat<Key>,
  { source, value, separator, ownUrl }: Found
): Signed {
  const fields = [
    `(?:URLPrefix=(?<prefix>[\\w=-]+)${separator})?Expires=(?<expires>[1-9]\\d{0,10})`,
    'KeyName=(?<keyName>[\\w-]{1,64})',
    'Signature=(?<signature>[\\w=-]+)'
  ]
  const pattern = new RegExp(`^${fields.join(separator)}$`)
  const { prefix, expires, keyName, signature } = pattern.exec(value)?.groups ?? {}
  if (
    expires === undefined || keyName === undefined || signature === undefined ||
    (prefix === undefined && ownUrl === undefined)
  ) {
    list.refuse(
      'credentials',
      fieldsFault(value),
      `The ${source} does not hold URLPrefix, Expires, KeyName and Signature in this order, ` +
        'each once and nothing after them: was the value percent-encoded or cut off?'
    )
  }
  const prefixBytes = prefix === undefined ? undefined : format.decode(prefix)
  const signatureBytes = format.decode(signature)
  if (signatureBytes === undefined || (prefix !== undefined && prefixBytes === undefined)) {
    list.refuse(
      'credentials',
      /[=]/.test(signature) ? 'malformed' : 'base64-padding',
      `A value in the ${source} is not in the base64 that this CDN is given.`
    )
  }
  list.pass('credentials', `They are complete, in the ${source}.`)
  const text = value.slice(0, value.lastIndexOf(separator))
  return {
    text: prefix === undefined ? `${ownUrl}${text}` : text,
    prefix: prefixBytes?.toString('latin1'),
    expiresAt: Number(expires),
    keyName,
    signature: signatureBytes
  }
}

/** Checks key, signature, expiry and prefix. Of several keys with one name each is tried. */
export function checkSigned<Key extends NamedKey> (
  list: Checklist,
  format: SignatureFormat<Key>,
  signed: Signed,
  request: { path: string, now: number },
  keys: readonly Key[]
): void {
  const named = keys.filter(({ keyName }) => keyName === signed.keyName)
  if (named.length === 0) {
    list.refuse(
      'key',
      'key-unknown',
      'KeyName is not the name of an accepted key: does the CDN have a key of this name?',
      { expected: keyNames(keys), found: signed.keyName }
    )
  }
  list.pass('key', `The key is called ${signed.keyName}.`)
  if (!named.some((key) => format.verify(signed.text, signed.signature, key))) {
    const other = keys.find((key) => format.verify(signed.text, signed.signature, key))
    list.refuse(
      'signature',
      other === undefined ? 'signature-wrong' : 'key-differs',
      'It does not fit the signed fields and the key: ' +
        'was a field changed, or is the key of this name another one?',
      other === undefined ? {} : { expected: other.keyName, found: signed.keyName }
    )
  }
  list.pass('signature', 'It fits the signed fields and the key.')
  // Google's pages do not say whether the second of `Expires` still counts: here it does not.
  checkEnd(list, signed.expiresAt, request.now)
  if (signed.prefix === undefined) list.pass('prefix', 'The signature is good for this exact URL.')
  else checkUrlPrefix(list, signed.prefix, format.url, request.path)
}

function keyNames (keys: readonly NamedKey[]): string {
  return [...new Set(keys.map(({ keyName }) => keyName))].join(' or ')
}

/** What other signers and cookie libraries do to the fields. */
function fieldsFault (value: string): RefusalCode {
  if (value.includes('~')) return 'malformed'
  if (/%(?:3a|3d)/i.test(value)) return 'percent-encoded'
  if (/[+/]/.test(value)) return 'base64-standard'
  if (/Expires=\d{12,}/.test(value)) return 'time-milliseconds'
  return /Expires=(?!\d+(?:[:&]|$))/.test(value) ? 'time-unreadable' : 'malformed'
}
