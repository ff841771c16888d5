import type { CdnAccessClient } from '../client/cdn-access.js'
import { createRepair } from './recovery.js'

/** What is used of an instance of hls.js. */
export interface HlsPlayer {
  readonly config: {
    // oxlint-disable-next-line typescript/no-explicit-any
    xhrSetup?: ((xhr: XMLHttpRequest, ...what: any) => Promise<void> | void) | undefined
    // oxlint-disable-next-line typescript/no-explicit-any
    fetchSetup?: ((context: any, init: any) => Promise<Request> | Request) | undefined
  }
  readonly url: string | null
  readonly levels: readonly unknown[]
  // oxlint-disable-next-line typescript/no-explicit-any
  on(event: any, listener: (event: any, data: any) => void): void
  startLoad(): void
  loadSource(url: string): void
}

interface HlsFault {
  readonly response?: { readonly code: number }
}

/**
 * Gives hls.js access: call it before `loadSource()`. Requests carry credentials and wait for
 * access; what the CDN refuses is loaded again after a forced refresh.
 */
export function attachHls (hls: HlsPlayer, access: CdnAccessClient): void {
  const { config } = hls
  const { xhrSetup, fetchSetup } = config
  config.xhrSetup = async (xhr, ...what) => {
    await access.ensure()
    xhr.withCredentials = true
    await xhrSetup?.(xhr, ...what)
  }
  config.fetchSetup = async (context: { url: string }, init: RequestInit) => {
    await access.ensure()
    init.credentials = 'include'
    return fetchSetup?.(context, init) ?? new Request(context.url, init)
  }
  const tell = createRepair(access, hls, () => {
    // The playlist is asked for again by `loadSource()` alone.
    return hls.levels.length > 0 ? hls.startLoad() : hls.loadSource(hls.url!)
  })
  hls.on('hlsError', (_event: string, { response }: HlsFault) => {
    if (response?.code === 403) tell(false)
  })
  hls.on('hlsFragLoaded', () => tell(true))
}
