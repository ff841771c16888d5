import type { CdnAccessReceipt } from '../../src/client/cdn-access.js'

/** What one request looked like. */
export interface Seen {
  readonly at: number
  readonly method: string
  readonly url: string
  readonly init: RequestInit
}

export type Answer = (request: Seen) => Response | Promise<Response>

/**
 * A stand-in for the network: the API's route, and a CDN. Requests can be aborted, as in a browser.
 */
export class Api {
  readonly requests: Seen[] = []
  readonly cdnRequests: Request[] = []
  answer: Answer = ({ method }) => method === 'DELETE' ? cleared() : receipt()
  cdn: (request: Request) => Response | Promise<Response> = () => new Response('media')
  /** How many requests are under way. */
  open = 0
  readonly #now: () => number

  constructor (now: () => number) {
    this.#now = now
  }

  /** The methods of the requests to the route, one letter each. */
  get methods (): string {
    return this.requests.map(({ method }) => method[0]).join('')
  }

  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const signal = input instanceof Request ? input.signal : init.signal
    signal?.throwIfAborted()
    this.open++
    try {
      return await Promise.race([this.#answer(input, init), aborted(signal)])
    } finally {
      this.open--
    }
  }

  async #answer (input: RequestInfo | URL, init: RequestInit): Promise<Response> {
    if (input instanceof Request) {
      this.cdnRequests.push(input)
      return this.cdn(input)
    }
    const seen = { at: this.#now(), method: init.method ?? 'GET', url: String(input), init }
    this.requests.push(seen)
    return this.answer(seen)
  }
}

/** A reply of the route: 10 minutes of access, due after 7.5. */
export function receipt (parts: Partial<CdnAccessReceipt> = {}): Response {
  return Response.json({
    status: 'refreshed',
    expiresIn: 600,
    refreshIn: 450,
    expiresAt: 1_767_226_200,
    ...parts
  })
}

/** What the route answers where it took the cookies away. */
export function cleared (): Response {
  return new Response(null, { status: 204 })
}

/** A refusal as Fastify writes it. */
export function refusal (
  statusCode: number,
  extra: Record<string, unknown> = {},
  headers: Record<string, string> = {}
): Response {
  return Response.json({ statusCode, error: 'Error', message: 'no', ...extra }, {
    status: statusCode,
    headers
  })
}

/** A denial of the route itself. */
export function denial (): Response {
  return refusal(403, { code: 'CDN_ACCESS_DENIED' })
}

/** A reply that never comes. */
export function silence (): Promise<never> {
  return new Promise(() => {})
}

/** A reply that comes when the test lets it. */
export function heldReply (): {
  readonly reply: Promise<Response>
  release(response: Response): void
} {
  let release: (response: Response) => void = () => {}
  const reply = new Promise<Response>((resolve) => {
    release = resolve
  })
  return { reply, release: (response) => release(response) }
}

function aborted (signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error))
  })
}
