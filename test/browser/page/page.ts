import { createCdnAccess, type CdnAccessClient } from 'fastify-cdn-access/client'
import { attachHls } from 'fastify-cdn-access/players'
import Hls from 'hls.js'

/** What happened in the page since it was opened. */
export interface PageReport {
  readonly state: string
  /** `fresh (receipt)` for each change. */
  readonly changes: string[]
  /** The status of each receipt. */
  readonly receipts: string[]
  /** The code of each error. */
  readonly errors: string[]
  readonly advice: string | undefined
}

/** What a player saw. Times are seconds. */
export interface PlaybackReport {
  readonly at: number
  readonly duration: number
  readonly ended: boolean
  /** From the first picture to the end, or until now; on the monotonic clock. */
  readonly took: number
  /** How often it waited for data after it had begun. */
  readonly stalls: number
  readonly frames: number
  /** What hls.js reported, with `fatal` where it gave up. */
  readonly faults: string[]
}

/** What tests call in the page. */
export interface Viewer {
  access: CdnAccessClient | undefined
  open(url: string): void
  report(): PageReport
  play(playlist: string, rate?: number): Promise<void>
  playback(): PlaybackReport
}

declare global {
  interface Window {
    viewer: Viewer
  }
}

const changes: string[] = []
const receipts: string[] = []
const errors: string[] = []
const faults: string[] = []
let advice: string | undefined
let begunAt: number | undefined
let endedAt: number | undefined
let stalls = 0

const video = document.querySelector('video')!
video.addEventListener('playing', () => {
  begunAt ??= performance.now()
})
video.addEventListener('ended', () => {
  endedAt = performance.now()
})
video.addEventListener('waiting', () => {
  if (begunAt !== undefined && !video.ended) stalls++
})

window.viewer = {
  access: undefined,
  open: (url) => {
    const access = window.viewer.access = createCdnAccess({ url })
    access.addEventListener('statechange', ({ detail }) => {
      changes.push(`${detail.to} (${detail.reason})`)
      advice = detail.advice ?? advice
    })
    access.addEventListener('receipt', ({ detail }) => {
      receipts.push(detail.status)
    })
    access.addEventListener('error', ({ detail }) => {
      errors.push(detail.code)
    })
  },
  report: () => ({ state: window.viewer.access!.state, changes, receipts, errors, advice }),
  play: async (playlist, rate = 1) => {
    const access = window.viewer.access!
    const hls = new Hls({ maxBufferLength: 4, maxMaxBufferLength: 4 })
    attachHls(hls, access)
    hls.on(Hls.Events.ERROR, (_event, data) => {
      faults.push(`${data.details}${data.fatal ? ' (fatal)' : ''}`)
    })
    hls.loadSource(playlist)
    hls.attachMedia(video)
    video.defaultPlaybackRate = video.playbackRate = rate
    await new Promise((resolve, reject) => {
      hls.on(Hls.Events.ERROR, (_event, { details, fatal, response }) => {
        if (fatal && response?.code !== 403) reject(new Error(`${details}, ${response?.code}`))
      })
      video.play().then(resolve, reject)
    })
  },
  playback: () => ({
    at: video.currentTime,
    duration: video.duration,
    ended: video.ended,
    took: ((endedAt ?? performance.now()) - (begunAt ?? performance.now())) / 1000,
    stalls,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    faults
  })
}
