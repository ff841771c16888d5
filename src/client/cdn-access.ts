/**
 * Keeps access fresh while a page is open.
 *
 * @module fastify-cdn-access/client
 */
import type { Environment } from './environment.js'
import { createFault } from './fault.js'
import { keepAccess, type Members } from './keeper.js'
import type { CdnAccessClient, CdnAccessClientOptions } from './types.js'
import { nativeWords } from './words.js'

export type {
  CdnAccessClient,
  CdnAccessClientOptions,
  CdnAccessEventMap,
  CdnAccessFault,
  CdnAccessReason,
  CdnAccessReceipt,
  CdnAccessState,
  CdnAccessStateChange
} from './types.js'

/**
 * Fetches access at once, and keeps it fresh until `stop()` or `end()`, in a page and in a worker.
 * On a server it does nothing: `ready`, `ensure()` and `refresh()` resolve, the state stays `idle`.
 * In React Native all of them reject, and say what to use instead.
 *
 * @throws TypeError for an option that is unknown or not what it should be
 */
export function createCdnAccess (options?: CdnAccessClientOptions): CdnAccessClient
/** @internal */
export function createCdnAccess (
  options: CdnAccessClientOptions | undefined,
  environment: Environment
): CdnAccessClient
export function createCdnAccess (
  options: CdnAccessClientOptions = {},
  environment: Environment = globalThis
): CdnAccessClient {
  const { url = '/cdn-access', headers, ...others } = options
  if (typeof options !== 'object' || Object.keys(others)[0]) {
    throw new TypeError('options: url, headers')
  }
  const access = Object.assign(new EventTarget(), { state: 'idle' as const })
  const { document, location, navigator } = environment
  const isNative = navigator?.product === 'ReactNative'
  // A page has a document, and a worker has an address.
  const members = !isNative && (document ?? location)
    ? keepAccess(
      access,
      environment,
      new URL(url, document?.baseURI ?? location?.href).href,
      headers
    )
    : stayIdle(environment, isNative)
  const ready = members.ensure()
  ready.catch(() => {})
  const result = Object.assign(access, members, { ready, [Symbol.dispose]: members.stop })
  return result as CdnAccessClient
}

/** Where there is nothing to do, or no way to do it. */
function stayIdle (environment: Environment, isNative: boolean): Members {
  const settle = async (): Promise<void> => {
    if (isNative) throw createFault('unsupported', {}, nativeWords)
  }
  return {
    ensure: settle,
    refresh: settle,
    end: settle,
    stop: () => {},
    fetch: async (input, init) => environment.fetch(input, init)
  }
}
