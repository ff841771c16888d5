import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { edgeFile } from '../../src/cli/edge-file.js'
import { edgeCases, type EdgeCase } from '../fixtures/edge-cases.js'
import { revocationIn, verifierSettings } from '../fixtures/edge-runs.js'
import { edgeNow } from '../fixtures/edge-tokens.js'
import { scratchFolder } from './program.js'
import { startWorker } from './workerd.js'

const origin = createServer((_, reply) => {
  reply.end('through')
}).listen(0, '127.0.0.1')
await once(origin, 'listening')
t.teardown(() => {
  origin.closeAllConnections()
  origin.close()
})

/** The Worker as it is deployed; each request brings the keys and the store of its case. */
const edge = join(await scratchFolder(t), 'edge.js')
await writeFile(edge, await edgeFile('cloudflare-worker', verifierSettings))
const { url } = await startWorker(t, {
  origin: `http://127.0.0.1:${(origin.address() as AddressInfo).port}`,
  script: `
import edge from ${JSON.stringify(edge)}

export default {
  async fetch (request) {
    Date.now = () => ${edgeNow * 1000}
    const { KEYS, entries } = JSON.parse(request.headers.get('x-case') ?? '{}')
    const object = {
      async fetch (url) {
        if (entries === undefined) throw new Error('The store can not be read')
        const text = entries[url.slice('https://revocations/'.length)]
        return text === undefined ? new Response(null, { status: 204 }) : new Response(text)
      }
    }
    return edge.fetch(request, { KEYS, REVOCATIONS: { idFromName: String, get: () => object } })
  }
}
`,
  bindings: {}
})

/** Sends a case as it stands: no parser touches the target. */
async function ask (given: EdgeCase): Promise<number> {
  const { method, url: path, host, cookie, keys, revocations } = given
  const ids = revocations === 'unavailable' ? undefined : Object.keys(revocations)
  const entries = ids?.map((id) => [id, revocationIn(given, id)])
  const store = {
    ...(keys === 'unavailable' ? {} : { KEYS: JSON.stringify(keys) }),
    ...(entries === undefined ? {} : { entries: Object.fromEntries(entries) as object })
  }
  const headers = {
    host,
    'x-case': JSON.stringify(store),
    ...(cookie === undefined ? {} : { cookie })
  }
  const { hostname, port } = new URL(url)
  const outgoing = request({ method, hostname, port, path, headers, agent: false }).end()
  const [incoming] = await once(outgoing, 'response') as [IncomingMessage]
  incoming.resume()
  await once(incoming, 'end')
  return incoming.statusCode!
}

/** HTTP clients write methods in upper case. */
const unsayable = 'a method in lower case'

await t.test('a Worker decides each case of the table as it says', async (t) => {
  for (const given of edgeCases().filter(({ name }) => name !== unsayable)) {
    t.equal(await ask(given), given.status, given.name)
  }
})
