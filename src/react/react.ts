/**
 * Keeps access fresh while a component is shown.
 *
 * @module fastify-cdn-access/react
 */
import { useEffect, useSyncExternalStore } from 'react'
import {
  createCdnAccess,
  type CdnAccessClient,
  type CdnAccessClientOptions,
  type CdnAccessFault,
  type CdnAccessState
} from '../client/cdn-access.js'

/** What a component sees of access. The object changes with what it says, and only then. */
export interface CdnAccessView {
  readonly state: CdnAccessState
  /** For `ensure()`, `refresh()`, `end()` and adapters; undefined until the component is mounted. */
  readonly access: CdnAccessClient | undefined
  /** What failed since the last receipt. */
  readonly error: CdnAccessFault | undefined
}

/** One access, and the components that use it. */
interface Shared {
  /** Those of the component that was rendered last. */
  headers: CdnAccessClientOptions['headers']
  readonly subscribe: (listener: () => void) => () => void
  readonly view: () => CdnAccessView
}

const nothing: CdnAccessView = { state: 'idle', access: undefined, error: undefined }
const shared = new Map<string, Shared>()

/**
 * Keeps access fresh while a component is mounted. All components that name the same `url` use one
 * access; it stops with the last of them. On a server the state is `idle`.
 */
export function useCdnAccess (
  { url = '/cdn-access', headers }: CdnAccessClientOptions = {}
): CdnAccessView {
  const own = shared.get(url) ?? share(url)
  useEffect(() => {
    own.headers = headers
  })
  return useSyncExternalStore(own.subscribe, own.view, nothingYet)
}

function share (url: string): Shared {
  const listeners = new Set<() => void>()
  let view = nothing

  const show = (change: Partial<CdnAccessView>): void => {
    view = { ...view, ...change }
    for (const listener of listeners) listener()
  }

  const open = (): void => {
    const latest = async (): Promise<HeadersInit> => await own.headers?.() ?? {}
    const access = createCdnAccess(own.headers === undefined ? { url } : { url, headers: latest })
    access.addEventListener('statechange', ({ detail }) => show({ state: detail.to }))
    access.addEventListener('error', ({ detail }) => show({ error: detail }))
    access.addEventListener('receipt', () => show({ error: undefined }))
    show({ access, state: access.state })
  }

  /** In a turn of its own: strict mode and a change of page unmount and mount again at once. */
  const closeUnlessUsed = (): void => {
    if (listeners.size > 0) return
    view.access?.stop()
    view = nothing
  }

  const own: Shared = {
    headers: undefined,
    view: () => view,
    subscribe: (listener) => {
      listeners.add(listener)
      if (view.access === undefined) open()
      return () => {
        listeners.delete(listener)
        setTimeout(closeUnlessUsed)
      }
    }
  }
  shared.set(url, own)
  return own
}

function nothingYet (): CdnAccessView {
  return nothing
}
