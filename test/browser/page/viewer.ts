import { createCdnAccess, type CdnAccessClient } from 'fastify-cdn-access/client'
import { keepImages } from 'fastify-cdn-access/players'

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
  /** How often it waited, after it had begun, for data that it did not have. */
  readonly stalls: number
  /** How often it was paused before the end. */
  readonly pauses: number
  readonly frames: number
  /** What the player reported, with `fatal` where it gave up. */
  readonly faults: string[]
  /** How often the adapter gave up. */
  readonly refused: number
}

/** What tests call in the page. */
export interface Viewer {
  access: CdnAccessClient | undefined
  open(url: string): void
  report(): PageReport
  play(url: string, rate?: number): Promise<void>
  playback(): PlaybackReport
  /** Shows pictures, and keeps them. */
  show(urls: readonly string[]): void
}

/** Gives a film to a player and plays it. */
export type Start = (film: {
  readonly video: HTMLVideoElement
  readonly url: string
  readonly access: CdnAccessClient
  /** Notes what the player reports. */
  readonly tell: (fault: string) => void
}) => Promise<void>

declare global {
  interface Window {
    viewer: Viewer
  }
}

/** Puts into the page what tests call. */
export function offerViewer (start: Start): void {
  const changes: string[] = []
  const receipts: string[] = []
  const errors: string[] = []
  const faults: string[] = []
  let advice: string | undefined
  let begun = false
  let stalls = 0
  let pauses = 0
  let refused = 0

  const video = document.querySelector('video')!
  video.addEventListener('playing', () => {
    begun = true
  })
  video.addEventListener('waiting', () => {
    if (begun && !video.ended && !hasNext(video)) stalls++
  })
  video.addEventListener('pause', () => {
    if (begun && !video.ended) pauses++
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
      access.addEventListener('refused', () => {
        refused++
      })
    },
    report: () => ({ state: window.viewer.access!.state, changes, receipts, errors, advice }),
    play: async (url, rate = 1) => {
      const access = window.viewer.access!
      video.defaultPlaybackRate = video.playbackRate = rate
      await start({ video, url, access, tell: (fault) => faults.push(fault) })
    },
    playback: () => ({
      at: video.currentTime,
      duration: video.duration,
      ended: video.ended,
      stalls,
      pauses,
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
      faults,
      refused
    }),
    show: (urls) => {
      keepImages(document, window.viewer.access!)
      for (const url of urls) {
        const image = new Image()
        image.src = url
        document.body.append(image)
      }
    }
  }
}

/** Whether the next half second is there: then a busy machine keeps the player waiting, not us. */
function hasNext ({ buffered, currentTime }: HTMLVideoElement): boolean {
  for (let index = 0; index < buffered.length; index++) {
    if (buffered.start(index) <= currentTime && buffered.end(index) > currentTime + 0.5) return true
  }
  return false
}
