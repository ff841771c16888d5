import { createHash } from 'node:crypto'
import { isIPv6, SocketAddress } from 'node:net'
import type { CdnKey } from '../../keys/key.js'

export interface NginxKey extends CdnKey {
  readonly secret: string
}

/** A scope such as `/v/:id/`, as a pattern of decoded paths. */
export interface NginxScope {
  /** A granted path of this scope. */
  readonly granted: RegExp
  /** What the location of nginx captures of a decoded path. */
  readonly captured: RegExp
  /** A path of this scope, to prove a key with. */
  readonly trial: string
}

/**
 * Reads a scope, or returns undefined. Its names count for nothing: each stands for one segment.
 */
export function readScope (scope: string): NginxScope | undefined {
  if (!/^\/(?:(?::[A-Za-z]\w*|[A-Za-z0-9_~-][A-Za-z0-9._~-]*)\/)*$/.test(scope)) return undefined
  const escaped = scope.replaceAll('.', '\\.')
  return {
    granted: new RegExp(`^${escaped.replace(/:\w+/g, '[^/*?]+')}\\*$`),
    captured: new RegExp(`^${escaped.replace(/:\w+/g, '[^/]+')}`),
    trial: `${scope.replace(/:\w+/g, 'trial')}*`
  }
}

/**
 * A path as nginx' `$uri` has it, one character for one byte: percent-decoded,
 * runs of slashes merged.
 */
export function decodedPath (path: string): string {
  const decoded = path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => byte(hex))
  return decoded.replace(/\/{2,}/g, '/')
}

/**
 * The bytes that nginx hashes: expiry and scope, the address where the block has it, a
 * space and the secret.
 */
export function nginxHash (
  { expires, scope, address }: { expires: string | number, scope: string, address: string },
  key: NginxKey
): Buffer {
  return createHash('md5').update(`${expires}${scope}${address} ${key.secret}`, 'latin1').digest()
}

/** An address as nginx' `$remote_addr` writes it: IPv6 lower-case and shortened. */
export function remoteAddress (ip: string): string {
  return isIPv6(ip) ? new SocketAddress({ address: ip, family: 'ipv6' }).address : ip
}

function byte (hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}
