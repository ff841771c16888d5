import type { Environment } from './environment.js'
import { readReply, type Reply } from './incoming.js'
import { requestTimeout } from './limits.js'
import type { CdnAccessClientOptions } from './types.js'

/** What came of a request: a reply, or what was thrown. */
export interface Answer extends Partial<Reply> {
  readonly cause?: unknown
}

/** Asks the API's route: never rejects, and takes 30 seconds at most, `headers()` included. */
export type Route = (
  method: string,
  control?: AbortController,
  begin?: () => void
) => Promise<Answer>

/** `begin` is called with each request: there is a second one after a 401, with new headers. */
export function createRoute (
  environment: Environment,
  url: string,
  headers: CdnAccessClientOptions['headers']
): Route {
  return async (method, control = new AbortController(), begin) => {
    const { signal } = control
    const send = async (isLast: boolean): Promise<Answer> => {
      const init = {
        method,
        signal,
        headers: await headers?.(),
        credentials: 'include',
        cache: 'no-store',
        // The route redirects nobody: who does leads to a login, and maybe to another site.
        redirect: 'manual',
        keepalive: method === 'DELETE'
      }
      begin?.()
      const reply = await readReply(
        await environment.fetch(url, init as RequestInit),
        environment.Date.now()
      )
      return reply.status === 401 && !isLast ? send(true) : reply
    }

    return new Promise((resolve) => {
      const timeout = environment.setTimeout(() => control.abort(), requestTimeout)
      const settle = (answer: Answer): void => {
        environment.clearTimeout(timeout)
        resolve(answer)
      }
      signal.onabort = () => settle({ cause: signal.reason })
      send(!headers).then(settle, (cause: unknown) => settle({ cause }))
    })
  }
}
