import type { CdnAccessClient } from '../client/cdn-access.js'
import { mostRepeats, sharedMilliseconds } from './limits.js'

/** Where cookies were set anew within ten seconds: all who are refused meanwhile share that. */
const renewed = new WeakSet<CdnAccessClient>()

/**
 * Resolves when it is worth asking the CDN again. Where there was access it is forced anew; where
 * there was none, or the API is away, it waits.
 *
 * @throws CdnAccessFault where there is no hope
 */
export async function recover (access: CdnAccessClient): Promise<unknown> {
  if (access.state !== 'fresh' || renewed.has(access)) return access.ensure()
  return access.refresh({ force: true }).catch(access.ensure).then(() => {
    renewed.add(access)
    return setTimeout(() => renewed.delete(access), sharedMilliseconds)
  })
}

/**
 * Makes what a player calls with whether the CDN gave something: it repeats after a refusal, and
 * gives up where nothing works any more.
 */
export function createRepair (
  access: CdnAccessClient,
  player: object,
  repeat: () => unknown,
  most: number = mostRepeats
): (works: boolean) => void {
  let repeats = 0
  let repair: Promise<unknown> | undefined
  const giveUp = (): unknown => access.dispatchEvent(new CustomEvent('refused', { detail: player }))
  return (works) => {
    if (works) repeats = 0
    else {
      repair ??= recover(access).then(() => repeats++ < most ? repeat() : giveUp()).catch(giveUp)
        .then(() => repair = undefined)
    }
  }
}
