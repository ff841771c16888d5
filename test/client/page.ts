import type { Test } from 'tap'
import {
  createCdnAccess,
  type CdnAccessClient,
  type CdnAccessFault,
  type CdnAccessClientOptions,
  type CdnAccessReceipt,
  type CdnAccessStateChange
} from '../../src/client/cdn-access.js'
import type { Environment } from '../../src/client/environment.js'
import { Api } from './api.js'
import { channelClass, Device, lockManager, settle } from './device.js'

interface Media {
  paused: boolean
}

export interface PageOptions extends CdnAccessClientOptions {
  readonly device?: Device
  readonly api?: Api
  readonly hidden?: boolean
  /** What stands in for parts of the page's global object. */
  readonly without?: { readonly [Name in keyof Environment]?: unknown }
}

/** One tab with a client in it, and what the client reported. */
export interface Page {
  readonly access: CdnAccessClient
  readonly device: Device
  readonly api: Api
  readonly document: { hidden: boolean, pictureInPictureElement: unknown, media: Media[] }
  /** From 0 up to 1: what `Math.random` gives. */
  luck: number
  readonly changes: CdnAccessStateChange[]
  readonly receipts: CdnAccessReceipt[]
  readonly faults: CdnAccessFault[]
  /** What the client wrote to the console. */
  readonly said: string[]
  /** How many listeners the client has on the window. */
  readonly listeners: () => number
  /** Fires an event on the window. */
  fire(type: string): void
}

/** Opens a tab; the client in it is stopped when the test ends. */
export async function openPage (t: Test, options: PageOptions = {}): Promise<Page> {
  const {
    device = new Device(),
    api = new Api(() => device.monotonic),
    hidden = false,
    without,
    ...own
  } = options
  const listeners = new Map<string, Set<() => void>>()
  const document = {
    hidden,
    baseURI: 'https://www.example.com/',
    pictureInPictureElement: null,
    media: [] as Media[],
    querySelectorAll: (selector: string) => selector === 'audio,video' ? document.media : []
  }
  const environment = {
    document,
    navigator: { locks: lockManager(device) },
    performance: { now: () => device.monotonic },
    Date: { now: () => device.wall, parse: Date.parse },
    Math: { random: () => page.luck },
    console: { error: (words: string) => page.said.push(words) },
    fetch: api.fetch,
    setTimeout: (run: () => void, delay: number) => device.setTimeout(run, delay),
    clearTimeout: (id: number) => device.timers.delete(id),
    addEventListener: (type: string, listener: () => void, { signal }: { signal: AbortSignal }) => {
      const set = listeners.get(type) ?? new Set()
      listeners.set(type, set.add(listener))
      signal.addEventListener('abort', () => set.delete(listener))
    },
    BroadcastChannel: channelClass(device),
    ...without
  }
  const access = createCdnAccess(own, environment as unknown as Environment)
  const page: Page = {
    access,
    device,
    api,
    document,
    luck: 0,
    changes: [],
    receipts: [],
    faults: [],
    said: [],
    listeners: () => [...listeners.values()].reduce((sum, set) => sum + set.size, 0),
    fire: (type) => {
      for (const listener of listeners.get(type) ?? []) listener()
    }
  }
  access.addEventListener('statechange', ({ detail }) => {
    page.changes.push(detail)
  })
  access.addEventListener('receipt', ({ detail }) => {
    page.receipts.push(detail)
  })
  access.addEventListener('error', ({ detail }) => {
    page.faults.push(detail)
  })
  t.teardown(() => access.stop())
  await settle()
  return page
}

/** The states that a page went through, with the reason of each. */
export function history (page: Page): string[] {
  return page.changes.map(({ to, reason }) => `${to} (${reason})`)
}
