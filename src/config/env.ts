import type { FastifyInstance } from 'fastify'
import { cdnVariables, registry } from '../cdn/registry.js'
import { CDN_ACCESS_ENV_INVALID, CDN_ACCESS_OPTION_INVALID } from '../errors.js'
import { checkFields, given, isFields, readElsewhere, type Rules } from '../input/fields.js'
import { makeCdn, type Variables } from './env-cdn.js'
import type { CdnAccessOptions, EnvOptions } from './options.js'
import type { Duration } from '../time.js'

const durationRule = { type: 'string', pattern: '^(\\d+[smhd]?)?$' }

/** Every variable, and the schema's rule for it; an empty one counts as unset. */
const variableRules: Readonly<Record<string, object>> = {
  CDN: { enum: ['', ...registry.map(({ name }) => name)] },
  URL: {},
  ...Object.fromEntries(cdnVariables.map((name) => [name, {}])),
  PRIVATE_KEY_FILE: {},
  PATHS: {},
  TTL: durationRule,
  REFRESH_BEFORE: durationRule,
  COOKIE_DOMAIN: {},
  COOKIE_SAME_SITE: { enum: ['', 'lax', 'strict', 'none'] },
  ROUTE: {}
}

/** The names of all variables, without what they begin with. */
export const variableNames: readonly string[] = Object.keys(variableRules)

/** What the variables' names begin with, unless the option says otherwise. */
export const defaultPrefix = 'CDN_ACCESS_'

const rules: Rules = {
  prefix: {
    holds: (value) => typeof value === 'string' && /^[A-Z][A-Z0-9_]*$/.test(value),
    words: 'upper-case letters, digits and "_", such as "CDN_ACCESS_"'
  },
  dotenv: {
    holds: (value) =>
      typeof value === 'boolean' ||
      (isFields(value) && ['undefined', 'string'].includes(typeof value['path'])),
    words: 'true, false or { path }'
  },
  data: {
    holds: (value) =>
      isFields(value) && Object.values(value).every((each) => typeof each === 'string'),
    words: 'an object of strings'
  }
}

/** The prefix of the variables' names, or undefined where none are read. */
export function envPrefixOf (env: CdnAccessOptions['env']): string | undefined {
  if (env === false) return undefined
  const checked: unknown = env === undefined ? {} : env
  if (!isFields(checked)) {
    throw new CDN_ACCESS_OPTION_INVALID('env', 'false or an object with prefix, dotenv, data')
  }
  checkFields(checked, 'env', rules, 'env')
  const { prefix = defaultPrefix, dotenv } = checked as EnvOptions
  if (isFields(dotenv)) checkFields(dotenv, 'env.dotenv', { path: readElsewhere })
  return prefix
}

/**
 * The options with the variables under them: what is given in code wins, leaf by leaf. The
 * variables are read through @fastify/env, in a child of its own with a schema of its own, so that
 * the host's `config` and `getEnvs()` stay what they are.
 */
export async function withEnv (
  fastify: FastifyInstance,
  options: Partial<CdnAccessOptions>
): Promise<Partial<CdnAccessOptions>> {
  const env = await readEnv(fastify, options)
  const { cookie, route } = options
  return {
    ...env,
    ...given(options),
    ...(isFields(cookie) && isFields(env.cookie)
      ? { cookie: { ...env.cookie, ...given(cookie) } }
      : {}),
    ...(isFields(route) && isFields(env.route) ? { route: { ...env.route, ...given(route) } } : {})
  }
}

async function readEnv (
  fastify: FastifyInstance,
  options: Partial<CdnAccessOptions>
): Promise<Partial<CdnAccessOptions>> {
  const prefix = envPrefixOf(options.env)
  if (prefix !== undefined) warnOfUnknown(fastify, prefix, options.env)
  if (prefix === undefined || options.env === false || !holdsVariables(prefix, options.env ?? {})) {
    return {}
  }
  const variables = await load(fastify, prefix, options.env ?? {})
  return optionsOf(variables, prefix, options.cdn === undefined)
}

/**
 * The options that variables give, read without a server and without its schema: for the command
 * line.
 *
 * @throws CDN_ACCESS_ENV_INVALID, and what the factory throws
 */
export async function variablesOf (
  env: Readonly<Record<string, string | undefined>>,
  prefix: string
): Promise<Partial<CdnAccessOptions>> {
  const known = variableNames.map((name) => [name, env[prefix + name]] as const)
  const variables = Object.fromEntries(
    known.filter(([, value]) => value !== undefined && value !== '')
  )
  if (variables['CDN'] !== undefined && !registry.some(({ name }) => name === variables['CDN'])) {
    const names = registry.map(({ name }) => name).join(', ')
    throw new CDN_ACCESS_ENV_INVALID(`${prefix}CDN must be one of ${names}`)
  }
  return optionsOf(variables, prefix, true)
}

async function optionsOf (
  variables: Variables,
  prefix: string,
  wantsCdn: boolean
): Promise<Partial<CdnAccessOptions>> {
  const { PATHS, TTL, REFRESH_BEFORE, COOKIE_DOMAIN, COOKIE_SAME_SITE, ROUTE } = variables
  const cookie = given({
    domain: COOKIE_DOMAIN === 'false' ? false as const : COOKIE_DOMAIN,
    sameSite: COOKIE_SAME_SITE as 'lax' | undefined
  })
  return given({
    cdn: wantsCdn && variables['CDN'] !== undefined
      ? await makeCdn(variables, prefix)
      : undefined,
    cookie: Object.keys(cookie).length === 0 ? undefined : cookie,
    paths: PATHS?.split(',').map((path) => path.trim()),
    ttl: readDuration(TTL),
    refreshBefore: readDuration(REFRESH_BEFORE),
    route: ROUTE === undefined ? undefined : ROUTE === 'false' ? false as const : { url: ROUTE }
  })
}

/** A name that nothing reads may be a slip; or one of another registration, so that it is no error. */
function warnOfUnknown (
  { log }: FastifyInstance,
  prefix: string,
  env: CdnAccessOptions['env']
): void {
  const { data = {} } = Object(env) as EnvOptions
  const unknown = Object.keys({ ...process.env, ...data }).filter((name) =>
    name.startsWith(prefix) && !Object.hasOwn(variableRules, name.slice(prefix.length))
  )
  if (unknown.length > 0) {
    log.warn(
      `fastify-cdn-access: nothing reads ${
        unknown.join(', ')
      }: is the name spelled as it should be?`
    )
  }
}

/** False where there is nothing to read: then neither is what would read it. */
function holdsVariables (prefix: string, { dotenv = false, data = {} }: EnvOptions): boolean {
  return dotenv !== false ||
    variableNames.some((name) =>
      Object.hasOwn(process.env, prefix + name) || Object.hasOwn(data, prefix + name)
    )
}

async function load (
  fastify: FastifyInstance,
  prefix: string,
  { dotenv = false, data = {} }: EnvOptions
): Promise<Variables> {
  const confKey = 'cdnAccessVariables'
  let loaded: Record<string, string> = {}
  const { default: fastifyEnv } = await import('@fastify/env')
  try {
    await fastify.register(async function cdnAccessEnv (child) {
      await child.register(fastifyEnv, {
        confKey,
        schema: schemaFor(prefix),
        dotenv,
        data: { ...data }
      })
      loaded = child.getDecorator<Record<string, string>>(confKey)
    })
  } catch (error) {
    throw new CDN_ACCESS_ENV_INVALID(reasonOf(error as SchemaFailure), { cause: error })
  }
  return Object.fromEntries(
    Object.entries(loaded).filter(([, value]) => value !== '').map((
      [name, value]
    ) => [name.slice(prefix.length), value])
  )
}

interface SchemaFailure {
  readonly code?: string
  readonly errors?: ReadonlyArray<
    {
      readonly instancePath: string
      readonly params: { readonly allowedValues?: readonly string[] }
    }
  >
}

/** Names the variables and their rules, never their values. */
function reasonOf ({ code, errors }: SchemaFailure): string {
  if (errors === undefined) return `the dotenv file can't be read (${code})`
  return errors.map(({ instancePath, params: { allowedValues } }) => {
    const rule = allowedValues === undefined
      ? 'a duration such as 600, 90s or 10m'
      : `one of ${allowedValues.filter((value) => value !== '').join(', ')}`
    return `${instancePath.slice(1)} must be ${rule}`
  }).join('; ')
}

/** A new one each time, for env-schema writes into what it is given. */
function schemaFor (prefix: string): object {
  const rules = Object.entries(variableRules).map(([name, rule]) => [prefix + name, { ...rule }])
  return { type: 'object', properties: Object.fromEntries(rules) }
}

function readDuration (text: string | undefined): Duration | undefined {
  return text === undefined ? undefined : /^\d+$/.test(text) ? Number(text) : text as Duration
}
