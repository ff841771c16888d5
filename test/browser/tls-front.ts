import { request as requestPlain } from 'node:http'
import { request as requestOverTls } from 'node:https'
import type { Listener } from './listener.js'

export interface TlsFrontOptions {
  /** Where the edge listens on this machine, with TLS or without. */
  readonly edge: string
  /** The origin that may read replies. */
  readonly page: string
}

/**
 * Puts an edge on the media host, and adds the headers that let a page read its replies. Requests
 * pass as they are.
 */
export function startTlsFront ({ server }: Listener, { edge, page }: TlsFrontOptions): void {
  const { protocol, hostname, port } = new URL(edge)
  const request = protocol === 'https:' ? requestOverTls : requestPlain
  server.on('request', (incoming, reply) => {
    const outgoing = request({
      hostname,
      port,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
      rejectUnauthorized: false
    }, (answer) => {
      reply.writeHead(answer.statusCode!, {
        ...answer.headers,
        'cache-control': 'private, no-cache',
        'access-control-allow-origin': page,
        'access-control-allow-credentials': 'true'
      })
      answer.pipe(reply)
    })
    outgoing.on('error', () => {
      reply.destroy()
    })
    incoming.pipe(outgoing)
  })
}
