import type { EdgeRequest, Verdict } from '../cdn.js'
import { answersAt } from '../host-pattern.js'
import { addressInRange } from '../format/address.js'
import { decodeStrictly } from '../format/base64.js'
import { checkRequestPath } from '../format/request-path.js'
import { checkEnd, checkStart } from '../format/time-window.js'
import { refuseUncovered } from '../format/uncovered.js'
import { verdict, type Checklist } from '../format/verdict.js'
import { readConditions, type Conditions } from './conditions.js'
import { findCredentials, type Credentials, type Source } from './credentials.js'
import type { CloudFrontKey, Hash } from './key.js'
import { cloudFrontBase64, policyText, verifyPolicy } from './policy.js'
import { policyFault } from './policy-fault.js'
import { resourceCovers } from './resource.js'
import { formFault, signatureFault, type Misfit } from './signature-fault.js'

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
    checkSignature(list, { credentials, policy: bytes, conditions, key, hash, keys, ownUrl })
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
      'host-differs',
      `The request came to ${JSON.stringify(origin)}, which "host", ${host}, does not cover.`,
      { expected: host, found: origin }
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
      'key-unknown',
      'The Key-Pair-Id is not one of the accepted keys: ' +
        'is the public key in the distribution\'s key group?',
      { expected: keys.map(({ id }) => id).join(' or ') }
    )
  }
  list.pass('key', `The key is ${key.id}.`)
  return key
}

function readHash (list: Checklist, credentials: Credentials): Hash {
  const marker = credentials['Hash-Algorithm'] ?? 'SHA1'
  if (marker !== 'SHA1' && marker !== 'SHA256') {
    list.refuse('hash', 'hash-marker', 'Hash-Algorithm is neither SHA1 nor SHA256.')
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
      const code = /^\d{12,}$/.test(credentials.Expires!) ? 'time-milliseconds' : 'time-unreadable'
      list.refuse('policy', code, 'Expires is not a number of seconds.')
    }
    const expiresAt = Number(credentials.Expires)
    list.pass('policy', 'Canned: good for this exact URL.')
    return { bytes: Buffer.from(policyText(ownUrl, { expiresAt })), conditions: { expiresAt } }
  }
  const bytes = decodeStrictly(credentials.Policy, cloudFrontBase64)
  if (bytes === undefined) {
    const { code, hint } = formFault(credentials.Policy)
    list.refuse(
      'policy',
      code,
      `Policy is not in CloudFront's base64: was the cookie's value percent-encoded?${hint}`
    )
  }
  const conditions = readConditions(bytes)
  if (conditions === undefined) {
    const { code, hint } = policyFault(bytes.toString())
    list.refuse(
      'policy',
      code,
      'Policy is not one statement with one Resource, DateLessThan, ' +
        `and perhaps DateGreaterThan and IpAddress.${hint}`
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

function checkSignature (list: Checklist, signed: Misfit): void {
  const { credentials, policy, key, hash } = signed
  const signature = decodeStrictly(credentials.Signature!, cloudFrontBase64)
  if (signature === undefined || !verifyPolicy(policy, signature, key, hash)) {
    const { code, hint, ...evidence } = signatureFault(signed)
    list.refuse(
      'signature',
      code,
      `It does not fit the policy, the key and ${hash}: the public key may be another one than ` +
        'the one that signed, a canned policy fits one exact URL, ' +
        `and a SHA-256 signature needs its Hash-Algorithm.${hint}`,
      evidence
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
      'resource-form',
      `The policy is good for ${JSON.stringify(resource)}, and in a cookie a Resource must begin ` +
        'with http:// or https://, as "https://*" does.'
    )
  }
  if (resource !== undefined && !resourceCovers(resource, ownUrl)) {
    const found = JSON.stringify(resource)
    refuseUncovered(list, 'resource', `The policy is good for ${found}, which is not this URL.`, {
      granted: [resource],
      requested: ownUrl,
      covers: (other) => resourceCovers(resource, other)
    })
  }
  list.pass('resource', 'The policy covers this URL.')
}

function checkWindow (list: Checklist, { expiresAt, notBefore }: Conditions, now: number): void {
  checkEnd(list, expiresAt, now)
  if (notBefore !== undefined) checkStart(list, { start: notBefore, first: notBefore + 1 }, now)
}

function checkAddress (list: Checklist, { ip }: Conditions, address: string | undefined): void {
  if (ip === undefined) return
  const range = JSON.stringify(ip)
  if (!ip.includes('/')) {
    list.refuse(
      'address',
      'address-differs',
      `The policy is good for ${range}, and AWS takes a range alone: write one address with "/32".`
    )
  }
  if (address === undefined || !addressInRange(address, ip)) {
    list.refuse(
      'address',
      address === undefined ? 'address-unknown' : 'address-differs',
      `The policy is good for ${range}, and the viewer's address is ${address ?? 'not known'}.`,
      { expected: ip, found: address ?? 'not known' }
    )
  }
  list.pass('address', `The viewer's address is in ${range}.`)
}
