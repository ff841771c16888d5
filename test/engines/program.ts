import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { removeAtEnd } from '../fixtures/remove-at-end.js'
import { send } from './request.js'

/** What a program is bound to: a test, or a file of tests. */
export interface Scope {
  teardown(end: () => unknown): void
}

/** A program that listens on loopback until its scope is over. */
export interface Engine {
  readonly url: string
  stop(): Promise<void>
}

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly port: number
  /** The command that brings the program here. */
  readonly install: string
  /** Resolves once it answers, of a program that speaks no HTTP. */
  readonly answers?: () => Promise<unknown>
}

const patienceMilliseconds = 30_000

/** Starts a program, and waits until it answers. */
export async function startProgram (
  scope: Scope,
  { command, args, env = {}, port, install, answers }: Program
): Promise<Engine> {
  const url = `http://127.0.0.1:${port}`
  const ask = answers ?? (() => send(url, '/'))
  const child = spawn(command, args, {
    env: { PATH: `${process.env['PATH']}:/usr/sbin`, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const guard = startGuard(child.pid)
  let printed = ''
  let ended: string | undefined
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      printed += text.toString()
    })
  }

  async function watch (): Promise<void> {
    try {
      await once(child, 'close')
      ended = `${command} ended: ${printed}`
    } catch (error) {
      ended = (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? `${command} is not there: ${install}`
        : String(error)
    }
    guard?.kill('SIGKILL')
  }

  async function stop (): Promise<void> {
    if (ended !== undefined) return
    child.kill('SIGTERM')
    const end = new AbortController()
    const patience = setTimeout(10_000, undefined, { signal: end.signal })
    await Promise.race([closed, patience.then(() => child.kill('SIGKILL'), () => undefined)])
    end.abort()
    await closed
  }

  const closed = watch()
  scope.teardown(stop)
  const last = Date.now() + patienceMilliseconds
  while (!(await ask().then(() => true, () => false))) {
    if (ended !== undefined) throw new Error(ended)
    if (Date.now() > last) throw new Error(`${command} does not answer: ${printed}`)
    await setTimeout(20)
  }
  return { url, stop }
}

/** A process that lives until this one ends, in whatever way, and then ends the program. */
function startGuard (pid: number | undefined): ChildProcess | undefined {
  if (pid === undefined) return undefined
  return spawn('sh', ['-c', `cat; kill -9 ${pid}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore']
  })
}

/** A folder with a short path, for a socket's has at most 107 characters. */
export async function scratchFolder (scope: Scope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-'))
  removeAtEnd(scope, folder)
  return folder
}

/** A free port below those that outgoing connections are given. */
export async function freePort (): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const server = createServer()
    const listening = once(server, 'listening')
    server.listen({ host: '127.0.0.1', port, exclusive: true })
    if (!await listening.then(() => true, () => false)) continue
    await once(server.close(), 'close')
    return port
  }
}
