import type { Check, Verdict } from '../cdn.js'
import { refusalFixes, type RefusalCode } from '../refusal-codes.js'

/** What a refusal can show: neither a key, nor a token, nor a cookie's value. */
export type Evidence = Pick<Check, 'expected' | 'found' | 'fix'>

/** Writes down a CDN's checks, one after the other. */
export interface Checklist {
  pass(name: string, detail: string): void
  /** Takes over finished checks, and ends where one of them fails, with the status of those. */
  take(checks: readonly Check[], failedWith?: number): void
  /** What every refusal from here on ends with: a finding that may be behind it. */
  suspect(detail: string): void
  /** Ends the checks with a refusal; its fix is that of the code, unless it has one of its own. */
  refuse(name: string, code: RefusalCode, detail: string, evidence?: Evidence): never
  /** Ends the checks where the edge can't know: answered with 503, so that players try again. */
  unavailable(name: string, code: RefusalCode, detail: string): never
}

/** Runs a CDN's checks; what is refused is answered with `status`. */
export async function verdict (
  status: number,
  run: (list: Checklist) => void | Promise<void>
): Promise<Verdict> {
  const checks: Check[] = []
  let suspicion = ''
  const addFailed: (...failed: Parameters<Checklist['refuse']>) => void = (
    name,
    code,
    detail,
    evidence
  ) => {
    const fix = refusalFixes[code]
    const words = redacted(detail + suspicion)
    checks.push({ name, ok: false, detail: words, code, fix, ...redactedFound(evidence) })
  }
  const list: Checklist = {
    pass: (name, detail) => {
      checks.push({ name, ok: true, detail })
    },
    take: (finished, failedWith = status) => {
      checks.push(...finished)
      if (!finished.every(({ ok }) => ok)) throw new Refused(failedWith)
    },
    suspect: (detail) => {
      suspicion += detail
    },
    refuse: (name, code, detail, evidence) => {
      addFailed(name, code, detail, evidence)
      throw new Refused(status)
    },
    unavailable: (name, code, detail) => {
      addFailed(name, code, detail)
      throw new Refused(503)
    }
  }
  try {
    await run(list)
    return { allowed: true, status: 200, checks }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { allowed: false, status: error.status, checks }
  }
}

/** The detail of a refusal where a request comes without access; `whose` begins the question. */
export function noAccess (found: string, whose: 'the cookie\'s' | 'the cookies\''): string {
  return `The request has ${found}: is this path granted, was access issued, ` +
    `and do ${whose} Domain and Path cover this request?`
}

/** A URL or a path may carry a signature itself. */
function redacted (text: string): string {
  return text.replace(/((?:Signature|hmac|URISigningPackage|edge-cache-token)=)[^/;&\s]+/g, '$1…')
}

function redactedFound (evidence: Evidence | undefined): Evidence {
  return evidence?.found === undefined
    ? { ...evidence }
    : { ...evidence, found: redacted(evidence.found) }
}

class Refused extends Error {
  readonly status: number

  constructor (status: number) {
    super()
    this.status = status
  }
}
