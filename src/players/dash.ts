import type { CdnAccessClient } from '../client/cdn-access.js'
import { createRepair, recover } from './recovery.js'

/** What is used of dash.js 5, as `MediaPlayer().create()` makes it. */
export interface DashPlayer {
  // oxlint-disable-next-line typescript/no-explicit-any
  addRequestInterceptor(interceptor: (request: any) => Promise<any>): void
  // oxlint-disable-next-line typescript/no-explicit-any
  addResponseInterceptor(interceptor: (response: any) => Promise<any>): void
  // oxlint-disable-next-line typescript/no-explicit-any
  on(type: any, listener: (event: any) => void): void
}

interface DashFault {
  readonly error?: { readonly data?: { readonly response?: { readonly status: number } } | null }
}

/**
 * Gives dash.js access: call it before `initialize()`. Requests carry credentials and wait for
 * access; after a refusal the player's own next try waits for a forced refresh.
 */
export function attachDash (player: DashPlayer, access: CdnAccessClient): void {
  const prepare = async <Request extends { credentials?: string }>(
    request: Request
  ): Promise<Request> => {
    await access.ensure().catch(() => {})
    request.credentials = 'include'
    return request
  }
  const check = async <Response extends { status?: number }>(
    response: Response
  ): Promise<Response> => {
    if (response.status === 403) await recover(access).catch(() => {})
    return response
  }
  // The player has tried again by itself, after the refresh: there is nothing left to repeat.
  const tell = createRepair(access, player, () => Promise.reject())
  player.addRequestInterceptor(prepare)
  player.addResponseInterceptor(check)
  player.on('error', ({ error }: DashFault) => {
    if (error?.data?.response?.status === 403) tell(false)
  })
}
