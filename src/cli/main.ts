#!/usr/bin/env node
import { run } from './run.js'

/** The process as a command's terminal. A reader that goes away, such as `head`, is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exitCode = error.code === 'EPIPE' ? 0 : 1
})

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  now: Date.now,
  isTerminal: process.stdout.isTTY,
  out: (words) => {
    process.stdout.write(words)
  },
  err: (words) => {
    process.stderr.write(words)
  },
  readInput: async () => {
    if (process.stdin.isTTY) return undefined
    const { text } = await import('node:stream/consumers')
    return text(process.stdin)
  }
})

// A module of --config may hold the process, by a connection or a timer: it ends when all is said.
await Promise.all([process.stdout, process.stderr].map(flush))
process.exit()

/** Writes arrive in order, so the last one to be done says that all are. */
async function flush (stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}
