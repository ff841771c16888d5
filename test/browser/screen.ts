import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Test } from 'tap'

const display = '/usr/bin/Xvfb'

/** Starts a screen for browsers that need one. Gives its name; closed with the test. */
export async function startScreen (t: Test): Promise<string> {
  if (!existsSync(display)) throw new Error('Xvfb is missing: apt-get install xvfb')
  const screen = spawn(display, ['-displayfd', '3', '-screen', '0', '1400x1100x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe']
  })
  endWith(t, screen)
  const [number] = await once(screen.stdio[3] as Readable, 'data') as [Buffer]
  return `:${number.toString().trim()}`
}

/** Ends a process with the test. */
export function endWith (t: Test, process: ChildProcess): void {
  const ended = once(process, 'exit')
  t.teardown(async () => {
    process.kill()
    await ended
  })
}
