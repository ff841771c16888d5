import fastq from 'fastq'
import * as errors from '../errors.js'
import { checkFields, readElsewhere, type Rule, type Rules } from '../input/fields.js'
import type { SignatureAlgorithm, SignerToOpen } from '../keys/private-key.js'
import type { PublicKeyInput } from '../keys/public-key.js'
import { NoAnswerInTime, parseDuration, retryAfter, type Duration } from '../time.js'
import { errorKind, isOwnError } from './load-failure.js'
import { patiently, type Patience } from './patience.js'

/** How many calls of a signer elsewhere are under way, and how long one may take. */
export interface RemoteSignerLimits {
  /** How many signatures are asked for at a time: 1 to 1,000, default 25. */
  readonly concurrency?: number
  /**
   * How long a signature may take, waiting and retries included: default 8s, at least 1s, at most
   * 60s. **Keep it below the plugin's `signTimeout`**, or its error is never seen.
   */
  readonly timeout?: Duration
}

/** A key that signs in a service elsewhere. */
export interface RemoteSignerOptions extends RemoteSignerLimits {
  /** What errors call it: 1 to 64 of A-Z a-z 0-9 _ -. */
  readonly name: string
  /** Asks for the public half. `signal` is aborted where an attempt takes longer than 2 seconds. */
  readonly publicKey: (
    details: { readonly signal: AbortSignal }
  ) => PublicKeyInput | Promise<PublicKeyInput>
  /** Yields the raw signature: PKCS#1 v1.5 for RSA, ASN.1 DER for ECDSA, 64 bytes for Ed25519. */
  readonly sign: (
    data: Uint8Array,
    details: { readonly algorithm: SignatureAlgorithm, readonly signal: AbortSignal }
  ) => Uint8Array | Promise<Uint8Array>
  /**
   * True of a failure after which the same call may work, such as throttling. Default: of none. An
   * attempt without an answer is always tried again.
   */
  readonly isTransient?: (error: unknown) => boolean
  /**
   * What a failure is, in words for a log, and what to do. Never key material. Default: its class
   * and code.
   */
  readonly explain?: (error: unknown) => string
}

interface Order {
  readonly data: Uint8Array
  readonly algorithm: SignatureAlgorithm
  readonly deadline: number
}

const mostWaiting = 1000

const isCall: Rule = { holds: (value) => typeof value === 'function', words: 'a function' }

const rules: Rules = {
  name: {
    holds: (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value),
    words: '1 to 64 of A-Z a-z 0-9 _ -'
  },
  concurrency: {
    holds: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1000,
    words: 'a whole number from 1 to 1000'
  },
  timeout: readElsewhere,
  publicKey: isCall,
  sign: isCall,
  isTransient: isCall,
  explain: isCall
}

/**
 * A signer over any service that keeps a key, with what each of them needs: a queue of at most
 * 1,000, a time limit, and retries at random times after failures that pass. A signature is checked
 * against the public half before it is used, as with every signer.
 *
 * @throws CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID, CDN_ACCESS_DURATION_INVALID. Its
 * signer throws CDN_ACCESS_SIGNER_FAILED, CDN_ACCESS_SIGNER_TIMEOUT and CDN_ACCESS_BUSY.
 */
export function remoteSigner (options: RemoteSignerOptions): SignerToOpen {
  checkFields(options, 'remoteSigner', rules)
  const { name, publicKey, sign, concurrency = 25 } = options
  const { isTransient = () => false, explain = errorKind } = options
  for (const [field, value] of Object.entries({ name, publicKey, sign })) {
    if (value === undefined) throw new errors.CDN_ACCESS_OPTION_INVALID(field, 'given')
  }
  const seconds = readTimeout(options)
  const queue = fastq.promise(signInTime, concurrency)

  async function signInTime ({ data, algorithm, deadline }: Order): Promise<Uint8Array> {
    return ask({ deadline, isTransient }, async (signal) => sign(data, { algorithm, signal }))
  }

  async function ask<Answer> (
    patience: Patience,
    call: (signal: AbortSignal) => Promise<Answer>
  ): Promise<Answer> {
    try {
      return await patiently(patience, call)
    } catch (error) {
      throw isOwnError(error) ? error : failureOf(error)
    }
  }

  function failureOf (error: unknown): Error {
    const isSilent = error instanceof NoAnswerInTime
    const why = isSilent ? 'it did not answer' : explain(error)
    return isSilent || isTransient(error)
      ? retryAfter(new errors.CDN_ACCESS_SIGNER_TIMEOUT(name, seconds, why), seconds)
      : new errors.CDN_ACCESS_SIGNER_FAILED(name, why)
  }

  function deadlineFromNow (): number {
    return performance.now() + seconds * 1000
  }

  return {
    open: async ({ signal }) => ({
      publicKey: await ask(
        { deadline: deadlineFromNow(), isTransient, signal },
        async (given) => publicKey({ signal: given })
      ),
      sign: async (data, { algorithm }) => {
        if (queue.length() >= mostWaiting) throw retryAfter(new errors.CDN_ACCESS_BUSY(), 1)
        return queue.push({ data, algorithm, deadline: deadlineFromNow() })
      }
    })
  }
}

function readTimeout ({ timeout = 8 }: RemoteSignerLimits): number {
  const seconds = parseDuration(timeout, 'timeout')
  if (seconds < 1 || seconds > 60) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('timeout', 'at least 1s and at most 60s')
  }
  return seconds
}
