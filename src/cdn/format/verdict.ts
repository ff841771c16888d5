import type { Check, Verdict } from '../cdn.js'

/** Writes down a CDN's checks, one after the other. */
export interface Checklist {
  pass(name: string, detail: string): void
  /** What every refusal from here on ends with: a finding that may be behind it. */
  suspect(detail: string): void
  /** Ends the checks with a refusal. */
  refuse(name: string, detail: string, status?: number): never
}

/**
 * Runs a CDN's checks; what is refused is answered with `status` unless the refusal names another.
 */
export async function verdict (
  status: number,
  run: (list: Checklist) => void | Promise<void>
): Promise<Verdict> {
  const checks: Check[] = []
  let suspicion = ''
  const list: Checklist = {
    pass: (name, detail) => {
      checks.push({ name, ok: true, detail })
    },
    suspect: (detail) => {
      suspicion += detail
    },
    refuse: (name, detail, ownStatus = status) => {
      checks.push({ name, ok: false, detail: detail + suspicion })
      throw new Refused(ownStatus)
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
  return `The request has ${found}: was access issued, ` +
    `and do ${whose} Domain and Path cover this request?`
}

class Refused extends Error {
  readonly status: number
  constructor (status: number) {
    super('refused')
    this.status = status
  }
}
