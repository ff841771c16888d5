import { once } from 'node:events'
import { WebSocket } from 'undici'

/** A connection to a browser by WebDriver BiDi. */
export interface Bidi {
  send(method: string, params: object): Promise<Record<string, unknown>>
}

interface Reply {
  readonly id?: number | null
  readonly error?: string
  readonly message?: string
  readonly result?: Record<string, unknown>
}

/** Rejects with the browser's words where it refuses a command. */
export async function openBidi (address: string): Promise<Bidi> {
  const socket = new WebSocket(address)
  const waiting = new Map<number, (reply: Reply) => void>()
  socket.addEventListener('message', ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply
    waiting.get(reply.id ?? 0)?.(reply)
  })
  socket.addEventListener('close', () => {
    for (const settle of waiting.values()) settle({ message: 'The browser has gone' })
  })
  await once(socket, 'open')
  let last = 0
  return {
    send: async (method, params) => {
      const id = ++last
      const replied = new Promise<Reply>((resolve) => waiting.set(id, resolve))
      socket.send(JSON.stringify({ id, method, params }))
      const { result, error, message } = await replied
      waiting.delete(id)
      if (result === undefined) throw new Error(`${method}: ${error} ${message}`)
      return result
    }
  }
}
