import type { Environment } from './environment.js'

/**
 * Runs at once, and says whether this tab holds the lock meanwhile. Nothing waits for a lock; where
 * there are none each tab holds its own.
 */
export async function takeTurn (
  { navigator }: Environment,
  name: string,
  run: (holds: boolean) => Promise<void>
): Promise<void> {
  try {
    await navigator.locks.request(name, { ifAvailable: true }, async (lock) => run(lock !== null))
  } catch {
    await run(true)
  }
}
