import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort, scratchFolder, type Scope } from './program.js'

/** A Redis that keeps its data over a stop, as a real one does. */
export interface RunningRedis {
  readonly port: number
  start(): Promise<void>
  stop(): Promise<void>
}

/** Starts `redis-server` on loopback. */
export async function startRedis (scope: Scope): Promise<RunningRedis> {
  const folder = await scratchFolder(scope)
  const port = await freePort()
  const options = { port, bind: '127.0.0.1', dir: folder, appendonly: 'yes', save: '' }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  let stopping: (() => Promise<void>) | undefined

  async function start (): Promise<void> {
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'close')
    stopping = async () => {
      child.kill('SIGTERM')
      await ended
    }
    let printed = ''
    for await (const text of child.stdout) {
      printed += String(text)
      if (printed.includes('Ready to accept connections')) break
    }
    child.stdout?.destroy()
  }

  async function stop (): Promise<void> {
    await stopping?.()
    stopping = undefined
  }

  scope.teardown(stop)
  await start()
  return { port, start, stop }
}
