import * as errors from '../../errors.js'
import {
  checkFields,
  given,
  isFields,
  isName,
  readElsewhere,
  type Rules
} from '../../input/fields.js'
import type { Keys } from '../../keys/key.js'
import type { CookieOptions } from '../cdn.js'

/** What every CDN factory takes, beside its keys. */
export interface CdnFactoryOptions {
  /** Where viewers fetch: scheme, host and port, nothing else. */
  readonly url: string
  /** Tells two CDNs of a kind apart. Default: the factory's name. */
  readonly name?: string
  /** Overrides the plugin's cookie attributes for this CDN. */
  readonly cookie?: CookieOptions
}

/**
 * A factory's keys: the fields of one entry as a shorthand, or `keys`. Both together, or neither,
 * do not compile.
 */
export type WithKeys<Entry, Shorthand> =
  | (KeyList<Entry> & { readonly [Field in FieldOf<Shorthand>]?: undefined })
  | (Shorthand & { readonly keys?: undefined })

/** Key entries, in place of the shorthand fields. */
export interface KeyList<Entry> {
  /** Key entries, or a source of them; in place of the shorthand fields. */
  readonly keys: Keys<Entry>
}

/** The fields of every member of a union. */
type FieldOf<Shape> = Shape extends unknown ? keyof Shape : never

/** What a factory is called, and what it takes beside that. */
export interface FactoryRules {
  readonly name: string
  /** The fields that are the shorthand of one key entry. */
  readonly entry: readonly string[]
  /** The format's own options. */
  readonly own: Rules
  /** Why there is no option `host`; left out where there is one. */
  readonly noHost?: string
}

/** The options of a factory, checked, in the form that a {@link Cdn} holds them. */
export interface CheckedFactoryOptions {
  readonly name: string
  readonly url: string
  readonly keys: Keys
  readonly cookie?: CookieOptions
}

/** What the registration checks, where it is known which CDN it is for. */
const common = {
  url: readElsewhere,
  name: readElsewhere,
  keys: readElsewhere,
  cookie: readElsewhere
}

/** Checks the options of a factory: what all of them take, and the format's own by their rules. */
export function checkFactoryOptions (
  options: object,
  factory: FactoryRules
): CheckedFactoryOptions {
  if (!isFields(options)) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(factory.name, 'called with an object')
  }
  if (factory.noHost !== undefined && (options as { host?: unknown }).host !== undefined) {
    throw new errors.CDN_ACCESS_HOST_INVALID(factory.name, `must be left out: ${factory.noHost}`)
  }
  const entryRules = Object.fromEntries(factory.entry.map((field) => [field, readElsewhere]))
  checkFields(options, factory.name, { ...common, ...entryRules, ...factory.own })
  const { name = factory.name, url, keys, cookie } = options as Partial<
    CdnFactoryOptions & KeyList<unknown>
  >
  if (!isName(name)) throw new errors.CDN_ACCESS_NAME_INVALID()
  const entry = given(Object.fromEntries(factory.entry.map((field) => [field, options[field]])))
  const hasEntry = Object.keys(entry).length > 0
  if (keys !== undefined && hasEntry) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'keys',
      `left out beside ${factory.entry.join(', ')}, which are the shorthand of one entry`
    )
  }
  return {
    name,
    url: checkUrl(url, name),
    keys: keys ?? (hasEntry ? [entry] : []),
    ...(cookie === undefined ? {} : { cookie })
  }
}

function checkUrl (url: unknown, name: string): string {
  const refuse: (rule: string) => never = (rule) => {
    throw new errors.CDN_ACCESS_URL_INVALID(name, rule)
  }
  if (typeof url !== 'string') refuse('it is not a string')
  if (!URL.canParse(url)) refuse('it is no URL')
  if (/[\s\\]/.test(url)) refuse('it holds a space or a backslash')
  const parsed = new URL(url)
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    refuse('its scheme must be https or http')
  }
  if (parsed.username !== '' || parsed.password !== '' || url.includes('@')) {
    refuse('it has a user name or a password')
  }
  if (/[?#]/.test(url)) refuse('it has a query or a fragment')
  if (!/^https?:\/\/[^/]+\/?$/i.test(url)) {
    refuse('it has a path, which belongs in the granted paths')
  }
  if (!/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(parsed.hostname)) {
    refuse('its host is no host name')
  }
  return parsed.origin
}
