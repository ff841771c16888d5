import { createHash } from 'node:crypto'
import { isIPv6, SocketAddress } from 'node:net'
import type { NginxKey } from './key.js'

/** A scope such as `/v/:id/` or `/hls/:name*`, as a pattern of decoded paths. */
export interface NginxScope {
  /** A granted path of this scope. */
  readonly granted: RegExp
  /** What the location of nginx captures of a decoded path. */
  readonly captured: RegExp
  /** A path of this scope, to prove a key with. */
  readonly trial: string
  /** How code writes a granted path. */
  readonly template: string
  /** True where it ends inside a name, and not with a folder. */
  readonly named: boolean
}

/** What a name is made of where a scope ends inside one, and what must stand behind it. */
const name = '[A-Za-z0-9_]+'
const behindName = '(?=[-.])'

/**
 * Reads a scope, or returns undefined. What its names are called counts for nothing: each stands
 * for one segment, and one before a `*` for the beginning of one, up to the first `-` or `.`. All
 * other characters are refused there, so that nothing is taken for a part of another's name.
 */
export function readScope (scope: string): NginxScope | undefined {
  const [, folder, last] =
    /^(\/(?:(?::[A-Za-z]\w*|[A-Za-z0-9_~-][A-Za-z0-9._~-]*)\/)*)(:[A-Za-z]\w*\*)?$/.exec(scope) ??
      []
  if (folder === undefined) return undefined
  const named = last !== undefined
  const escaped = folder.replaceAll('.', '\\.')
  const path = scope.replace(/\*$/, '').replace(/:(\w+)/g, '$${$1}')
  return {
    granted: new RegExp(`^${escaped.replace(/:\w+/g, '[^/*?]+')}${named ? name : ''}\\*$`),
    captured: new RegExp(
      `^${escaped.replace(/:\w+/g, '[^/]+')}${named ? name + behindName : ''}`
    ),
    trial: `${folder.replace(/:\w+/g, 'trial')}${named ? 'trial' : ''}*`,
    template: `cdnPath${named ? '.glob' : ''}\`${path}*\``,
    named
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
 * The bytes that nginx hashes: the expiry, the scope or a link's path, the address where the block
 * has it, a space and the secret.
 */
export function nginxHash (
  { expires, signed, address }: { expires: string | number, signed: string, address: string },
  key: NginxKey
): Buffer {
  return createHash('md5').update(`${expires}${signed}${address} ${key.secret}`, 'latin1').digest()
}

/**
 * What stands between the signed text and the secret: nothing, or the address. Behind a folder's
 * slash an address can be told from the text; behind a name or a file it could be taken for a part
 * of it, `a1` and `1.2.3.4` for `a` and `11.2.3.4`, so that a space goes before.
 */
export function hashedAddress (ip: string | undefined, spaced: boolean): string {
  return ip === undefined ? '' : `${spaced ? ' ' : ''}${remoteAddress(ip)}`
}

/** An address as nginx' `$remote_addr` writes it: IPv6 lower-case and shortened. */
export function remoteAddress (ip: string): string {
  return isIPv6(ip) ? new SocketAddress({ address: ip, family: 'ipv6' }).address : ip
}

function byte (hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}
