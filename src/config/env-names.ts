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

/** By the CDN that comes from a variable: the variables that fill each option of its factory. */
const cdnVariables = new Map(
  registry.map(({ name, variables }) => [name, variablesByOption(variables)])
)

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
  const filling = makesCdn ? cdnVariables.get(variables[`${prefix}CDN`]!) : undefined
  const named = namedOptions(error).flatMap((option) => {
    const own = isGiven(options, option) ? undefined : ownVariables[option]
    const names = own ?? [...filling?.get(option) ?? []]
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

function variablesByOption (variables: Readonly<Record<string, string>>): Map<string, string[]> {
  const names = new Map([['url', ['URL']]])
  for (const [variable, option] of Object.entries(variables)) {
    const own = variable === 'PRIVATE_KEY' ? [variable, 'PRIVATE_KEY_FILE'] : [variable]
    names.set(option, own)
    // What is said of a CDN without any key names this option.
    if (variable === 'PRIVATE_KEY') names.set('keys', own)
  }
  return names
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
