import { planParts, pathsAt } from '../access/parts.js'
import type { Check } from '../cdn/cdn.js'
import { resolveOptions, type CdnAccessConfig } from '../config/config.js'
import { loadSuffixes } from '../config/cookie-options.js'
import { defaultPrefix } from '../config/env.js'
import { checkOptions } from '../config/options.js'
import { hostWithin, type AccessCdn } from '../cookies/cookies.js'
import { defaultProxyBytes } from '../cookies/line-size.js'
import { silence } from '../key-ring/key-events.js'
import { openKeyRing } from '../key-ring/key-ring.js'
import type { EpochSeconds } from '../time.js'
import type { Configuration } from './configuration.js'
import { healthy, unhealthy } from './finding.js'

/** Where it all is used, as far as that is known. */
export interface Surroundings {
  readonly api: URL | undefined
  readonly page: URL | undefined
  readonly now: EpochSeconds
}

/** Checks all of a configuration that can be checked without a network. */
export async function examine (
  { options }: Configuration,
  surroundings: Surroundings
): Promise<Check[]> {
  let config: CdnAccessConfig
  try {
    checkOptions(options)
    config = await resolveOptions({ authorize: Boolean, ...options }, defaultPrefix)
  } catch (error) {
    return [failure('options', error)]
  }
  const left = options.authorize === undefined
    ? ' Not looked at: "authorize", which is elsewhere.'
    : ''
  const checks = [
    healthy('options', `Each has a value that it may have.${left}`),
    lifeOf(config)
  ]
  for (const target of config.rules.targets) {
    checks.push(hostOf(target, surroundings), await siteOf(target, surroundings))
    checks.push(...await keysOf(target, config, surroundings.now))
  }
  return checks
}

/** The package's errors say the way out themselves. */
export function failure (name: string, error: unknown): Check {
  const { code = 'failed', message } = error as Error & { code?: string }
  return unhealthy(name, code, `${message}.`, 'Change what the message names.')
}

function lifeOf ({ rules: { ttl, refreshBefore } }: CdnAccessConfig): Check {
  return ttl >= 60
    ? healthy('life', `Access lives ${ttl} s, and is renewed ${refreshBefore} s before its end.`)
    : unhealthy(
      'life',
      'ttl-short',
      `Access lives ${ttl} s, which is shorter than clocks and networks are exact.`,
      'Give it a minute or more: 10m is the default.'
    )
}

function hostOf ({ cdn, attributes: { domain } }: AccessCdn, { api }: Surroundings): Check {
  const name = `domain of ${cdn.name}`
  const host = new URL(cdn.url).hostname
  if (api === undefined) {
    return healthy(
      name,
      `${domain ?? 'The API\'s own host'}; --api says whether the API may set that.`
    )
  }
  const reaches = domain === undefined ? api.hostname === host : hostWithin(api.hostname, domain)
  return reaches
    ? healthy(name, `Cookies of ${api.hostname} reach ${host}.`)
    : unhealthy(
      name,
      'domain-unreachable',
      `The API is at ${api.hostname}, and its cookies do not reach ${host}.`,
      'Serve both below one parent domain, and name it in cookie.domain.',
      { expected: domain ?? host, found: api.hostname }
    )
}

/** Whether a page of another site embeds the files: Lax cookies are then not sent. */
async function siteOf (
  { cdn, attributes: { sameSite } }: AccessCdn,
  { page }: Surroundings
): Promise<Check> {
  const name = `site of ${cdn.name}`
  const own = new URL(cdn.url)
  if (page === undefined || sameSite === 'none' || await isSameSite(page, own)) {
    return healthy(name, `SameSite ${sameSite} fits.`)
  }
  return unhealthy(name, 'same-site-embed', sameSiteWords(page, own, sameSite), sameSiteFix, {
    expected: 'none, Secure and Partitioned',
    found: sameSite
  })
}

export const sameSiteFix =
  'For a page of another site: cookie: { sameSite: "none", partitioned: true }, over https.'

export function sameSiteWords (page: URL, cdn: URL, sameSite: string): string {
  return `The page at ${page.hostname} is of another site than ${cdn.hostname}: with SameSite ` +
    `${sameSite} a browser sends it no cookies there.`
}

/**
 * Scheme and registrable domain count.
 *
 * @see https://html.spec.whatwg.org/multipage/browsers.html#same-site
 */
export async function isSameSite (first: URL, second: URL): Promise<boolean> {
  if (first.protocol !== second.protocol) return false
  if (first.hostname === second.hostname) return true
  const { getPublicSuffix } = await loadSuffixes()
  const [one, other] = [first, second].map(({ hostname }) => {
    const suffix = getPublicSuffix(hostname, { allowPrivateDomains: true }) ?? hostname
    return `${hostname.slice(0, -suffix.length).split('.').at(-2) ?? ''}.${suffix}`
  })
  return one === other
}

/** The keys prove themselves, and sign what the `paths` option grants, to see how large that is. */
async function keysOf (
  target: AccessCdn,
  { rules: { paths, ttl }, pathsGiven }: CdnAccessConfig,
  now: EpochSeconds
): Promise<Check[]> {
  const { cdn } = target
  const name = `keys of ${cdn.name}`
  try {
    const ring = await openKeyRing(cdn, { log: silence, now: () => now, prove: true })
    ring.close()
    const { key } = ring.signingKey(now, now + ttl)
    const own = healthy(
      name,
      `${ring.accepted(now).map(({ id }) => id).join(', ')}; ${key.id} signs.`
    )
    const { trial = { paths: ['/*'] } } = cdn
    const grant = pathsGiven ? { paths: pathsAt(paths, target) } : trial
    const [part] = planParts([{ target, grant }])
    const cookies = await cdn.sign({ ...part!.grant, expiresAt: now + ttl, issuedAt: now }, key)
    const bytes = cookies.reduce(
      (sum, cookie) =>
        sum + cookie.name.length + cookie.value.length + cookie.path.length + attributes,
      0
    )
    return [own, sizeOf(cdn.name, bytes, part!.grant.paths.length)]
  } catch (error) {
    return [failure(name, error)]
  }
}

/** What `; Max-Age=…; Domain=…; Path=; HttpOnly; Secure; SameSite=Lax` takes, about. */
const attributes = 80

function sizeOf (name: string, bytes: number, paths: number): Check {
  const words = `${paths === 1 ? 'One path takes' : `${paths} paths take`} about ${bytes} bytes`
  return bytes <= defaultProxyBytes
    ? healthy(`size of ${name}`, `${words}.`)
    : unhealthy(
      `size of ${name}`,
      'cookies-large',
      `${words}: a proxy with a buffer of 4 kB, nginx' default, answers 502.`,
      'Grant one common prefix, use EC keys, or raise the proxy\'s buffer.'
    )
}
