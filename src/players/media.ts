import type { CdnAccessClient } from '../client/cdn-access.js'
import { createRepair } from './recovery.js'

const heard = ['play', 'pause', 'playing', 'error']

/**
 * Gives a plain `<video>` or `<audio>` access: what can't be loaded is loaded again after a forced
 * refresh, where it was, and playing where it was playing. An element does not say why it can't:
 * there is one refresh, and then `refused`. Returns what ends that.
 */
export function attachMedia (media: HTMLMediaElement, access: CdnAccessClient): () => void {
  let isPlaying = !media.paused
  const tell = createRepair(access, media, () => {
    const { currentTime } = media
    media.load()
    media.currentTime = currentTime
    return isPlaying ? media.play() : undefined
  })
  const hear = ({ type }: Event): void => {
    if (type === 'play') isPlaying = true
    // An error pauses an element as well.
    else if (type === 'pause') isPlaying &&= media.error !== null
    else tell(type !== 'error')
  }
  // In the capturing phase the errors of `<source>` are heard too.
  for (const type of heard) media.addEventListener(type, hear, true)
  return () => {
    for (const type of heard) media.removeEventListener(type, hear, true)
  }
}
