import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { akamai } from '../cdn/akamai/akamai.js'
import type { Cdn } from '../cdn/cdn.js'
import { cloudfront } from '../cdn/cloudfront/cloudfront.js'
import { googleCloudCdn } from '../cdn/google/cloud-cdn.js'
import { googleMediaCdn, type GoogleMediaCdnOptions } from '../cdn/google/media-cdn.js'
import { uriSigning, type UriSigningOptions } from '../cdn/uri-signing/uri-signing.js'
import { CDN_ACCESS_ENV_INVALID, CDN_ACCESS_OPTION_INVALID } from '../errors.js'
import { checkFields, given, isFields, readElsewhere, type Rules } from '../input/fields.js'
import type { CdnAccessOptions, EnvOptions } from './options.js'
import type { Duration } from '../time.js'

type Variables = Partial<Record<typeof names[number], string>>

const names = [
  'CDN',
  'URL',
  'KEY_ID',
  'PRIVATE_KEY',
  'PRIVATE_KEY_FILE',
  'PASSPHRASE',
  'PATHS',
  'TTL',
  'REFRESH_BEFORE',
  'COOKIE_DOMAIN',
  'COOKIE_SAME_SITE',
  'ROUTE'
] as const

const defaultPrefix = 'CDN_ACCESS_'
const duration = { type: 'string', pattern: '^(\\d+[smhd]?)?$' }

/**
 * What each CDN calls the variables `KEY_ID`, `PRIVATE_KEY` and `PASSPHRASE`. nginx needs a scope,
 * which is code. A variable that is missing is refused with the options that need it.
 */
const factories: Record<
  string,
  (
    url: string,
    keyId: string | undefined,
    key: string | undefined,
    passphrase: string | undefined
  ) => Cdn
> = {
  cloudfront: (url, keyPairId, privateKey, passphrase) =>
    cloudfront({ url, ...given({ keyPairId, privateKey, passphrase }) }),
  'google-cloud-cdn': (url, keyName, key) => googleCloudCdn({ url, ...given({ keyName, key }) }),
  'google-media-cdn': (url, keyName, privateKey, passphrase) =>
    googleMediaCdn({
      url,
      ...given({ keyName, privateKey, passphrase })
    } as GoogleMediaCdnOptions),
  akamai: (url, _keyId, key) => akamai({ url, ...given({ key }) }),
  'uri-signing': (url, issuer = '', key, passphrase) =>
    uriSigning({ url, issuer, ...given({ key, passphrase }) } as UriSigningOptions)
}

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
  if (prefix === undefined || options.env === false || !holdsVariables(prefix, options.env ?? {})) {
    return {}
  }
  const variables = await load(fastify, prefix, options.env ?? {})
  const { PATHS, TTL, REFRESH_BEFORE, COOKIE_DOMAIN, COOKIE_SAME_SITE, ROUTE } = variables
  const cookie = given({
    domain: COOKIE_DOMAIN === 'false' ? false as const : COOKIE_DOMAIN,
    sameSite: COOKIE_SAME_SITE as 'lax' | undefined
  })
  return given({
    cdn: options.cdn === undefined && variables.CDN !== undefined
      ? await makeCdn(variables, prefix)
      : undefined,
    cookie: Object.keys(cookie).length === 0 ? undefined : cookie,
    paths: PATHS?.split(',').map((path) => path.trim()),
    ttl: readDuration(TTL),
    refreshBefore: readDuration(REFRESH_BEFORE),
    route: ROUTE === undefined ? undefined : ROUTE === 'false' ? false as const : { url: ROUTE }
  })
}

/** False where there is nothing to read: then neither is what would read it. */
function holdsVariables (prefix: string, { dotenv = false, data = {} }: EnvOptions): boolean {
  return dotenv !== false ||
    names.some((name) =>
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

function schemaFor (prefix: string): object {
  const rules: Partial<Record<typeof names[number], object>> = {
    CDN: { enum: ['', ...Object.keys(factories)] },
    TTL: duration,
    REFRESH_BEFORE: duration,
    COOKIE_SAME_SITE: { enum: ['', 'lax', 'strict', 'none'] }
  }
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [prefix + name, rules[name] ?? {}]))
  }
}

async function makeCdn (
  { CDN, URL, KEY_ID, PRIVATE_KEY, PRIVATE_KEY_FILE, PASSPHRASE }: Variables,
  prefix: string
): Promise<Cdn> {
  if (URL === undefined) {
    throw new CDN_ACCESS_ENV_INVALID(`${prefix}URL is missing beside ${prefix}CDN`)
  }
  if (PRIVATE_KEY !== undefined && PRIVATE_KEY_FILE !== undefined) {
    throw new CDN_ACCESS_ENV_INVALID(
      `give ${prefix}PRIVATE_KEY or ${prefix}PRIVATE_KEY_FILE, not both`
    )
  }
  const key = PRIVATE_KEY_FILE === undefined
    ? PRIVATE_KEY
    : await readKeyFile(PRIVATE_KEY_FILE, prefix)
  return factories[CDN!]!(URL, KEY_ID, key, PASSPHRASE)
}

async function readKeyFile (file: string, prefix: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CDN_ACCESS_ENV_INVALID(`${prefix}PRIVATE_KEY_FILE can't be read (${cause.code})`, {
      cause
    })
  })
}

function readDuration (text: string | undefined): Duration | undefined {
  return text === undefined ? undefined : /^\d+$/.test(text) ? Number(text) : text as Duration
}
