import type { EdgeRequest, Verdict } from '../cdn.js'
import { answersAt } from '../host-pattern.js'
import { addressInRange } from '../format/address.js'
import { decodeStrictly } from '../format/base64.js'
import { encodingHint } from '../format/encoding.js'
import { checkRequestPath } from '../format/request-path.js'
import { verdict, type Checklist } from '../format/verdict.js'
import { readConditions, type Conditions } from './conditions.js'
import { findCredentials, type Credentials, type Source } from './credentials.js'
import type { CloudFrontKey, Hash } from './key.js'
import { cloudFrontBase64, policyText, verifyPolicy } from './policy.js'
import { resourceCovers } from './resource.js'

/** At which addresses a distribution answers. */
interface Addresses {
  readonly url: string
  readonly host?: string
}

/** What CloudFront answers to a request, in its own order where that is known. */
export async function checkCloudFront (
  addresses: Addresses,
  request: EdgeRequest,
  keys: readonly CloudFrontKey[]
): Promise<Verdict> {
  return verdict(403, (list) => {
    const origin = checkHost(list, addresses, request.origin)
    const target = checkRequestPath(list, request.url)
    const { credentials, ownQuery, source } = findCredentials(list, target, request.cookies)
    const key = findKey(list, credentials, keys)
    const hash = readHash(list, credentials)
    const ownUrl = origin + target.path + (ownQuery === '' ? '' : `?${ownQuery}`)
    const { bytes, conditions } = readPolicy(list, credentials, ownUrl)
    checkSignature(list, credentials, bytes, key, hash)
    checkResource(list, conditions, ownUrl, source)
    checkWindow(list, conditions, request.now)
    checkAddress(list, conditions, request.ip)
  })
}

/** The address that a policy is compared with: the request's own, as far as the pattern goes. */
function checkHost (list: Checklist, addresses: Addresses, origin = addresses.url): string {
  const { url, host } = addresses
  if (host === undefined) return url
  if (!answersAt(addresses, origin)) {
    list.refuse(
      'host',
      `The request came to ${JSON.stringify(origin)}, which "host", ${host}, does not cover.`
    )
  }
  list.pass('host', `${origin} is one of ${host}.`)
  return origin
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
      'The Key-Pair-Id is not one of the accepted keys: ' +
        'is the public key in the distribution\'s key group?'
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
      'Policy is not one statement with one Resource, DateLessThan, ' +
        'and perhaps DateGreaterThan and IpAddress.'
    )
  }
  list.pass(
    'policy',
    conditions.resource === undefined
      ? 'Custom, and without a Resource: ' +
        'good for every URL of every distribution that has this key.'
      : `Custom: good for ${JSON.stringify(conditions.resource)}.`
  )
  return { bytes, conditions }
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
      `It does not fit the policy, the key and ${hash}: the public key may be another one than ` +
        'the one that signed, a canned policy fits one exact URL, ' +
        'and a SHA-256 signature needs its Hash-Algorithm.'
    )
  }
  list.pass('signature', `It fits the policy and the key, with ${hash}.`)
}

/**
 * In a cookie a Resource must begin with its scheme; in a URL it need not. Signers write `http*://`
 * for both.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-setting-signed-cookie-custom-policy.html
 */
function checkResource (
  list: Checklist,
  { resource }: Conditions,
  ownUrl: string,
  source: Source
): void {
  if (resource !== undefined && source === 'cookies' && !resource.startsWith('http')) {
    list.refuse(
      'resource',
      `The policy is good for ${JSON.stringify(resource)}, and in a cookie a Resource must begin ` +
        'with http:// or https://, as "https://*" does.'
    )
  }
  if (resource !== undefined && !resourceCovers(resource, ownUrl)) {
    const found = JSON.stringify(resource)
    const hint = encodingHint([resource], ownUrl)
    list.refuse('resource', `The policy is good for ${found}, which is not this URL.${hint}`)
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
  const range = JSON.stringify(ip)
  if (!ip.includes('/')) {
    list.refuse(
      'address',
      `The policy is good for ${range}, and AWS takes a range alone: write one address with "/32".`
    )
  }
  if (address === undefined || !addressInRange(address, ip)) {
    list.refuse(
      'address',
      `The policy is good for ${range}, and the viewer's address is ${address ?? 'not known'}.`
    )
  }
  list.pass('address', `The viewer's address is in ${range}.`)
}
