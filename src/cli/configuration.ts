import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkCdn, type Cdn } from '../cdn/cdn.js'
import { defaultPrefix, variablesOf } from '../config/env.js'
import type { CdnAccessOptions } from '../config/options.js'
import { isFields } from '../input/fields.js'
import { silence } from '../key-ring/key-events.js'
import { openKeyRings, type KeyRing } from '../key-ring/key-ring.js'
import { errorKind } from '../key-ring/load-failure.js'
import { textOf, type Arguments } from './arguments.js'
import { secondOf, type Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

/** What a command works with: CDNs, and where a module exports them the plugin's options. */
export interface Configuration {
  readonly cdns: readonly Cdn[]
  readonly options: Partial<CdnAccessOptions>
}

/**
 * Reads the module of `--config`, or else the variables; undefined where there is neither.
 *
 * @throws UsageError, and the errors of the factories
 */
export async function readConfiguration (
  given: Arguments,
  { env }: Terminal
): Promise<Configuration | undefined> {
  const file = textOf(given, 'config')
  if (file !== undefined) return fromModule(await load(file))
  const options = await variablesOf(env, defaultPrefix)
  return options.cdn === undefined ? undefined : { cdns: [options.cdn].flat(), options }
}

/** Opens the keys of a configuration for one command. */
export async function openKeys (
  { cdns }: Configuration,
  terminal: Terminal
): Promise<ReadonlyMap<string, KeyRing>> {
  const say = (_details: object, message: string): void => {
    terminal.err(`${message}\n`)
  }
  return openKeyRings(cdns, {
    log: { ...silence, warn: say, error: say },
    now: () => secondOf(terminal)
  })
}

async function load (file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(resolve(file)).href) as Record<string, unknown>
  } catch (error) {
    const { code, message } = Object(error) as { code?: unknown, message?: unknown }
    if (typeof code === 'string' && code.startsWith('CDN_ACCESS_')) throw error
    throw new UsageError(
      typeof message === 'string' && /^Cannot find (?:module|package)/.test(message)
        ? `The module of --config, or one that it imports, is not there: ${
          message.split('\n', 1)[0]
        }`
        : `The module of --config fails with ${errorKind(error)}`
    )
  }
}

async function fromModule (module: Record<string, unknown>): Promise<Configuration> {
  const exported = module['default'] ?? module['options'] ?? {}
  const made: unknown = typeof exported === 'function'
    ? await (exported as () => unknown)()
    : exported
  const options = isFields(made) ? isCdn(made) ? { cdn: made } : made : {}
  const found = module['cdns'] ?? module['cdn'] ?? options['cdn']
  const cdns = [found].flat().filter((cdn) => cdn !== undefined).map(checkCdn)
  if (cdns.length === 0) {
    throw new UsageError(
      'The module of --config exports no CDN: export the plugin\'s options as default, or a CDN as "cdn"'
    )
  }
  return { cdns, options: { ...options, cdn: cdns } }
}

function isCdn (exported: object): boolean {
  return 'check' in exported && 'sign' in exported
}
