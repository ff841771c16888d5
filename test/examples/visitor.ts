import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { CookieJar } from 'tough-cookie'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Visit {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly json?: unknown
}

/**
 * A browser's cookies and nothing else of it: asks with what it holds for the address, and keeps
 * what is set. Each host is this machine.
 */
export function createVisitor () {
  const jar = new CookieJar(undefined, { allowSpecialUseDomain: true })

  return { ask, names: async (url: string) => (await jar.getCookies(url)).map(({ key }) => key) }

  async function ask (url: string, { method = 'GET', headers = {}, json }: Visit = {}) {
    const cookie = await jar.getCookieString(url)
    const { hostname, host, port, pathname, search } = new URL(url)
    const body = json === undefined ? undefined : JSON.stringify(json)
    const sent = request({
      // Names below .localhost are known to browsers alone.
      host: hostname.endsWith('localhost') ? 'localhost' : hostname,
      port,
      method,
      path: pathname + search,
      agent: false,
      headers: {
        host,
        ...headers,
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      }
    })
    sent.end(body)
    const [reply] = await once(sent, 'response') as [IncomingMessage]
    for (const line of reply.headers['set-cookie'] ?? []) {
      // A Secure cookie of localhost is kept by browsers, and refused by this jar.
      await jar.setCookie(line, url, { ignoreError: true })
    }
    const answer: Answer = {
      status: reply.statusCode!,
      headers: reply.headers,
      body: await text(reply)
    }
    return answer
  }
}

/** Ports that are free now, each under the name of a variable. */
export async function freePorts<Name extends string> (
  ...names: readonly Name[]
): Promise<Record<Name, string>> {
  const servers = await Promise.all(names.map(async () => {
    const server = createServer()
    await once(server.listen(0), 'listening')
    return server
  }))
  const ports = servers.map((server) => String((server.address() as AddressInfo).port))
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return Object.fromEntries(names.map((name, index) => [name, ports[index]!])) as Record<
    Name,
    string
  >
}
