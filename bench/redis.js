import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** True where a Redis can be started. */
export function redisIsHere () {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A client of a Redis that keeps nothing and ends with this process. */
export async function startRedis () {
  const { Redis } = await import('ioredis')
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const path = join(folder, 'redis')
  const settings = ['--port', '0', '--unixsocket', path, '--save', '', '--dir', folder]
  const server = spawn('redis-server', settings, { stdio: 'ignore' })
  process.on('exit', () => {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  const client = new Redis({ path, maxRetriesPerRequest: null, retryStrategy: () => 20 })
  // It is not there at once.
  client.on('error', () => undefined)
  await client.ping()
  return client
}
