import { abortedAfter, within } from '../time.js'
import { createKeyLoading, type KeyLoading, type KeyLoadingContext } from './key-loading.js'
import type { KeySource } from './key-source.js'

export type OpeningContext = Omit<KeyLoadingContext, 'everySeconds'>

const firstLoadSeconds = 5

/** What is opened has to prove itself afterwards, and Fastify gives the whole plugin 10 seconds. */
const givenOnceSeconds = 4

/**
 * Loads the keys of a source for the first time, and goes on as it says. What is given once is
 * loaded, or rejects; for another source 5 seconds are waited, and what fails is tried again.
 */
export async function openLoading (
  source: KeySource,
  context: OpeningContext
): Promise<KeyLoading> {
  const loading = createKeyLoading({ ...context, everySeconds: source.everySeconds })
  if (source.everySeconds === undefined) {
    await abortedAfter(givenOnceSeconds, context.read)
    return loading
  }
  const endWatch = watchSource(source, loading.changed)
  // No failure: the server starts, and answers that there is no key until there is one.
  await within(firstLoadSeconds, loading.load(), () => new Error('late')).catch(() => undefined)
  return {
    ...loading,
    close: () => {
      loading.close()
      endWatch()
    }
  }
}

/** What a source's watch throws is no failure, at its end neither: the interval is the net. */
function watchSource ({ watch }: KeySource, changed: () => void): () => void {
  const end = attempt(() => watch?.(changed))
  return () => {
    if (typeof end === 'function') attempt(end as () => unknown)
  }
}

function attempt (call: () => unknown): unknown {
  try {
    return call()
  } catch {
    return undefined
  }
}
