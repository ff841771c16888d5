import { registry } from '../cdn/registry.js'
import { isFields } from '../input/fields.js'
import { defaultPrefix } from './env.js'

/** The variables that fill the plugin's own options. */
const ownVariables: Readonly<Record<string, readonly string[]>> = {
  paths: ['PATHS'],
  ttl: ['TTL'],
  refreshBefore: ['REFRESH_BEFORE'],
  'cookie.domain': ['COOKIE_DOMAIN'],
  'cookie.sameSite': ['COOKIE_SAME_SITE'],
  route: ['ROUTE']
}

/** The variables that fill options of a factory, where the CDN itself comes from a variable. */
const cdnVariables = new Map<string, Set<string>>([['url', new Set(['URL'])]])
for (const { variables } of registry) {
  for (const [variable, option] of Object.entries(variables)) {
    const names = cdnVariables.get(option) ?? new Set()
    cdnVariables.set(option, names.add(variable))
    if (variable !== 'PRIVATE_KEY') continue
    names.add('PRIVATE_KEY_FILE')
    // What is said of a CDN without any key names this option.
    cdnVariables.set('keys', names)
  }
}

/**
 * The error of a registration, which names options: where the value of one came from a variable,
 * its message then names that as well. `options` are what the code gave.
 */
export function nameVariables (error: unknown, options: object): unknown {
  const { env, cdn } = options as { env?: unknown, cdn?: unknown }
  if (!(error instanceof Error) || env === false) return error
  const { prefix = defaultPrefix, data } = Object(env) as { prefix?: string, data?: object }
  const variables = { ...process.env, ...data } as Record<string, string | undefined>
  const isSet = (name: string): boolean => (variables[name] ?? '') !== ''
  const makesCdn = cdn === undefined && isSet(`${prefix}CDN`)
  const named = namedOptions(error).flatMap((option) => {
    const own = isGiven(options, option) ? undefined : ownVariables[option]
    const names = own ?? [...makesCdn ? cdnVariables.get(option) ?? [] : []]
    const full = names.map((name) => prefix + name)
    return full.length > 0 && !error.message.includes(full[0]!) ? [full] : []
  })
  const set = named.flat().filter(isSet)
  const missing = named.filter((names) => !names.some(isSet) && makesCdn)
  if (set.length > 0) error.message += `. The value is that of ${[...new Set(set)].join(', ')}`
  for (const names of set.length === 0 ? missing.slice(0, 1) : []) {
    error.message += `. Set ${names.join(' or ')}`
  }
  return error
}

/** The options whose names stand in the message; paths stand there by themselves. */
function namedOptions ({ message, code }: Error & { code?: string }): string[] {
  const quoted = [...message.matchAll(/"([A-Za-z.]+)"/g)].map((match) => match[1]!)
  return code?.startsWith('CDN_ACCESS_PATH_') === true ? [...quoted, 'paths'] : quoted
}

function isGiven (options: object, option: string): boolean {
  return option.split('.').reduce<unknown>(
    (value, field) => isFields(value) ? value[field] : undefined,
    options
  ) !== undefined
}
