import type { Cdn } from '../cdn/cdn.js'
import { openKeyRing, type KeyRing, type KeyRingContext } from './key-ring.js'

/** Opens the rings of several CDNs side by side, by name; where one fails, the others are closed again. */
export async function openKeyRings (
  cdns: readonly Cdn[],
  context: KeyRingContext
): Promise<ReadonlyMap<string, KeyRing>> {
  const opened = await Promise.allSettled(cdns.map((cdn) => openKeyRing(cdn, context)))
  const failed = opened.find((result) => result.status === 'rejected')
  if (failed !== undefined) {
    for (const result of opened) if (result.status === 'fulfilled') result.value.close()
    throw failed.reason
  }
  return new Map(opened.map((
    result,
    index
  ) => [cdns[index]!.name, (result as PromiseFulfilledResult<KeyRing>).value]))
}
