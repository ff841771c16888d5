import { isFields } from '../../input/fields.js'
import { knownTimes, odditiesOf, readEncoded, readTime, type Reading } from '../format/reading.js'
import { matchesUriPattern } from './pattern.js'
import type { Inspection, Oddity, SeenRequest } from '../inspection.js'

type Claims = Readonly<Record<string, unknown>>

/** Names under which a token is taken for access; another JWT may be a session. */
const names = /^(?:URISigningPackage|cdn_access_token)$/

/** Reads tokens of URI Signing (RFC 9246), and plain JWTs under the name of this package. */
export function inspectUriSigning (request: SeenRequest): Inspection[] {
  const { origin, path, query, cookies } = request
  const uri = origin === '' ? undefined : `${origin}${path}${query === '' ? '' : `?${query}`}`
  const url = `${path}?${query}`
  const found = /[^\w-](URISigningPackage)=([^:/?#[\]@!$&'()*+,;=]*)/.exec(url)
  return [
    ...found === null ? [] : readToken([found[1]!, found[2]!], 'url', undefined),
    ...cookies.flatMap((pair) => readToken(pair, 'cookies', uri))
  ]
}

function readToken (
  [name, text]: readonly [string, string],
  place: Inspection['place'],
  uri: string | undefined
): Inspection[] {
  const plain = readEncoded(text)
  const [header, claims] = plain.value!.split('.').slice(0, 2).map(readJson)
  const known = names.test(name) || claims?.['cdniuc'] !== undefined
  if (header === undefined || claims === undefined || !known) return []
  const { iss, exp, nbf, cdniuc } = claims
  const [end, start] = [exp, nbf].map((time): Reading<number> =>
    time === undefined ? { value: undefined } : readTime(time)
  )
  const plainJwt = cdniuc === undefined && name !== 'URISigningPackage'
  const padded = /[=]/.test(plain.value!)
    ? { value: undefined, odd: 'base64-padding' as const }
    : { value: undefined }
  const covers = typeof cdniuc === 'string' && uri !== undefined
    ? matchesUriPattern(cdniuc.replace(/^regex:/, ''), uri)
    : undefined
  const signer = [header['kid'], iss].filter((part) => typeof part === 'string').join(' of ')
  return [{
    cdn: 'uri-signing',
    kind: plainJwt ? 'a JWT' : 'a package of URI Signing',
    place,
    names: [name],
    ...(signer === '' ? {} : { signer }),
    ...(typeof header['alg'] === 'string' ? { algorithm: header['alg'] } : {}),
    grants: [
      typeof cdniuc === 'string'
        ? cdniuc
        : plainJwt
        ? 'everything: it names no path'
        : 'nothing: it has no "cdniuc"'
    ],
    ...(covers === undefined ? {} : { covers }),
    ...knownTimes(start!.value, end!.value),
    oddities: [...odditiesOf([plain, padded, end!, start!]), ...claimOddities(claims, plainJwt)]
  }]
}

function claimOddities (claims: Claims, plainJwt: boolean): Oddity[] {
  const refused = ['cdniip', 'jti', 'cdnicrit'].filter((claim) => claims[claim] !== undefined)
  return [
    ...claims['exp'] === undefined
      ? [{ code: 'end-missing', detail: 'It has no "exp".' } as const]
      : [],
    ...plainJwt || claims['cdniuc'] !== undefined
      ? []
      : [
        { code: 'claim-missing', detail: 'It has no "cdniuc", which says what it opens.' } as const
      ],
    ...plainJwt || claims['cdniv'] !== undefined
      ? []
      : [{ code: 'version-missing', detail: 'It has no "cdniv".' } as const],
    ...plainJwt
      ? []
      : refused.map((claim) =>
        ({
          code: 'claim-refused',
          detail: `It has "${claim}", which Traffic Server refuses.`
        }) as const
      )
  ]
}

function readJson (part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
