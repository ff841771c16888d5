import { isFields } from '../../input/fields.js'
import {
  knownTimes,
  odditiesOf,
  readEncoded,
  readTime,
  readTimeText,
  type Reading
} from '../format/reading.js'
import { cookiePrefix as prefix, policyParameters } from './parameters.js'
import { resourceCovers } from './resource.js'
import type { Inspection, Oddity, SeenRequest } from '../inspection.js'

/** What a policy says, or the URL of a canned one. */
interface Terms extends Pick<Inspection, 'grants' | 'covers' | 'startsAt' | 'endsAt' | 'address'> {
  readonly oddities: readonly Oddity[]
}

const parameters = new Set<string>(policyParameters)

/** Reads CloudFront's cookies, and the parameters of its signed URLs. */
export function inspectCloudFront (request: SeenRequest): Inspection[] {
  const { cookies, query } = request
  const fromCookies = cookies.flatMap(([name, value]): Array<[string, string]> =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : []
  )
  const pairs = query.split('&').map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=')
    return [name, value.join('=')]
  })
  const fromQuery = pairs.filter(([name]) => parameters.has(name))
  return [
    ...isSigned(pairs.map(([name]) => name))
      ? [readSet(request, fromQuery, 'url')]
      : [],
    ...fromCookies.length > 0 ? [readSet(request, fromCookies, 'cookies')] : []
  ]
}

/** Google's signed URLs have an Expires and a Signature too, beside a KeyName. */
function isSigned (names: readonly string[]): boolean {
  return names.includes('Policy') || names.includes('Key-Pair-Id') ||
    (names.includes('Signature') && !names.includes('KeyName'))
}

function readSet (
  request: SeenRequest,
  pairs: ReadonlyArray<[string, string]>,
  place: Inspection['place']
): Inspection {
  const values = new Map(pairs.toReversed())
  const custom = values.get('Policy')
  const canned = values.get('Expires')
  const { oddities, ...terms } = custom === undefined
    ? cannedTerms(request, canned)
    : customTerms(request, custom)
  const signer = values.get('Key-Pair-Id')
  return {
    cdn: 'cloudfront',
    kind: `a signature of a ${custom === undefined ? 'canned' : 'custom'} policy`,
    place,
    names: pairs.map(([name]) => place === 'cookies' ? prefix + name : name),
    ...(signer === undefined ? {} : { signer }),
    algorithm: values.get('Hash-Algorithm') ?? 'SHA1',
    ...terms,
    oddities: [
      ...oddities,
      ...setOddities(values, pairs, place),
      ...tildeOddities(values),
      ...signatureOddities(values.get('Signature') ?? '', values.get('Hash-Algorithm'))
    ]
  }
}

function cannedTerms (request: SeenRequest, expires: string | undefined): Terms {
  const end: Reading<number> = expires === undefined ? { value: undefined } : readTimeText(expires)
  return {
    grants: [ownUrl(request)],
    ...knownTimes(undefined, end.value),
    oddities: odditiesOf([end])
  }
}

function customTerms (request: SeenRequest, text: string): Terms {
  const plain = readEncoded(text.replace(/%7e/gi, '~'))
  const standard: Reading<string> = /[+/=]/.test(plain.value!)
    ? { value: undefined, odd: 'base64-standard' }
    : { value: undefined }
  const json = Buffer.from(
    plain.value!.replace(/[-_~]/g, (character) => ({ '-': '+', _: '=', '~': '/' })[character]!),
    'base64'
  ).toString()
  const forms = odditiesOf([plain, standard])
  const statements = readStatements(json)
  const [statement] = statements
  if (statement === undefined) {
    const detail = 'The policy can\'t be read: it is no JSON with a Statement.'
    return { grants: [], oddities: [...forms, { code: 'policy-unreadable', detail }] }
  }
  const { Resource: resource, Condition: condition } = statement
  const conditions = isFields(condition) ? condition : {}
  const end = readTime(member(conditions['DateLessThan'], 'AWS:EpochTime'))
  const begin = conditions['DateGreaterThan']
  const start: Reading<number> = begin === undefined
    ? { value: undefined }
    : readTime(member(begin, 'AWS:EpochTime'))
  const address = member(conditions['IpAddress'], 'AWS:SourceIp')
  return {
    grants: [
      typeof resource === 'string' ? resource : 'every URL of every distribution with this key'
    ],
    ...(request.origin === ''
      ? {}
      : { covers: resourceCovers(typeof resource === 'string' ? resource : '*', ownUrl(request)) }),
    ...knownTimes(start.value, end.value),
    ...(typeof address === 'string' ? { address } : {}),
    oddities: [...forms, ...odditiesOf([end, start]), ...policyOddities(json, statements)]
  }
}

function policyOddities (json: string, statements: readonly object[]): Oddity[] {
  const [{ Resource: resource }] = statements as [Record<string, unknown>]
  return [
    ...resource === undefined
      ? [
        { code: 'policy-open', detail: 'The policy has no Resource: it opens everything.' } as const
      ]
      : [],
    ...statements.length > 1
      ? [
        {
          code: 'policy-unreadable',
          detail: `The policy has ${statements.length} statements, and CloudFront takes one.`
        } as const
      ]
      : [],
    ...json === JSON.stringify(JSON.parse(json)) ? [] : [
      {
        code: 'policy-blanks',
        detail: 'The policy has blanks: the same text must have been signed.'
      } as const
    ]
  ]
}

function setOddities (
  values: ReadonlyMap<string, string>,
  pairs: ReadonlyArray<[string, string]>,
  place: Inspection['place']
): Oddity[] {
  const missing = ['Signature', 'Key-Pair-Id'].filter((name) => !values.has(name))
  const twice = [...values.keys()].filter((name) =>
    pairs.filter(([own]) => own === name).length > 1
  )
  const both = values.has('Policy') && values.has('Expires')
  return [
    ...missing.map((name) =>
      ({ code: 'credentials-incomplete', detail: `${name} is missing.` }) as const
    ),
    ...values.has('Policy') || values.has('Expires') ? [] : [
      {
        code: 'credentials-incomplete',
        detail: 'Neither Policy nor Expires is there.'
      } as const
    ],
    ...both && place === 'cookies'
      ? [
        {
          code: 'kinds-mixed',
          detail: 'Cookies of a canned and of a custom policy are there.'
        } as const
      ]
      : [],
    ...twice.map((name) => ({ code: 'sent-twice', detail: `${name} is there twice.` }) as const)
  ]
}

/** The URL without the parameters of its signature. */
function ownUrl ({ origin, path, query }: SeenRequest): string {
  const own = query.split('&').filter((pair) => !parameters.has(pair.split('=', 1)[0]!))
  return `${origin}${path}${own.join('') === '' ? '' : `?${own.join('&')}`}`
}

function tildeOddities (values: ReadonlyMap<string, string>): Oddity[] {
  const encoded = [...values.values()].some((value) => /%7e/i.test(value))
  return encoded ? [{ code: 'tilde-encoded', detail: 'It has %7E in place of "~".' }] : []
}

/** An ECDSA signature is a DER sequence of at most 72 bytes; an RSA one has as many as the key. */
function signatureOddities (text: string, marker: string | undefined): Oddity[] {
  const bytes = Buffer.from(text.replaceAll('~', '/').replaceAll('_', '='), 'base64')
  return marker !== 'SHA256' && bytes.length > 60 && bytes.length <= 72 && bytes[0] === 0x30
    ? [{
      code: 'hash-marker',
      detail: 'The signature is of an EC key, which takes Hash-Algorithm SHA256, and it is missing.'
    }]
    : []
}

function readStatements (json: string): Array<Record<string, unknown>> {
  try {
    const policy: unknown = JSON.parse(json)
    return isFields(policy) ? [policy['Statement']].flat().filter(isFields) : []
  } catch {
    return []
  }
}

function member (record: unknown, name: string): unknown {
  return isFields(record) ? record[name] : undefined
}
