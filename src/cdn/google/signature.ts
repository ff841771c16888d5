import type { CdnKey } from '../../keys/key.js'
import type { AccessCookie, CdnGrant, UrlToSign } from '../cdn.js'
import type { Codec } from '../format/base64.js'
import { separateCookiePaths } from '../format/cookie-path.js'
import { refuseGrant, refuseUrl } from '../format/refusals.js'
import { signedScope, urlPrefix } from './url-prefix.js'

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
  /** Reads what the CDN takes for these bytes; undefined for anything else. */
  decode(text: string): Buffer | undefined
  sign(text: string, key: Key): Promise<Buffer>
  verify(text: string, signature: Buffer, key: Key): boolean
}

/** What a signature's fields are called in a query. */
export const signatureParameters: readonly string[] = [
  'URLPrefix',
  'Expires',
  'KeyName',
  'Signature'
]

/** One cookie per granted prefix. */
export function signCookies<Key extends NamedKey> (
  format: SignatureFormat<Key>,
  grant: CdnGrant,
  key: Key
): Promise<AccessCookie[]> {
  const cookiePaths = separateCookiePaths(grant.paths)
  return Promise.all(grant.paths.map(async (path, index) => {
    const text = `${prefixField(format, path)}:${signedFields(grant, key, ':')}`
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
  refuseParameters(format.name, url.query, signatureParameters)
  const ownUrl = `${format.url}${url.path}?${url.query}${url.query === '' ? '' : '&'}`
  const fields = signedFields(grant, key, '&')
  const [unsigned, text] = scope === 'exact'
    ? ['', ownUrl + fields]
    : [ownUrl, `${prefixField(format, granted)}&${fields}`]
  return `${unsigned}${text}&Signature=${await encodedSignature(format, text, key)}`
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
  const names = query.split('&').map(parameterName)
  const taken = names.find((parameter) => reserved.includes(parameter))
  if (taken !== undefined) {
    refuseUrl(
      name,
      `its query has a parameter "${taken}" of its own, which the CDN reads. Give it another name`
    )
  }
}

/** Refuses what a grant says beyond paths and an end: a signature holds nothing else. */
export function refuseConditions (name: string, grant: CdnGrant, why: string): void {
  const part = (['notBefore', 'ip', 'claims'] as const).find((field) => grant[field] !== undefined)
  if (part !== undefined) refuseGrant(name, part, why)
}

/** What stands before the `=` of a query's pair. */
export function parameterName (pair: string): string {
  return pair.split('=', 1)[0]!
}

function prefixField ({ codec, url }: { codec: Codec, url: string }, path: string): string {
  return `URLPrefix=${codec.encode(Buffer.from(urlPrefix(url, path)))}`
}
