import type { Test } from 'tap'
import { openPage, type Page } from '../client/page.js'

/** A page whose CDN refuses until cookies were set anew as often as it wants. */
export interface RefusingCdn extends Page {
  /** How many forced refreshes the CDN wants before it gives. */
  wants: number
  /** What the CDN answers now. */
  status(): number
  /** How often a player gave up. */
  readonly given: object[]
}

export async function openRefusingCdn (t: Test, wants = 1): Promise<RefusingCdn> {
  const page = await openPage(t)
  t.intercept(globalThis, 'setTimeout', {
    value: (run: () => void, delay: number) => page.device.setTimeout(run, delay)
  })
  const given: object[] = []
  page.access.addEventListener('refused', ({ detail }) => {
    given.push(detail)
  })
  const cdn: RefusingCdn = {
    ...page,
    wants,
    given,
    status: () => page.api.methods.split('P').length > cdn.wants ? 200 : 403
  }
  return cdn
}

/** Events by name, as players have them. */
export class Emitter {
  readonly #listeners = new Map<string, Set<(...what: never[]) => unknown>>()

  on (type: string, listener: (...what: never[]) => unknown): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener))
  }

  emit (type: string, ...what: unknown[]): void {
    for (const listener of this.#listeners.get(type) ?? []) {
      ;(listener as (...what: unknown[]) => unknown)(...what)
    }
  }
}
