import { addressInRange } from '../format/address.js'
import { decodeStrictly } from '../format/base64.js'
import type { EdgeRequest, Verdict } from '../cdn.js'
import {
  cloudFrontBase64,
  cookiePrefix,
  policyParameters,
  policyText,
  verifyPolicy,
  type CloudFrontKey,
  type Hash
} from './policy.js'
import { resourceCovers } from './resource.js'
import { checkRequestPath, type RequestTarget } from '../format/request-path.js'
import { verdict, type Checklist } from '../format/verdict.js'

type Credentials = Partial<Record<typeof policyParameters[number], string>>

interface Conditions {
  /** Missing in a canned policy, which is made from the request's own URL. */
  readonly resource?: string
  readonly expiresAt: number
  readonly notBefore?: number
  readonly ip?: string
}

/** What CloudFront answers to a request, in its own order where that is known. */
export async function checkCloudFront (
  url: string,
  request: EdgeRequest,
  keys: readonly CloudFrontKey[]
): Promise<Verdict> {
  return verdict(403, (list) => {
    const target = checkRequestPath(list, request.url)
    const { credentials, ownQuery } = findCredentials(list, target, request)
    const key = findKey(list, credentials, keys)
    const hash = readHash(list, credentials)
    const ownUrl = url + target.path + (ownQuery === '' ? '' : `?${ownQuery}`)
    const { bytes, conditions } = readPolicy(list, credentials, ownUrl)
    checkSignature(list, credentials, bytes, key, hash)
    checkResource(list, conditions, ownUrl)
    checkWindow(list, conditions, request.now)
    checkAddress(list, conditions, request.ip)
  })
}

/**
 * A signed URL's parameters make CloudFront ignore the cookies; an app's own parameter of
 * that name does so too.
 */
function findCredentials (
  list: Checklist,
  target: RequestTarget,
  request: EdgeRequest
): { credentials: Credentials, ownQuery: string } {
  const pairs = (target.query ?? '').split('&')
  const signed = pairs.filter(isPolicyParameter)
  const ownQuery = pairs.filter((pair) => !isPolicyParameter(pair)).join('&')
  const found = signed.length > 0
    ? signed.map((
      pair
    ): [string, string] => [pair.split('=', 1)[0]!, pair.slice(pair.indexOf('=') + 1)])
    : request.cookies.filter(([name]) => name.startsWith(cookiePrefix)).map((
      [name, value]
    ): [string, string] => [name.slice(cookiePrefix.length), value])
  const credentials: Credentials = Object.fromEntries(found.toReversed())
  const source = signed.length > 0 ? 'query parameters' : 'cookies'
  if (found.length === 0) {
    list.refuse(
      'credentials',
      'The request has no CloudFront-* cookie and no signed-URL parameter: was access issued, and do the cookies\' Domain and Path cover this request?'
    )
  }
  const missing = (['Key-Pair-Id', 'Signature'] as const).find((name) =>
    credentials[name] === undefined
  )
  if (missing !== undefined) {
    list.refuse(
      'credentials',
      `${missing} is missing among the ${source}${
        signed.length > 0
          ? `: a parameter called ${signed[0]!.split(
            '=',
            1
          )[0]!} makes CloudFront take this for a signed URL and ignore the cookies`
          : ''
      }.`
    )
  }
  if (credentials.Policy === undefined && credentials.Expires === undefined) {
    list.refuse('credentials', `Neither Policy nor Expires is among the ${source}.`)
  }
  if (credentials.Policy !== undefined && credentials.Expires !== undefined) {
    list.refuse(
      'credentials',
      'Both Policy and Expires are there, of a custom and of a canned policy: clear the one of the earlier kind.'
    )
  }
  list.pass('credentials', `They are complete, in ${source}.`)
  return { credentials, ownQuery }
}

function isPolicyParameter (pair: string): boolean {
  return (policyParameters as readonly string[]).includes(pair.split('=', 1)[0]!)
}

function findKey (
  list: Checklist,
  credentials: Credentials,
  keys: readonly CloudFrontKey[]
): CloudFrontKey {
  const key = keys.find(({ id }) => id === credentials['Key-Pair-Id'])
  if (key === undefined) {
    list.refuse(
      'key',
      'The Key-Pair-Id is not one of the accepted keys: is the public key in the distribution\'s key group?'
    )
  }
  list.pass('key', `The key is ${key.id}.`)
  return key
}

function readHash (list: Checklist, credentials: Credentials): Hash {
  const marker = credentials['Hash-Algorithm'] ?? 'SHA1'
  if (marker !== 'SHA1' && marker !== 'SHA256') {
    list.refuse('hash', 'Hash-Algorithm is neither SHA1 nor SHA256.')
  }
  return marker
}

function readPolicy (
  list: Checklist,
  credentials: Credentials,
  ownUrl: string
): { bytes: Buffer, conditions: Conditions } {
  if (credentials.Policy === undefined) {
    if (!/^[1-9]\d{0,9}$/.test(credentials.Expires!)) {
      list.refuse('policy', 'Expires is not a number of seconds.')
    }
    const expiresAt = Number(credentials.Expires)
    list.pass('policy', 'Canned: good for this exact URL.')
    return { bytes: Buffer.from(policyText(ownUrl, { expiresAt })), conditions: { expiresAt } }
  }
  const bytes = decodeStrictly(credentials.Policy, cloudFrontBase64)
  if (bytes === undefined) {
    list.refuse(
      'policy',
      'Policy is not in CloudFront\'s base64: was the cookie\'s value percent-encoded?'
    )
  }
  const conditions = readConditions(bytes)
  if (conditions === undefined) {
    list.refuse(
      'policy',
      'Policy is not one statement with one Resource, DateLessThan, and perhaps DateGreaterThan and IpAddress.'
    )
  }
  list.pass('policy', `Custom: good for ${JSON.stringify(conditions.resource)}.`)
  return { bytes, conditions }
}

/**
 * What restricts access and can't be read makes the whole policy unreadable: it
 * is never passed over.
 */
function readConditions (bytes: Buffer): Conditions | undefined {
  try {
    const { Statement: [statement, ...others] } = JSON.parse(bytes.toString())
    const {
      Resource: resource,
      Condition: { DateLessThan, DateGreaterThan, IpAddress, ...conditions },
      ...members
    } = statement
    const expiresAt = soleMember(DateLessThan, 'AWS:EpochTime')
    const start = DateGreaterThan === undefined
      ? {}
      : { notBefore: soleMember(DateGreaterThan, 'AWS:EpochTime') }
    const address = IpAddress === undefined ? {} : { ip: soleMember(IpAddress, 'AWS:SourceIp') }
    const valid = [...others, ...Object.keys(conditions), ...Object.keys(members)].length === 0 &&
      typeof resource === 'string' &&
      [expiresAt, ...Object.values(start)].every(Number.isSafeInteger) &&
      Object.values(address).every((ip) => typeof ip === 'string')
    return valid ? { resource, expiresAt, ...start, ...address } as Conditions : undefined
  } catch {
    return undefined
  }
}

function soleMember (record: Record<string, unknown>, name: string): unknown {
  return Object.keys(record).length === 1 ? record[name] : undefined
}

function checkSignature (
  list: Checklist,
  credentials: Credentials,
  policy: Buffer,
  key: CloudFrontKey,
  hash: Hash
): void {
  const signature = decodeStrictly(credentials.Signature!, cloudFrontBase64)
  if (signature === undefined || !verifyPolicy(policy, signature, key, hash)) {
    list.refuse(
      'signature',
      `It does not fit the policy, the key and ${hash}: a canned policy fits one exact URL, and a SHA-256 signature needs its Hash-Algorithm.`
    )
  }
  list.pass('signature', `It fits the policy and the key, with ${hash}.`)
}

function checkResource (list: Checklist, { resource }: Conditions, ownUrl: string): void {
  if (resource !== undefined && !resourceCovers(resource, ownUrl)) {
    list.refuse(
      'resource',
      `The policy is good for ${JSON.stringify(resource)}, which is not this URL.`
    )
  }
  list.pass('resource', 'The policy covers this URL.')
}

function checkWindow (list: Checklist, { expiresAt, notBefore }: Conditions, now: number): void {
  if (now >= expiresAt) list.refuse('expiry', `Access ended ${now - expiresAt} s ago: refresh it.`)
  list.pass('expiry', `Access ends in ${expiresAt - now} s.`)
  if (notBefore === undefined) return
  if (now <= notBefore) list.refuse('start', `Access begins in ${notBefore - now + 1} s.`)
  list.pass('start', `Access began ${now - notBefore} s ago.`)
}

function checkAddress (list: Checklist, { ip }: Conditions, address: string | undefined): void {
  if (ip === undefined) return
  if (address === undefined || !addressInRange(address, ip)) {
    list.refuse(
      'address',
      `The policy is good for ${JSON.stringify(ip)}, and the viewer's address is ${
        address ?? 'not known'
      }.`
    )
  }
  list.pass('address', `The viewer's address is in ${JSON.stringify(ip)}.`)
}
