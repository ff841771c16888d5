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
  play(): any
}

/**
 * Gives video.js access: call it before `src()`. Requests carry credentials; `src()` waits for
 * access; what the CDN refuses is loaded again after a forced refresh, where it was.
 */
export function attachVideoJs (player: VideoJsPlayer, access: CdnAccessClient): void {
  const { src } = player
  let isPlaying = false
  // The player forgets its error at `loadstart`, which may come after it.
  let isFailed = false
  const tell = createRepair(access, player, () => {
    const at: number = player.currentTime()
    if (isFailed) {
      isFailed = false
      src.call(player, player.currentSources())
      if (at) player.currentTime(at)
      if (isPlaying) player.play()
    }
  })
  player.src = (...what) => {
    const run = (): unknown => src.call(player, ...what)
    return what[0] ? access.ensure().then(run, run) : run()
  }
  player.on('xhr-hooks-ready', () => {
    const { xhr } = player.tech(true).vhs
    xhr.onRequest((options: object) => ({ ...options, withCredentials: true }))
    xhr.onResponse(({ status }: XMLHttpRequest) => tell(status !== 403))
  })
  player.on('error', () => {
    isFailed = true
    tell(false)
  })
  player.on('playing', () => tell(true))
  player.on('play', () => isPlaying = true)
  // An error pauses an element as well.
  player.on('pause', () => isPlaying &&= isFailed)
}
