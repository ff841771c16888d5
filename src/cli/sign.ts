import { planUrl, type AccessCookie, type Cdn, type CdnGrant } from '../cdn/cdn.js'
import { parseStaticPath, pathKind } from '../cdn/cdn-path.js'
import { readLimits } from '../access/limits.js'
import { parseDuration, secondsOf, type EpochSeconds } from '../time.js'
import { textOf, type Arguments } from './arguments.js'
import { openKeys, readConfiguration } from './configuration.js'
import type { ExitCode } from './command.js'
import type { Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

/** Signed cookies, and until when they are good. */
interface SignedCookies {
  readonly cdn: Cdn
  readonly cookies: readonly AccessCookie[]
  readonly expiresAt: EpochSeconds
}

/** How cookies are printed. */
const formats: Readonly<Record<string, (signed: SignedCookies) => string>> = {
  header: ({ cookies }) => `Cookie: ${pairsOf(cookies)}\n`,
  curl: ({ cookies }) => `--cookie '${pairsOf(cookies)}'\n`,
  jar: jarOf,
  json: ({ cdn, cookies, expiresAt }) =>
    `${JSON.stringify({ cdn: cdn.name, url: cdn.url, expiresAt, cookies }, null, 2)}\n`
}

/** `sign`: cookies or a signed URL, on the standard output alone. */
export async function signCommand (given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const [name, target, ...more] = given.positionals
  if (name === undefined || target === undefined || more.length > 0) {
    throw new UsageError('Give a CDN and a path, such as sign cloudfront "/courses/42/*"')
  }
  const format = formats[textOf(given, 'format') ?? 'header']
  if (format === undefined) {
    throw new UsageError(`--format must be one of ${Object.keys(formats).join(', ')}`)
  }
  const configuration = await readConfiguration(given, terminal)
  if (configuration === undefined) {
    throw new UsageError(
      'There is no key: set CDN_ACCESS_CDN and the variables beside it, or give --config'
    )
  }
  const cdn = findCdn(configuration.cdns, name)
  const [path = '', ...query] = target.split('?')
  const now = secondsOf(terminal.now)
  const ip = textOf(given, 'ip')
  const grant: CdnGrant = {
    paths: [parseStaticPath(path)],
    issuedAt: now,
    expiresAt: now + parseDuration(textOf(given, 'ttl') ?? '10m', 'ttl'),
    ...(ip === undefined ? {} : readLimits({ ip: { cidr: ip } }, now))
  }
  const rings = await openKeys(configuration, terminal)
  try {
    const { key } = rings.get(cdn.name)!.signingKey(now, grant.expiresAt)
    if (!given.flags.has('url')) {
      if (query.length > 0) {
        throw new UsageError('Cookies are for a path without a query: add --url')
      }
      cdn.plan(grant)
      const cookies = await cdn.sign(grant, key)
      terminal.out(format({ cdn, cookies, expiresAt: grant.expiresAt }))
      return 0
    }
    if (cdn.signUrl === undefined || pathKind(path) !== 'exact') {
      throw new UsageError(
        cdn.signUrl === undefined
          ? `${cdn.name} has no signed URLs`
          : 'A URL is of one file: give it without a wildcard'
      )
    }
    planUrl(cdn, grant)
    terminal.out(`${await cdn.signUrl({ path, query: query.join('?') }, grant, key)}\n`)
    return 0
  } finally {
    for (const ring of rings.values()) ring.close()
  }
}

function findCdn (cdns: readonly Cdn[], name: string): Cdn {
  const cdn = cdns.find((each) => each.name === name) ??
    (cdns.length === 1 && sameName(cdns[0]!.name, name) ? cdns[0] : undefined)
  if (cdn === undefined) {
    throw new UsageError(
      `There is no CDN of this name: there is ${cdns.map((each) => each.name).join(', ')}`
    )
  }
  return cdn
}

/** The variable says `google-cloud-cdn`, and the factory is `googleCloudCdn`. */
function sameName (first: string, second: string): boolean {
  const [one, other] = [first, second].map((name) => name.replaceAll('-', '').toLowerCase())
  return one === other
}

function pairsOf (cookies: readonly AccessCookie[]): string {
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
}

/** Netscape's format, which curl reads: for the CDN's own host alone. */
function jarOf ({ cdn, cookies, expiresAt }: SignedCookies): string {
  const { hostname, protocol } = new URL(cdn.url)
  const secure = protocol === 'https:' ? 'TRUE' : 'FALSE'
  const lines = cookies.map(({ name, value, path }) =>
    [`#HttpOnly_${hostname}`, 'FALSE', path, secure, expiresAt, name, value].join('\t')
  )
  return ['# Netscape HTTP Cookie File', ...lines, ''].join('\n')
}
