import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { WebSocket } from 'undici'

/** A connection to a browser by WebDriver BiDi, or by DevTools in the same frames. */
export interface Bidi {
  send(method: string, params: object): Promise<Record<string, unknown>>
}

interface Reply {
  readonly id?: number | null
  /** Its code; DevTools put their words into it. */
  readonly error?: string | { readonly message: string }
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
      const reply = await replied
      waiting.delete(id)
      if (reply.result === undefined) throw new Error(`${method}: ${refusalOf(reply)}`)
      return reply.result
    }
  }
}

/** What a browser says where it listens: the first part that the pattern keeps. */
export async function addressIn (output: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  for await (const line of createInterface(output)) {
    const [, address] = pattern.exec(line) ?? []
    if (address !== undefined) {
      output.resume()
      return address
    }
  }
  throw new Error('The browser ended before it listened')
}

function refusalOf ({ error, message }: Reply): string {
  return typeof error === 'object' ? error.message : `${error} ${message}`
}
