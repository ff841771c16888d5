import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import { ask, ofApi } from '../../src/cli/answer.js'

const nowhere = new URL('http://media.invalid/a')

t.test('a name that leads nowhere is told with the fix of who bears it', async (t) => {
  t.match(await ask(nowhere, {}), {
    ok: false,
    code: 'alias-missing',
    fix: /^Point the name at the CDN in DNS, and add it there as an alternate domain name/
  })
  const api = await ask(nowhere, {}, ofApi)
  t.match(api, {
    ok: false,
    name: 'media.invalid',
    code: 'api-name-missing',
    fix: /^Look whether --api names the host that viewers ask\. Point the name at the API/
  })
  t.notMatch(JSON.stringify(api), 'CDN')
})

t.test('asks the API as a browser does, and the CDN for a file', async (t) => {
  const server = createServer(({ method }, reply) => reply.writeHead(202).end(method)).listen(0)
  t.teardown(() => server.close())
  await once(server, 'listening')
  const url = new URL(`http://localhost:${(server.address() as AddressInfo).port}/`)
  t.match(await ask(url, {}), { status: 202, text: 'GET' })
  t.match(await ask(url, {}, ofApi), { status: 202, text: 'POST' })
})

t.test('a machine that does not answer is told as such, whoever it is', async (t) => {
  for (const asked of [undefined, ofApi]) {
    t.match(await ask(new URL('http://localhost:1/'), {}, asked), {
      code: 'unreachable',
      fix: 'Look whether it runs, and whether this machine may reach it.'
    })
  }
})
