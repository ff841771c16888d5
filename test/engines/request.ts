import { request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly body: string
  readonly setCookie: readonly string[]
}

/** Sends one GET with the target and the headers as they stand: no parser touches them. */
export async function send (
  url: string,
  target: string,
  cookie?: string,
  more: Readonly<Record<string, string>> = {}
): Promise<Answer> {
  const { hostname, port, host } = new URL(url)
  return new Promise((resolve, reject) => {
    const headers = { host, ...(cookie === undefined ? {} : { cookie }), ...more }
    const address = { hostname, port, path: target }
    const outgoing = request({ ...address, headers, agent: false, timeout: 10_000 }, (incoming) => {
      let body = ''
      incoming.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      incoming.on('end', () => {
        resolve({
          status: incoming.statusCode!,
          body,
          setCookie: incoming.headers['set-cookie'] ?? []
        })
      })
      incoming.on('error', reject)
    })
    outgoing.on('timeout', () => {
      outgoing.destroy(new Error(`no answer to ${target}`))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}
