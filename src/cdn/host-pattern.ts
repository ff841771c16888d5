import { domainToASCII } from 'node:url'
import * as errors from '../errors.js'

/** What of a CDN says at which addresses it answers. */
interface Addressed {
  readonly url: string
  readonly host?: string
}

/** The hosts of a CDN: one name, or whatever lies below it. */
export interface HostSpan {
  /** The host, or the part of a pattern that no wildcard touches: `example.com`. */
  readonly domain: string
  /** True where the hosts lie below the domain, and it is none of them. */
  readonly below: boolean
  /** As it is written: `media.example.com`, `*.example.com`. */
  readonly written: string
}

interface Pattern {
  readonly scheme: string
  /** What a host begins with, or the whole of it where there is no `end`. */
  readonly start: string
  /** What it ends with, from the wildcard on. */
  readonly end: string | undefined
  /** With its colon; empty for the scheme's own. */
  readonly port: string
}

const schemes = new Set(['https', 'http', 'http*'])

const form = /^([^:/]+):\/\/(\[[0-9a-f:.]+\]|[^:/[\]]+)(:[1-9]\d{0,4})?$/

/** A host as browsers send it: lower-case and ASCII. */
const address = /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9_-][a-z0-9._-]*)(:\d+)?$/

/**
 * Reads the pattern of the hosts at which a CDN answers, and gives it in its one form, lower-case:
 * a scheme, `http*` for both, and a host with at most one `*`, in its first label. The `*` stands
 * for any run of characters, also across dots.
 *
 * Whether the domain behind it is a public suffix is asked at registration, with the list of them.
 *
 * @throws CDN_ACCESS_HOST_INVALID
 */
export function readHostPattern (
  host: unknown,
  { name, url }: { name: string, url: string }
): string {
  const refuse: (rule: string) => never = (rule) => {
    throw new errors.CDN_ACCESS_HOST_INVALID(name, rule)
  }
  if (Array.isArray(host)) {
    refuse(
      'must be one pattern and no list: a policy holds one Resource, and a Domain and a Path hold ' +
        'one policy. Give a pattern that covers them, or register a CDN for each host'
    )
  }
  if (typeof host !== 'string') refuse('must be a pattern such as "https://*.example.com"')
  const text = host.toLowerCase()
  const [, scheme, hostname] = form.exec(text) ?? []
  if (scheme === undefined || hostname === undefined) {
    refuse('must be a scheme, a host and perhaps a port, such as "https://*.example.com"')
  }
  if (!schemes.has(scheme)) refuse('must begin with https://, http:// or http*://')
  refuseOddHost(hostname, refuse)
  if (!covers(readPattern(text), url)) {
    refuse(`must cover the CDN's own url, ${url}, with the same port`)
  }
  return text
}

/** True where a CDN answers at an origin: its own url, or one that its pattern covers. */
export function answersAt ({ url, host }: Addressed, origin: string): boolean {
  return host === undefined ? url === origin : covers(readPattern(host), origin)
}

/** True where a CDN answers at a host, whatever the scheme and the port. */
export function answersAtHost ({ url, host }: Addressed, hostname: string): boolean {
  return host === undefined
    ? new URL(url).hostname === hostname
    : coversHost(readPattern(host), hostname)
}

/** The hosts of a CDN. */
export function hostSpan ({ url, host }: Addressed): HostSpan {
  const pattern = host === undefined ? undefined : readPattern(host)
  if (pattern?.end === undefined) {
    const { hostname } = new URL(url)
    return { domain: hostname, below: false, written: hostname }
  }
  const { start, end } = pattern
  return { domain: end.slice(end.indexOf('.') + 1), below: true, written: `${start}*${end}` }
}

/**
 * Scheme, host and port of a request in their one form; for a `Host` that is none, a text that no
 * CDN answers at.
 */
export function originOf (protocol: string, host: string): string {
  const written = `${protocol}://${host}`.toLowerCase()
  return address.test(written) && URL.canParse(written) ? new URL(written).origin : written
}

function refuseOddHost (hostname: string, refuse: (rule: string) => never): void {
  if (/[^\0-\x7f]/.test(hostname)) {
    const ascii = domainToASCII(hostname.replaceAll('*', ''))
    refuse(
      'must be written as browsers send it: an international name in its punycode form' +
        (ascii === '' ? '' : `, such as ${JSON.stringify(ascii.replace(/^\.+/, ''))}`)
    )
  }
  if (hostname.includes('?')) refuse('must hold no "?": write a "*"')
  if (!hostname.includes('*')) return
  const [first = '', ...rest] = hostname.split('.')
  if (
    hostname.indexOf('*') !== hostname.lastIndexOf('*') || !/^[a-z0-9_-]*\*[a-z0-9_-]*$/.test(first)
  ) {
    refuse('may hold one "*", in the first label, such as "https://*.example.com"')
  }
  if (!rest.every((label) => /^[a-z0-9_-]+$/.test(label)) || /^\d*$/.test(rest.at(-1) ?? '')) {
    refuse('must end in a domain name behind its "*", such as ".example.com"')
  }
  if (rest.length < 2) {
    refuse(
      `is too wide: "${hostname}" covers hosts of others. Name a domain of your own behind the ` +
        '"*", such as "https://*.example.com"'
    )
  }
}

function readPattern (text: string): Pattern {
  const [, scheme = '', hostname = '', port = ''] = form.exec(text)!
  const [start = '', end] = hostname.split('*')
  return { scheme, start, end, port }
}

function covers (pattern: Pattern, origin: string): boolean {
  const [, scheme, hostname, port = ''] = address.exec(origin) ?? []
  return hostname !== undefined && port === pattern.port &&
    (pattern.scheme === scheme || pattern.scheme === 'http*') && coversHost(pattern, hostname)
}

function coversHost ({ start, end }: Pattern, hostname: string): boolean {
  return end === undefined
    ? hostname === start
    : hostname.length >= start.length + end.length && hostname.startsWith(start) &&
      hostname.endsWith(end)
}
