import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'

/**
 * A proxy for https for which all hosts are this machine, for browsers that can't be told so
 * otherwise. Gives its host and port.
 */
export async function startProxy (t: Test): Promise<string> {
  const sockets = new Set<Socket>()
  const track = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  }
  const proxy = createServer().on('connect', ({ url }, client: Socket) => {
    const server = track(connect(Number(url!.split(':')[1]), '127.0.0.1'))
    track(client)
    server.once('connect', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.pipe(server).pipe(client)
    })
    server.once('close', () => client.destroy())
    client.once('close', () => server.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => {
    proxy.close()
    for (const socket of sockets) socket.destroy()
  })
  return `127.0.0.1:${(proxy.address() as AddressInfo).port}`
}
