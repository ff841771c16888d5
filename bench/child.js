import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Where the load runs and where the servers do; undefined is anywhere. */
export const cores = { server: 0, load: 1 }

/** True where processes can be pinned to a core each. */
export const canPin = availableParallelism() >= 2 && tasksetWorks()

/**
 * Starts a Node.js process of its own from a file of this folder.
 *
 * @param {string} file
 * @param {{ core?: number, nodeArguments?: string[], args?: string[] }} [options]
 */
export function startChild (file, { core, nodeArguments = [], args = [] } = {}) {
  const node = [
    process.execPath,
    ...nodeArguments,
    fileURLToPath(new URL(file, import.meta.url)),
    ...args
  ]
  const [command, ...rest] = core === undefined || !canPin
    ? node
    : ['taskset', '-c', String(core), ...node]
  const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = once(child, 'exit')
  return {
    /** Sends a message and yields the answer, or rejects with what went wrong there. */
    ask: async (/** @type {object} */ message) => {
      if (child.exitCode !== null) throw new Error(`${file} has ended`)
      const answered = once(child, 'message')
      child.send(message)
      const early = ended.then(([code, signal]) => {
        throw new Error(`${file} ended with ${code ?? signal}`)
      })
      const [answer] = await Promise.race([answered, early])
      if (answer.error !== undefined) throw new Error(answer.error)
      return answer
    },
    stop: async () => {
      if (child.connected) child.disconnect()
      await ended
    }
  }
}

/**
 * Answers what a parent asks, one message at a time, and ends when the parent lets go.
 *
 * @param {(message: any) => Promise<object>} answer
 */
export function answerParent (answer) {
  process.on('message', (message) => {
    const answered = answer(message).catch((error) => ({ error: String(error?.stack ?? error) }))
    void answered.then((result) => process.send?.(result))
  })
  process.on('disconnect', () => process.exit())
}

function tasksetWorks () {
  try {
    execFileSync('taskset', ['-c', '1', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
