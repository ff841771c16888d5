import { randomBytes } from 'node:crypto'
import { uriSigning, type Cdn, type UriSigningOptions } from 'fastify-cdn-access'
import { startOrigin } from './nginx.js'
import { blocksOf, fillIn } from './page.js'
import type { Engine, Scope } from './program.js'
import { startTrafficServer, type TrafficServerConfig } from './traffic-server.js'

/** The issuer that the page names. */
export const issuer = 'https://api.example.com'

const [keysBlock = ''] = blocksOf('uri-signing.md', 'json')
const [remapBlock = '', refuseBlock = ''] = blocksOf('uri-signing.md', '')

/** A Traffic Server that is set up as the page says, before an origin that decodes. */
export interface PageServer extends Engine {
  /** The symmetric key of the page. */
  readonly key: { readonly kty: 'oct', readonly kid: string, readonly k: string }
  readonly config: TrafficServerConfig
  /** What signs for it. */
  readonly make: (options?: Partial<UriSigningOptions>) => Cdn
}

/** `keys.json` of the page, with further keys. */
export function keysFile (k: string, more: readonly object[] = []): string {
  const file = JSON.parse(fillIn(keysBlock, { KEY: k })) as Record<string, { keys: object[] }>
  file[issuer]!.keys.push(...more)
  return JSON.stringify(file)
}

/** Starts it. Its `keys.json` may list further keys. */
export async function startPageServer (
  scope: Scope,
  moreKeys: readonly object[] = []
): Promise<PageServer> {
  const k = randomBytes(32).toString('base64url')
  const key = { kty: 'oct', kid: '2026-11', alg: 'HS256', k } as const
  const origin = await startOrigin(scope)
  const config: TrafficServerConfig = {
    origin: origin.url,
    keys: keysFile(k, moreKeys),
    files: { 'refuse.config': refuseBlock },
    remap: (own, other) =>
      fillIn(remapBlock, { 'https://media.example.com': own, 'https://origin.example.net': other })
  }
  const engine = await startTrafficServer(scope, config)
  return {
    ...engine,
    key,
    config,
    make: (options = {}) =>
      uriSigning({
        url: engine.url,
        issuer,
        ...('keys' in options ? {} : { key }),
        ...options
      } as UriSigningOptions)
  }
}
