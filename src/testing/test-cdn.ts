/**
 * The contract of a CDN that you write.
 *
 * @module fastify-cdn-access/testing
 */
import type { Cdn, CdnGrant } from '../cdn/cdn.js'
import * as errors from '../errors.js'
import { checkFields, isFields, oneOf, type Rules } from '../input/fields.js'
import type { EpochSeconds } from '../time.js'
import { checkUnsigned, checkWhatIsGranted, checkWhatIsNot } from './access.js'
import { checkChanges, checkMixtures, checkStrangers } from './changes.js'
import { checkGrowth } from './hostile.js'
import { checkParts } from './parts.js'
import { checkSignedUrls } from './signed-url.js'
import { signSample, type Signed } from './signed.js'
import { openSubject, type Subject } from './subject.js'

export interface TestCdnOptions {
  /**
   * Grants that the CDN must hold, at least one, each without its end. Two or more with different
   * paths also try whether the cookies of one open what another covers. Their paths must be valid,
   * sorted and unique, as `plan` gets them from the plugin; `notBefore` is epoch seconds, and an
   * `ip` one address or a range.
   */
  readonly grants: ReadonlyArray<Omit<CdnGrant, 'expiresAt'>>
  /**
   * What the edge does with a request that carries none of its cookies. `refused` (default), or
   * `passes` for an edge that leaves those to the origin, such as Google Cloud CDN.
   */
  readonly unsigned?: 'refused' | 'passes'
  /** The second at which grants without a `notBefore` are signed. Default 1800000000. */
  readonly now?: EpochSeconds
}

const rules: Rules = {
  grants: {
    holds: (grants) => Array.isArray(grants) && grants.length > 0 && grants.every(isSample),
    words: 'an array of at least one { paths, notBefore, ip, claims }, with one path at least'
  },
  unsigned: oneOf('refused', 'passes'),
  now: { holds: Number.isSafeInteger, words: 'epoch seconds' }
}

const defaultNow = 1_800_000_000
const longLifeSeconds = 6000

/**
 * Holds a CDN to the contract that every CDN of this package is held to: shape and keys; `plan`,
 * `sign` and `check` that fit each other; what was not granted, ended, or was changed in one byte
 * is refused; each part of a grant is held or refused; no text makes it take seconds. Needs no test
 * runner, no clock and no Fastify. Takes up to a few seconds of processor time and is the same in
 * every run.
 *
 * Give `keys` two entries or more: then it also shows whether a key that was taken away is refused.
 *
 * @throws CDN_ACCESS_CDN_CONTRACT names the first breach, and keeps what the CDN itself threw as
 * `cause`: go by its `code`, for the class is this entry's own
 * @throws CDN_ACCESS_OPTION_INVALID, CDN_ACCESS_OPTION_UNKNOWN
 */
export async function testCdn (cdn: Cdn, options: TestCdnOptions): Promise<void> {
  if (!isFields(options)) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('grants', rules['grants']!.words)
  }
  checkFields({ ...options, grants: options.grants ?? [] }, 'testCdn', rules)
  const { grants, unsigned = 'refused', now = defaultNow } = options
  const subject = await openSubject(cdn, now)
  await checkTrial(subject, now)
  const samples: Signed[] = []
  const longer: Signed[] = []
  for (const grant of grants) {
    samples.push(await signSample(subject, grant, now))
    longer.push(await signSample(subject, grant, now, longLifeSeconds))
  }
  for (const sample of samples) {
    await checkWhatIsGranted(subject, sample)
    await checkWhatIsNot(subject, sample)
    await checkUnsigned(subject, sample, unsigned)
    await checkChanges(subject, sample, unsigned)
    for (const other of [...samples, ...longer]) {
      await checkMixtures(subject, sample, other)
      await checkStrangers(subject, sample, other)
    }
  }
  for (const grant of grants) {
    await checkParts(subject, grant, now)
    if (cdn.signUrl !== undefined) await checkSignedUrls(subject, grant, now)
  }
  await checkGrowth(subject, grants[0]!, samples[0]!, now)
}

function isSample (grant: unknown): boolean {
  return isFields(grant) && Array.isArray(grant['paths']) && grant['paths'].length > 0 &&
    grant['paths'].every((path) => typeof path === 'string' && path.startsWith('/'))
}

/** Each key is proven with the trial grant at start, so it must be one that the format holds. */
async function checkTrial (subject: Subject, now: EpochSeconds): Promise<void> {
  const { trial = { paths: ['/*'] } } = subject.cdn
  await checkWhatIsGranted(subject, await signSample(subject, trial, now))
}
