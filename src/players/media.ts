import type { CdnAccessClient } from '../client/cdn-access.js'
import { createRepair } from './recovery.js'

/**
 * Gives a plain `<video>` or `<audio>` access: what can't be loaded is loaded again after a forced
 * refresh, where it was, and playing where it was playing. An element does not say why it can't:
 * there is one refresh, and then `refused`. Returns what ends that.
 */
export function attachMedia (media: HTMLMediaElement, access: CdnAccessClient): () => void {
  const tell = createRepair(access, media, () => {
    const { currentTime, paused } = media
    media.load()
    media.currentTime = currentTime
    return paused ? undefined : media.play()
  })
  const hear = ({ type }: Event): void => tell(type !== 'error')
  // In the capturing phase the errors of `<source>` are heard too.
  media.addEventListener('error', hear, true)
  media.addEventListener('playing', hear)
  return () => {
    media.removeEventListener('error', hear, true)
    media.removeEventListener('playing', hear)
  }
}
