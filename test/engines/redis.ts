import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort, scratchFolder, startProgram, type Engine, type Scope } from './program.js'

/** A Redis that can be stopped, and comes back with what it held. */
export interface RedisServer {
  readonly port: number
  start(): Promise<Engine>
}

export async function redisServer (scope: Scope): Promise<RedisServer> {
  const [folder, port] = [await scratchFolder(scope), await freePort()]
  const settings = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always']
  const place = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder]
  return {
    port,
    start: () =>
      startProgram(scope, {
        command: 'redis-server',
        args: [...place, ...settings],
        port,
        install: 'apt-get install redis-server',
        answers: () => ping(port)
      })
  }
}

/** It answers while it still reads what it held, and says so. */
async function ping (port: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port })
  try {
    await once(socket, 'connect')
    socket.write('PING\r\n')
    const [answer] = await once(socket, 'data') as [Buffer]
    if (!answer.toString().startsWith('+PONG')) throw new Error('not yet')
  } finally {
    socket.destroy()
  }
}
