import * as errors from '../../errors.js'
import { flag, readElsewhere, type Rule } from '../../input/fields.js'
import type { KeyValidity } from '../../keys/key.js'
import { checkEntry, parseValidity } from '../../keys/key-entry.js'
import { secretIdentity } from '../../keys/secret-key.js'
import type { AccessCookie, Cdn, CdnGrant } from '../cdn.js'
import { base64Url } from '../format/base64.js'
import { separateCookiePaths } from '../format/cookie-path.js'
import {
  checkFactoryOptions,
  type CdnFactoryOptions,
  type WithKeys
} from '../format/factory-options.js'
import { refuseGrant, refusePath } from '../format/refusals.js'
import { checkNginx } from './check.js'
import { decodedPath, nginxHash, readScope, remoteAddress, type NginxKey } from './scope.js'

/** One secret that the nginx block hashes. */
export interface NginxKeyEntry extends KeyValidity {
  /** At least 22 of `A-Z a-z 0-9 - _ . ~ + / =`: what 128 random bits take in base64url. */
  readonly secret: string
}

/** One key entry of {@link nginx}. */
export interface NginxShorthand {
  /** Shorthand for one key entry. */
  readonly secret: string
}

/** What {@link nginx} takes beside its keys. */
export interface NginxSettings extends CdnFactoryOptions {
  /**
   * The folder that the block captures, such as `/v/:id/`; each `:name` is one segment.
   * `/` is the whole site.
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
}

export type NginxOptions = NginxSettings & WithKeys<NginxKeyEntry, NginxShorthand>

const identityLength = 8

const scopeWords = 'a folder such as "/v/:id/": begin and end with a slash, ' +
  'with segments of A-Z a-z 0-9 . _ ~ - or :name between'

const secretWords = 'at least 22 of A-Z a-z 0-9 - _ . ~ + / =: 128 random bits in base64url, ' +
  'and nothing that has a meaning in a file of nginx'

/** A cookie that a variable `$cookie_…` can name. */
const variableRule: Rule = {
  holds: (name) => typeof name === 'string' && /^\w{1,64}$/.test(name),
  words: '1 to 64 of A-Z a-z 0-9 _: nginx has no variable for other cookies'
}

/** No viewer's (RFC 5737): a key is proven with it. */
const documentationAddress = '192.0.2.1'

/**
 * nginx: `secure_link` over two cookies, which say until when one folder may be fetched.
 *
 * @throws CDN_ACCESS_URL_INVALID, CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID
 * @see https://nginx.org/en/docs/http/ngx_http_secure_link_module.html
 */
export function nginx (options: NginxOptions): Cdn<NginxKey> {
  const checked = checkFactoryOptions(options, {
    name: 'nginx',
    entry: ['secret'],
    own: { scope: readElsewhere, hashCookie: variableRule, expiresCookie: variableRule, ip: flag },
    noHost: 'a hash is bound to no host, and is good on every host that has the secret'
  })
  const {
    scope,
    hashCookie = 'cdn_access_hash',
    expiresCookie = 'cdn_access_expires',
    ip = false
  } = options
  const shape = typeof scope === 'string' ? readScope(scope) : undefined
  if (shape === undefined) throw new errors.CDN_ACCESS_OPTION_INVALID('scope', scopeWords)
  if (hashCookie.toLowerCase() === expiresCookie.toLowerCase()) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'expiresCookie',
      'another name than "hashCookie": nginx ignores case'
    )
  }
  const { name } = checked
  const format = { scope, hashCookie, expiresCookie, ip }
  const plan = (grant: CdnGrant): string[] => {
    const other = grant.paths.find((path) => !shape.granted.test(path))
    if (other !== undefined) {
      const template = `cdnPath\`${scope.replace(/:(\w+)/g, '$${$1}')}*\``
      refusePath(
        name,
        other,
        `nginx captures "${scope}" alone. Grant ${template}, name such folders in "paths", or ` +
          'change "scope" and the block'
      )
    }
    refuseWhatNoHashHolds(name, grant, ip)
    return separateCookiePaths(grant.paths)
  }

  return {
    ...checked,
    cookieNames: [hashCookie, expiresCookie],
    format,
    trial: { paths: [shape.trial], ...(ip ? { ip: documentationAddress } : {}) },
    parseKey: (entry) => parseNginxKey(entry, name),
    plan,
    sign: async (grant, key) => {
      plan(grant)
      // nginx takes cookies through the whole second that they name.
      const expires = grant.expiresAt - 1
      const address = grant.ip === undefined ? '' : remoteAddress(grant.ip)
      return grant.paths.flatMap((granted): AccessCookie[] => {
        const path = granted.slice(0, -1)
        const hash = nginxHash({ expires, scope: decodedPath(path), address }, key)
        return [
          { name: hashCookie, value: base64Url.encode(hash), path },
          { name: expiresCookie, value: String(expires), path }
        ]
      })
    },
    check: (request, keys) => checkNginx({ ...format, captured: shape.captured }, request, keys)
  }
}

function parseNginxKey (entry: unknown, cdn: string): NginxKey {
  const checked = checkEntry<NginxKeyEntry>(entry, ['secret', 'notBefore', 'notAfter'], cdn)
  const { secret } = checked
  if (typeof secret !== 'string' || !/^[A-Za-z0-9\-_.~+/=]{22,}$/.test(secret)) {
    throw new errors.CDN_ACCESS_KEY_SECRET_INVALID('secret', secretWords)
  }
  const identity = secretIdentity(Buffer.from(secret))
  return {
    id: identity.slice(0, identityLength),
    identity,
    canSign: true,
    ...parseValidity(checked),
    secret
  }
}

function refuseWhatNoHashHolds (name: string, grant: CdnGrant, hashesAddress: boolean): void {
  const refuse = (field: string, why: string): never => refuseGrant(name, field, why)
  if (grant.claims !== undefined) refuse('claims', 'a hash has room for none. Leave it out')
  if (grant.notBefore !== undefined) {
    refuse('notBefore', 'secure_link knows an end and no start. Issue access when it begins')
  }
  if (!hashesAddress && grant.ip !== undefined) {
    refuse(
      'ip',
      'the block does not hash it. Add $remote_addr to secure_link_md5 and set "ip" to true'
    )
  }
  if (hashesAddress && grant.ip === undefined) {
    refuse('ip', 'the block hashes the address, as "ip" is true: each grant needs it')
  }
  if (grant.ip?.includes('/') === true) {
    refuse('ip', 'a hash holds one address and no range. Give a single address')
  }
}
