import type { Check } from '../cdn/cdn.js'

/** Something that is as it should be. */
export function healthy (name: string, detail: string): Check {
  return { name, ok: true, detail }
}

/** Something that is not, and what to do about it. */
export function unhealthy (
  name: string,
  code: string,
  detail: string,
  fix: string,
  evidence: Pick<Check, 'expected' | 'found'> = {}
): Check {
  return { name, ok: false, detail, code, fix, ...evidence }
}
