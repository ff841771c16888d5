import type { Cdn, CdnGrant } from '../cdn/cdn.js'
import { answersAt } from '../cdn/host-pattern.js'
import { codeOrKind } from '../key-ring/load-failure.js'
import { secondsOf } from '../time.js'
import { openKeys, type Configuration } from './configuration.js'
import type { Terminal } from './terminal.js'

/** A `Cookie` header whose access is over, or why none could be signed. */
export type ExpiredCookies = { readonly cookies: string } | { readonly why: string }

/** Clocks differ by seconds: a CDN whose own is right refuses what ended so long ago. */
const endedSeconds = 60

/** Access to a file that ended a minute ago, signed with the key that is configured for it. */
export async function expiredCookies (
  configuration: Configuration | undefined,
  file: URL,
  terminal: Terminal
): Promise<ExpiredCookies> {
  const cdn = configuration?.cdns.find((each) => answersAt(each, file.origin))
  if (configuration === undefined || cdn === undefined) {
    return { why: `no key: no CDN at ${file.origin} is configured` }
  }
  const now = secondsOf(terminal.now)
  const grant = grantFor(cdn, file.pathname, now - endedSeconds)
  if (grant === undefined) return { why: 'its format holds neither this file nor its folder' }
  try {
    const rings = await openKeys({ ...configuration, cdns: [cdn] }, terminal)
    const ring = rings.get(cdn.name)!
    ring.close()
    const cookies = await cdn.sign(grant, ring.signingKey(now, now).key)
    return { cookies: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') }
  } catch (error) {
    return { why: `no key that signs: ${codeOrKind(error)}` }
  }
}

/** The file itself, or where a format can't hold that its folder. */
function grantFor (cdn: Cdn, path: string, expiresAt: number): CdnGrant | undefined {
  const folder = `${path.slice(0, path.lastIndexOf('/'))}/*`
  return [path, folder].map((own) => ({ paths: [own], expiresAt })).find((grant) => {
    try {
      cdn.plan(grant)
      return true
    } catch {
      return false
    }
  })
}

/**
 * The same cookies with other signatures: in each long value a character well before the end, for
 * the last one of base64 may hold bits that nobody reads.
 */
export function foreignCookies (cookies: string): string {
  return cookies.replace(
    /([^;=\s])([^;=\s]{8}[=_]{0,2})(?=;|$)/g,
    (_, character: string, end: string) => `${character === '0' ? '1' : '0'}${end}`
  )
}
