import { CDN_ACCESS_SIGNED_URL_UNSUPPORTED } from '../../errors.js'
import type { CdnKey } from '../../keys/key.js'
import { decodeStrictly, type Codec } from '../format/base64.js'
import type { AccessCookie, CdnGrant, EdgeRequest, UrlToSign } from '../cdn.js'
import { separateCookiePaths } from '../format/cookie-path.js'
import type { RequestTarget } from '../format/request-path.js'
import { checkUrlPrefix, signedScope, urlPrefix } from './url-prefix.js'
import type { Checklist } from '../format/verdict.js'

/** A key that a signature names. */
export interface NamedKey extends CdnKey {
  /** What stands after `KeyName=`. */
  readonly keyName: string
}

/** What differs between Google's two CDNs, which sign the same fields. */
export interface SignatureFormat<Key extends NamedKey> {
  readonly name: string
  readonly url: string
  readonly cookieName: string
  readonly codec: Codec
  sign(text: string, key: Key): Promise<Buffer>
  verify(text: string, signature: Buffer, key: Key): boolean
}

/** A signature as a request carries it. */
export interface Signed {
  readonly text: string
  /** The URL prefix that it covers; undefined where it is this very URL. */
  readonly prefix: string | undefined
  readonly expiresAt: number
  readonly keyName: string
  readonly signature: Buffer
}

const parameters = ['URLPrefix', 'Expires', 'KeyName', 'Signature']

/** One cookie per granted prefix. */
export function signCookies<Key extends NamedKey> (
  format: SignatureFormat<Key>,
  grant: CdnGrant,
  key: Key
): Promise<AccessCookie[]> {
  const cookiePaths = separateCookiePaths(grant.paths)
  return Promise.all(grant.paths.map(async (path, index) => {
    const text = `URLPrefix=${format.codec.encode(Buffer.from(urlPrefix(format.url, path)))}:${
      signedFields(grant, key, ':')
    }`
    return {
      name: format.cookieName,
      value: `${text}:Signature=${await encodedSignature(format, text, key)}`,
      path: cookiePaths[index]!
    }
  }))
}

/**
 * A URL with a signature in its query. Of an exact path the whole URL is signed, with its own
 * query; of a prefix the parameters alone, which then fit every URL below.
 */
export async function signQuery<Key extends NamedKey> (
  format: SignatureFormat<Key>,
  url: UrlToSign,
  grant: CdnGrant,
  key: Key
): Promise<string> {
  const granted = grant.paths[0]!
  const scope = signedScope(format.name, granted, url.path)
  refuseParameters(format.name, url.query, parameters)
  const ownUrl = `${format.url}${url.path}?${url.query}${url.query === '' ? '' : '&'}`
  const fields = signedFields(grant, key, '&')
  const text = scope === 'exact'
    ? ownUrl + fields
    : `URLPrefix=${format.codec.encode(Buffer.from(urlPrefix(format.url, granted)))}&${fields}`
  return `${scope === 'exact' ? '' : ownUrl}${text}&Signature=${await encodedSignature(
    format,
    text,
    key
  )}`
}

/** `Expires` and `KeyName`, which every signature holds in this order. */
export function signedFields (
  grant: Pick<CdnGrant, 'expiresAt'>,
  key: NamedKey,
  separator: ':' | '&'
): string {
  return [`Expires=${grant.expiresAt}`, `KeyName=${key.keyName}`].join(separator)
}

export async function encodedSignature<Key extends NamedKey> (
  format: SignatureFormat<Key>,
  text: string,
  key: Key
): Promise<string> {
  return format.codec.encode(await format.sign(text, key))
}

/** Refuses to sign a URL whose own query has a parameter that the CDN would take for its own. */
export function refuseParameters (name: string, query: string, reserved: readonly string[]): void {
  const taken = query.split('&').map(parameterName).find((parameter) =>
    reserved.includes(parameter)
  )
  if (taken !== undefined) {
    throw new CDN_ACCESS_SIGNED_URL_UNSUPPORTED(
      name,
      `its query has a parameter "${taken}" of its own, which the CDN reads. Give it another name`
    )
  }
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
    const first = pairs.findIndex((pair) => parameters.includes(parameterName(pair)))
    const ownUrl = `${format.url}${target.path}?${
      pairs.slice(0, first).map((pair) => `${pair}&`).join('')
    }`
    return readSigned(list, format, {
      source: 'query',
      value: pairs.slice(first).join('&'),
      separator: '&',
      ownUrl
    })
  }
  const values = cookies.filter(([name]) => name === format.cookieName).map(([, value]) => value)
  if (values.length === 0) return undefined
  if (values.length > 1) {
    list.refuse(
      'credentials',
      `There are ${values.length} cookies ${format.cookieName}, and which one counts is not documented: clear the one of the wider or the former Path.`
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
  found: { source: string, value: string, separator: ':' | '&', ownUrl?: string }
): Signed {
  const { source, value, separator, ownUrl } = found
  const fields = [
    `(?:URLPrefix=(?<prefix>[\\w=-]+)${separator})?Expires=(?<expires>[1-9]\\d{0,10})`,
    'KeyName=(?<keyName>[\\w-]{1,64})',
    'Signature=(?<signature>[\\w=-]+)'
  ]
  const { prefix, expires, keyName, signature } =
    new RegExp(`^${fields.join(separator)}$`).exec(value)?.groups ?? {}
  if (
    expires === undefined || keyName === undefined || signature === undefined ||
    (prefix === undefined && ownUrl === undefined)
  ) {
    list.refuse(
      'credentials',
      `The ${source} does not hold URLPrefix, Expires, KeyName and Signature in this order, each once and nothing after them: was the value percent-encoded or cut off?`
    )
  }
  const prefixBytes = prefix === undefined ? undefined : decodeStrictly(prefix, format.codec)
  const signatureBytes = decodeStrictly(signature, format.codec)
  if (signatureBytes === undefined || (prefix !== undefined && prefixBytes === undefined)) {
    list.refuse(
      'credentials',
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
      'KeyName is not the name of an accepted key: does the CDN have a key of this name?'
    )
  }
  list.pass('key', `The key is called ${signed.keyName}.`)
  if (!named.some((key) => format.verify(signed.text, signed.signature, key))) {
    list.refuse(
      'signature',
      'It does not fit the signed fields and the key: was a field changed, or is the key of this name another one?'
    )
  }
  list.pass('signature', 'It fits the signed fields and the key.')
  checkExpiry(list, signed.expiresAt, request.now)
  if (signed.prefix === undefined) list.pass('prefix', 'The signature is good for this exact URL.')
  else checkUrlPrefix(list, signed.prefix, format.url, request.path)
}

/** Google's pages do not say whether the second of `Expires` still counts: here it does not. */
export function checkExpiry (list: Checklist, expiresAt: number, now: number): void {
  if (now >= expiresAt) list.refuse('expiry', `Access ended ${now - expiresAt} s ago: refresh it.`)
  list.pass('expiry', `Access ends in ${expiresAt - now} s.`)
}

function parameterName (pair: string): string {
  return pair.split('=', 1)[0]!
}
