import {
  CDN_ACCESS_NAME_INVALID,
  CDN_ACCESS_OPTION_INVALID,
  CDN_ACCESS_OPTION_UNKNOWN,
  CDN_ACCESS_URL_INVALID
} from '../../errors.js'
import type { Keys } from '../../keys/key.js'
import type { CookieOptions } from '../cdn.js'

/** What every CDN factory takes. */
export interface CdnFactoryOptions<Entry> {
  /** Where viewers fetch: scheme, host and port, nothing else. */
  readonly url: string
  /** Tells two CDNs of a kind apart. Default: the factory's name. */
  readonly name?: string
  /** Key entries, or a source of them; in place of the shorthand fields. */
  readonly keys?: Keys<Entry>
  /** Overrides the plugin's cookie attributes for this CDN. */
  readonly cookie?: CookieOptions
}

const common = ['url', 'name', 'keys', 'cookie']

/** The options of a factory, checked, in the form that a {@link Cdn} holds them. */
export interface CheckedFactoryOptions {
  readonly name: string
  readonly url: string
  readonly keys: Keys
  readonly cookie?: CookieOptions
}

/**
 * Checks what all factories take. `entryFields` are the shorthand of one key entry, `ownFields` the format's
 * own options.
 */
export function checkFactoryOptions (
  options: object,
  factory: { name: string, entryFields: readonly string[], ownFields: readonly string[] }
): CheckedFactoryOptions {
  if (typeof options !== 'object' || options === null) {
    throw new CDN_ACCESS_OPTION_INVALID(factory.name, 'called with an object')
  }
  const { name = factory.name, url, keys, cookie } = options as Partial<CdnFactoryOptions<unknown>>
  refuseUnknown(options, factory.name, [...common, ...factory.entryFields, ...factory.ownFields])
  if (typeof name !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw new CDN_ACCESS_NAME_INVALID()
  }
  const entry = Object
    .fromEntries(Object.entries(options).filter(([field, value]) =>
      factory.entryFields.includes(field) && value !== undefined
    ))
  const hasEntry = Object.keys(entry).length > 0
  if (keys !== undefined && hasEntry) {
    throw new CDN_ACCESS_OPTION_INVALID(
      'keys',
      `left out beside ${factory.entryFields.join(', ')}, which are the shorthand of one entry`
    )
  }
  return {
    name,
    url: checkUrl(url, name),
    keys: keys ?? (hasEntry ? [entry] : []),
    ...(cookie === undefined ? {} : { cookie })
  }
}

/** Refuses by name what an object should not have. */
export function refuseUnknown (options: object, owner: string, known: readonly string[]): void {
  for (const field of Object.keys(options)) {
    if (!known.includes(field)) throw new CDN_ACCESS_OPTION_UNKNOWN(owner, field, known.join(', '))
  }
}

function checkUrl (url: unknown, name: string): string {
  const refuse = (rule: string): Error => new CDN_ACCESS_URL_INVALID(name, rule)
  if (typeof url !== 'string') throw refuse('it is not a string')
  if (!URL.canParse(url)) throw refuse('it is no URL')
  if (/[\s\\]/.test(url)) throw refuse('it holds a space or a backslash')
  const parsed = new URL(url)
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    throw refuse('its scheme must be https or http')
  }
  if (parsed.username !== '' || parsed.password !== '' || url.includes('@')) {
    throw refuse('it has a user name or a password')
  }
  if (/[?#]/.test(url)) throw refuse('it has a query or a fragment')
  if (!/^https?:\/\/[^/]+\/?$/i.test(url)) {
    throw refuse('it has a path, which belongs in the granted paths')
  }
  if (!/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(parsed.hostname)) {
    throw refuse('its host is no host name')
  }
  return parsed.origin
}
