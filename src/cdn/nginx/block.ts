import * as errors from '../../errors.js'
import { flag, readElsewhere, type Rule, type Rules } from '../../input/fields.js'
import type { CdnFactoryOptions } from '../format/factory-options.js'
import { readScope, type NginxScope } from './scope.js'

/** What {@link nginx} takes beside its keys. */
export interface NginxSettings extends CdnFactoryOptions {
  /**
   * The folder that the block captures, such as `/v/:id/`; each `:name` is one segment.
   * `/` is the whole site. Or a name in a folder, `/hls/:name*`, for streams that lie side by side:
   * letters, digits and `_`, and behind them a `-` or a `.`.
   */
  readonly scope: string
  /** The cookie of the hash. Letters, digits and `_`. Default `cdn_access_hash`. */
  readonly hashCookie?: string
  /** The cookie of the expiry. Letters, digits and `_`. Default `cdn_access_expires`. */
  readonly expiresCookie?: string
  /**
   * True where the block hashes `$remote_addr` too: every grant then needs its `ip`. Default false.
   */
  readonly ip?: boolean
  /**
   * True where the block reads links too, which `signUrl` then makes: hash and expiry in the query,
   * for one file. Default false.
   */
  readonly links?: boolean
  /** With `links`: the argument of the hash. Letters, digits and `_`. Default `md5`. */
  readonly hashArgument?: string
  /** With `links`: the argument of the expiry. Letters, digits and `_`. Default `expires`. */
  readonly expiresArgument?: string
}

/** The arguments of a link, which its query is made of. */
export interface NginxArguments {
  readonly hashArgument: string
  readonly expiresArgument: string
}

/** What the block of nginx is set to. */
export interface NginxBlock {
  readonly scope: string
  readonly shape: NginxScope
  readonly hashCookie: string
  readonly expiresCookie: string
  /** True where it hashes the address. */
  readonly ip: boolean
  /** Undefined where it reads no links. */
  readonly links: NginxArguments | undefined
}

const scopeWords = 'a folder such as "/v/:id/": begin and end with a slash, ' +
  'with segments of A-Z a-z 0-9 . _ ~ - or :name between. Or a name in one, such as "/hls/:name*"'

/** The rules of the options that are nginx' own. */
export const blockRules: Rules = {
  scope: readElsewhere,
  hashCookie: variableRule('cookies'),
  expiresCookie: variableRule('cookies'),
  ip: flag,
  links: flag,
  hashArgument: variableRule('arguments'),
  expiresArgument: variableRule('arguments')
}

/**
 * Reads the options that say what the block is set to.
 *
 * @throws CDN_ACCESS_OPTION_INVALID
 */
export function readBlock (options: NginxSettings): NginxBlock {
  const {
    scope,
    hashCookie = 'cdn_access_hash',
    expiresCookie = 'cdn_access_expires',
    ip = false,
    links = false,
    hashArgument = 'md5',
    expiresArgument = 'expires'
  } = options
  const shape = typeof scope === 'string' ? readScope(scope) : undefined
  if (shape === undefined) throw new errors.CDN_ACCESS_OPTION_INVALID('scope', scopeWords)
  refuseOneName({ hashCookie, expiresCookie })
  refuseOneName({ hashArgument, expiresArgument })
  const given = (['hashArgument', 'expiresArgument'] as const).find((field) =>
    options[field] !== undefined
  )
  if (!links && given !== undefined) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(given, 'left out, or "links" true, which reads it')
  }
  return {
    scope,
    shape,
    hashCookie,
    expiresCookie,
    ip,
    links: links ? { hashArgument, expiresArgument } : undefined
  }
}

function refuseOneName (names: Readonly<Record<string, string>>): void {
  const [[first, one], [second, other]] = Object.entries(names) as [
    [string, string],
    [string, string]
  ]
  if (one.toLowerCase() === other.toLowerCase()) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      second,
      `another name than "${first}": nginx ignores case`
    )
  }
}

/** True where a space stands before the address that is hashed. */
export function isSpaced ({ shape, links }: Pick<NginxBlock, 'shape' | 'links'>): boolean {
  return shape.named || links !== undefined
}

/** A cookie or an argument that a variable `$cookie_…` or `$arg_…` can name. */
function variableRule (what: string): Rule {
  return {
    holds: (name) => typeof name === 'string' && /^\w{1,64}$/.test(name),
    words: `1 to 64 of A-Z a-z 0-9 _: nginx has no variable for other ${what}`
  }
}
