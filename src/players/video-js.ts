import type { CdnAccessClient } from '../client/cdn-access.js'
import { createRepair } from './recovery.js'

/** What is used of a player of video.js 8. */
export interface VideoJsPlayer {
  // oxlint-disable-next-line typescript/no-explicit-any
  on(type: any, listener: (...what: any[]) => any): void
  // oxlint-disable-next-line typescript/no-explicit-any
  tech(safety: any): any
  // oxlint-disable-next-line typescript/no-explicit-any
  src(...what: any[]): any
  // oxlint-disable-next-line typescript/no-explicit-any
  currentSources(): any
  // oxlint-disable-next-line typescript/no-explicit-any
  currentTime(seconds?: any): any
  // oxlint-disable-next-line typescript/no-explicit-any
  error(...what: any[]): any
  paused(): boolean
  // oxlint-disable-next-line typescript/no-explicit-any
  play(): any
}

/**
 * Gives video.js access: call it before `src()`. Requests carry credentials; `src()` waits for
 * access; what the CDN refuses is loaded again after a forced refresh, where it was.
 */
export function attachVideoJs (player: VideoJsPlayer, access: CdnAccessClient): void {
  const { src } = player
  const tell = createRepair(access, player, () => {
    const at: number = player.currentTime()
    const isPlaying = !player.paused()
    if (!player.error()) return
    src.apply(player, [player.currentSources()])
    player.currentTime(at)
    if (isPlaying) player.play()
  })
  player.src = (...what) => {
    const run = (): unknown => src.apply(player, what)
    return what[0] ? void access.ensure().then(run, run) : run()
  }
  player.on('xhr-hooks-ready', () => {
    const { xhr } = player.tech(true).vhs
    xhr.onRequest((options: object) => ({ ...options, withCredentials: true }))
    xhr.onResponse((_request: unknown, _error: unknown, response: { statusCode: number }) => {
      tell(response.statusCode !== 403)
    })
  })
  player.on('error', () => tell(false))
  player.on('playing', () => tell(true))
}
