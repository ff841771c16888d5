import type { Environment } from './environment.js'
import { addressesThatBlock } from './limits.js'

/**
 * `fetch` with credentials, which repeats once what the CDN refused, where `renew` says that it is
 * worth it. `block` hears that the CDN gives nothing, `prove` that it gave something.
 */
export function createGuardedFetch (
  { fetch }: Environment,
  renew: () => Promise<boolean>,
  block: (reason: 'cdn') => void,
  prove: () => void
): typeof fetch {
  const refused = new Set<string>()

  const send = async (request: Request): Promise<Response> => {
    const response = await fetch(request)
    if (response.ok) {
      refused.clear()
      prove()
    }
    return response
  }

  return async (input, init) => {
    const request = new Request(input, { ...init, credentials: 'include' })
    let response = await send(request).catch((error: Error) => error)
    const isRepeatable = /GET|HEAD/.test(request.method) && !request.signal.aborted
    if (isRefused(response) && isRepeatable && await renew()) {
      response = await send(request)
      // One file proves nothing: a store may answer 403 for what is missing.
      if (isRefused(response) && refused.add(request.url).size >= addressesThatBlock) block('cdn')
    }
    if ('ok' in response) return response
    throw response
  }
}

/** A refusal without CORS headers looks like a broken network. */
function isRefused (response: Response | Error): boolean {
  return !('ok' in response) || response.status === 403
}
