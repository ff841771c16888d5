import type { Cdn } from '../cdn/cdn.js'
import { answersAt } from '../cdn/host-pattern.js'
import { cutUrl } from '../explain/cut-url.js'
import { explain, type Explanation, type ExplainRequest } from '../explain/explain.js'
import type { Arguments } from './arguments.js'
import { openKeys, readConfiguration } from './configuration.js'
import type { Terminal } from './terminal.js'

/** Explains with the CDNs and the keys of a configuration. */
export interface KeyedExplainer {
  readonly cdns: readonly Cdn[]
  /** True where a configured CDN answers at the address of this URL. */
  serves(url: string): boolean
  explain(request: ExplainRequest): Promise<Explanation>
  close(): void
}

/** Opens the keys that are configured; undefined where nothing is. */
export async function openKeyedExplainer (
  given: Arguments,
  terminal: Terminal
): Promise<KeyedExplainer | undefined> {
  const configuration = await readConfiguration(given, terminal)
  if (configuration === undefined) return undefined
  const { cdns } = configuration
  const rings = await openKeys(configuration, terminal)
  return {
    cdns,
    serves: (url) => {
      const [origin] = cutUrl(url)
      return origin !== undefined && cdns.some((cdn) => answersAt(cdn, origin))
    },
    explain: (request) => explain({ cdns, rings, now: terminal.now }, request),
    close: () => {
      for (const ring of rings.values()) ring.close()
    }
  }
}
