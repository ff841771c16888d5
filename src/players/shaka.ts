import type { CdnAccessClient } from '../client/cdn-access.js'
import { createRepair, recover } from './recovery.js'

type RequestFilter = (
  // oxlint-disable-next-line typescript/no-explicit-any
  type: any,
  request: { allowCrossSiteCredentials: boolean }
) => Promise<void> | void

/** What is used of a `shaka.Player`. */
export interface ShakaPlayer {
  getNetworkingEngine(): {
    // oxlint-disable-next-line typescript/no-explicit-any
    registerRequestFilter(filter: (type: any, request: any, context?: any) => any): void
  } | null
  // oxlint-disable-next-line typescript/no-explicit-any
  load(...what: any[]): Promise<any>
  retryStreaming(): boolean
  // oxlint-disable-next-line typescript/no-explicit-any
  addEventListener(type: string, listener: (event: any) => any): void
}

interface ShakaFault {
  readonly data?: readonly unknown[]
}

/**
 * Gives Shaka Player access: call it before `load()`. Requests carry credentials and wait for
 * access; what the CDN refuses, at the start or in mid-play, is loaded again after a forced
 * refresh.
 */
export function attachShaka (player: ShakaPlayer, access: CdnAccessClient): void {
  const { load } = player
  const tell = createRepair(access, player, () => player.retryStreaming())
  player.load = async (...what) => {
    const run = async (): Promise<unknown> => load.apply(player, what)
    return run().catch((error: ShakaFault) =>
      isRefusal(error) ? recover(access).then(run) : Promise.reject(error)
    )
  }
  const filter: RequestFilter = async (_type, request) => {
    await access.ensure()
    request.allowCrossSiteCredentials = true
  }
  player.getNetworkingEngine()?.registerRequestFilter(filter)
  player.addEventListener('error', ({ detail }: { detail: ShakaFault }) => {
    if (isRefusal(detail)) tell(false)
  })
  player.addEventListener('segmentappended', () => tell(true))
}

/** The status of a reply is the second part of an error's data. */
function isRefusal ({ data }: ShakaFault): boolean {
  return data?.[1] === 403
}
