import type { Answer } from './route.js'
import type { CdnAccessFault } from './types.js'

export function createFault (
  code: CdnAccessFault['code'],
  { status, cause }: Answer = {},
  words?: string
): CdnAccessFault {
  const message = [`CDN access ${code}`, status, words ?? cause].filter(Boolean).join(': ')
  return Object.assign(new Error(message), { code, status, cause })
}
