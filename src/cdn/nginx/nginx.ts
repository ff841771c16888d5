import type { SecretInput } from '../../keys/secret-key.js'
import type { AccessCookie, Cdn, CdnGrant } from '../cdn.js'
import { base64Url } from '../format/base64.js'
import { separateCookiePaths } from '../format/cookie-path.js'
import { checkFactoryOptions, type WithKeys } from '../format/factory-options.js'
import { refuseGrant, refusePath } from '../format/refusals.js'
import { blockRules, isSpaced, readBlock, type NginxSettings } from './block.js'
import { checkNginx } from './check.js'
import { parseNginxKey, type NginxKey, type NginxKeyEntry } from './key.js'
import { refuseOddLink, writeLink } from './link.js'
import { decodedPath, hashedAddress, nginxHash, type NginxScope } from './scope.js'

export type { NginxKeyEntry } from './key.js'

/** One key entry of {@link nginx}. */
export interface NginxShorthand {
  /** Shorthand for one key entry. */
  readonly secret: SecretInput
}

/** What `nginx` takes: its settings, and one secret or `keys`. */
export type NginxOptions = NginxSettings & WithKeys<NginxKeyEntry, NginxShorthand>

/** No viewer's (RFC 5737): a key is proven with it. */
const documentationAddress = '192.0.2.1'

/**
 * nginx: `secure_link` over two cookies, which say until when one folder may be fetched, and over
 * the query of a link.
 *
 * @throws CDN_ACCESS_URL_INVALID, CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID
 * @see https://nginx.org/en/docs/http/ngx_http_secure_link_module.html
 */
export function nginx (options: NginxOptions): Cdn<NginxKey> {
  const checked = checkFactoryOptions(options, {
    name: 'nginx',
    entry: ['secret'],
    own: blockRules,
    noHost: 'a hash is bound to no host, and is good on every host that has the secret'
  })
  const block = readBlock(options)
  const { scope, shape, hashCookie, expiresCookie, ip, links } = block
  const { name, url } = checked
  const plan = (grant: CdnGrant): string[] => {
    refuseOtherScopes(name, block, grant.paths)
    refuseWhatNoHashHolds(name, grant, ip)
    return separateCookiePaths(grant.paths)
  }
  const planUrl = (grant: CdnGrant): void => {
    refuseOddLink(name, block, grant)
    refuseWhatNoHashHolds(name, grant, ip)
  }

  return {
    ...checked,
    cookieNames: [hashCookie, expiresCookie],
    format: { scope, hashCookie, expiresCookie, ip, ...links },
    trial: { paths: [shape.trial], ...(ip ? { ip: documentationAddress } : {}) },
    keyFields: { key: 'secret' },
    parseKey: (entry) => parseNginxKey(entry, name),
    plan,
    sign: async (grant, key) => {
      const cookiePaths = plan(grant)
      // nginx takes cookies through the whole second that they name.
      const expires = grant.expiresAt - 1
      const address = hashedAddress(grant.ip, isSpaced(block))
      return grant.paths.flatMap((granted, index): AccessCookie[] => {
        const path = cookiePaths[index]!
        const signed = decodedPath(granted.slice(0, -1))
        const hash = nginxHash({ expires, signed, address }, key)
        return [
          { name: hashCookie, value: base64Url.encode(hash), path },
          { name: expiresCookie, value: String(expires), path }
        ]
      })
    },
    check: (request, keys) => checkNginx(block, request, keys),
    planUrl,
    signUrl: async (target, grant, key) => {
      planUrl(grant)
      return writeLink(name, block, { url, target, grant, key })
    }
  }
}

function refuseOtherScopes (
  name: string,
  { scope, shape }: { scope: string, shape: NginxScope },
  paths: readonly string[]
): void {
  const other = paths.find((path) => !shape.granted.test(path))
  if (other === undefined) return
  const names = shape.named
    ? '. A name is of A-Z a-z 0-9 _ alone, for nginx could not tell where another ends'
    : ''
  refusePath(
    name,
    other,
    `nginx captures "${scope}" alone. Grant ${shape.template}, name such folders in "paths", or ` +
      `change "scope" and the block${names}`
  )
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
