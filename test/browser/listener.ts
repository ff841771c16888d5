import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { certificate } from './certificate.js'

/** A server over TLS on a port of its own, which it keeps while it is down. */
export interface Listener {
  readonly server: Server
  readonly port: number
  /** Refuses connections, and breaks those that are open. */
  down(): Promise<void>
  up(): Promise<void>
}

/** Listens before there is anything to answer, so that the port can be part of what is set up. */
export async function openListener (t: Test): Promise<Listener> {
  const server = createServer(certificate())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const down = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  t.teardown(down)
  return {
    server,
    port,
    down,
    up: async () => {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    }
  }
}

/** A Fastify that answers on this listener. */
export function fastifyOn (t: Test, { server }: Listener): FastifyInstance {
  const app = Fastify({ serverFactory: (handler) => server.on('request', handler) })
  t.teardown(() => app.close())
  return app
}
