import { decodeStrictly } from '../format/base64.js'
import type { RefusalCode } from '../refusal-codes.js'
import { differenceOf } from '../format/uncovered.js'
import type { Evidence } from '../format/verdict.js'
import type { Conditions } from './conditions.js'
import type { Credentials } from './credentials.js'
import type { CloudFrontKey, Hash } from './key.js'
import { cloudFrontBase64, policyText, verifyPolicy } from './policy.js'

/** A signature that does not fit, and all that it was held against. */
export interface Misfit {
  readonly credentials: Credentials
  readonly policy: Buffer
  readonly conditions: Conditions
  readonly key: CloudFrontKey
  readonly hash: Hash
  readonly keys: readonly CloudFrontKey[]
  readonly ownUrl: string
}

interface Fault extends Evidence {
  readonly code: RefusalCode
  /** A sentence on it, with a space before; nothing where nothing fits. */
  readonly hint: string
}

/** Folders of a long path that are tried as the wildcard of a canned policy. */
const mostFolders = 16

/**
 * What the signature does fit, of all that signers and their callers are known to mix up: another
 * hash, another key of the group, the policy without its blanks, or another URL.
 */
export function signatureFault (misfit: Misfit): Fault {
  const text = misfit.credentials.Signature!
  const signature = decodeStrictly(text, cloudFrontBase64)
  return signature === undefined ? formFault(text) : otherFit(misfit, signature)
}

/** What is wrong with text that is not in CloudFront's base64. */
export function formFault (text: string): { code: RefusalCode, hint: string } {
  if (/%[0-9a-f]{2}/i.test(text)) {
    return { code: 'percent-encoded', hint: ' It is percent-encoded.' }
  }
  if (/[+/=]/.test(text)) {
    return {
      code: 'base64-standard',
      hint: ' It is in standard base64: here "+" is "-", "=" is "_" and "/" is "~".'
    }
  }
  return { code: 'malformed', hint: '' }
}

function otherFit (misfit: Misfit, signature: Buffer): Fault {
  const { credentials, policy, conditions, key, hash, keys, ownUrl } = misfit
  const fits = (text: string | Buffer, by = key, withHash = hash): boolean =>
    verifyPolicy(text, signature, by, withHash)
  const otherHash = hash === 'SHA1' ? 'SHA256' : 'SHA1'
  if (fits(policy, key, otherHash)) {
    return {
      code: 'hash-marker',
      hint: ` It fits with ${otherHash}.`,
      expected: `Hash-Algorithm ${otherHash}`,
      found: credentials['Hash-Algorithm'] ?? 'none, which means SHA1'
    }
  }
  const other = keys.find((each) => fits(policy, each))
  if (other !== undefined) {
    const hint = ` It fits the key ${other.id}.`
    return { code: 'key-differs', hint, expected: other.id, found: key.id }
  }
  if (credentials.Policy !== undefined) {
    return fits(JSON.stringify(JSON.parse(policy.toString())))
      ? { code: 'policy-rewritten', hint: ' It fits the policy without its blanks.' }
      : { code: 'signature-wrong', hint: '' }
  }
  const covers = (url: string): boolean => fits(policyText(url, conditions))
  const wildcard = wildcardsOf(ownUrl).find(covers)
  if (wildcard !== undefined) {
    return {
      code: 'wildcard-canned',
      hint: ' It fits a canned policy with a wildcard, which counts as a plain character there.',
      expected: ownUrl,
      found: wildcard
    }
  }
  const { code, hint } = differenceOf({ granted: [], requested: ownUrl, covers })
  return code === 'path-outside' ? { code: 'signature-wrong', hint: '' } : { code, hint }
}

/** The wildcards that people write for a URL: each folder above it, on either scheme. */
function wildcardsOf (ownUrl: string): string[] {
  const [, host = '', path = ''] = /^https?:\/\/([^/]+)\/([^?]*)/.exec(ownUrl) ?? []
  const segments = path.split('/').slice(0, mostFolders)
  const folders = segments.map((_, index) =>
    segments.slice(0, index).map((own) => `${own}/`).join('')
  )
  return ['https', 'http', 'http*', '*'].flatMap((scheme) =>
    folders.map((folder) => `${scheme}://${host}/${folder}*`)
  )
}
