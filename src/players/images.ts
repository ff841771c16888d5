import type { CdnAccessClient } from '../client/cdn-access.js'
import { createRepair } from './recovery.js'

/**
 * Repeats the pictures below a root that the CDN refused, once each until they are shown:
 * `<img>`, lazy or not, with `srcset`, in a `<picture>`. All share one refresh. Returns what ends
 * that.
 */
export function keepImages (root: Node, access: CdnAccessClient): () => void {
  const repairs = new WeakMap<HTMLImageElement, (works: boolean) => void>()
  const hear = ({ type, target }: Event): void => {
    if (!(target instanceof HTMLImageElement)) return
    const tell = repairs.get(target) ?? createRepair(access, target, () => {
      // Setting an address, even to what it is, asks for it again.
      const { src } = target
      target.src = src
    }, 1)
    repairs.set(target, tell)
    tell(type === 'load')
  }
  root.addEventListener('error', hear, true)
  root.addEventListener('load', hear, true)
  return () => {
    root.removeEventListener('error', hear, true)
    root.removeEventListener('load', hear, true)
  }
}
