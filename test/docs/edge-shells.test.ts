import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { edgeCases, type EdgeCase } from '../fixtures/edge-cases.js'
import { ownFolder } from '../fixtures/own-folder.js'
import { revocationIn } from '../fixtures/edge-runs.js'
import { edgeNow } from '../fixtures/edge-tokens.js'

const root = process.cwd()
const page = readFileSync(`${root}/docs/edge.md`, 'utf8')
const core = pathToFileURL(`${root}/runtimes/core.js`).href
const folder = ownFolder(t)

/** What the stand-ins for vendors' modules read. */
const world: { given?: EdgeCase } = {}
type Listener = (event: object) => void
const place = globalThis as unknown as {
  edgeShell?: object
  addEventListener?: (name: string, listener: Listener) => void
}
/** Puts the vendor's world in place of Node's own until a test is over. */
function enter (t: Test): void {
  const { now } = Date
  const { fetch } = globalThis
  place.edgeShell = Object.assign(world, { revocationIn })
  Date.now = () => edgeNow * 1000
  t.teardown(() => {
    Date.now = now
    globalThis.fetch = fetch
    delete place.edgeShell
    delete place.addEventListener
  })
}

const standIns: Record<string, string> = {
  'fastly:secret-store': `export class SecretStore {
    async get () {
      const { keys } = globalThis.edgeShell.given
      return keys === 'unavailable' ? null : { plaintext: () => JSON.stringify(keys) }
    }
  }`,
  'fastly:config-store': `export class ConfigStore {
    get (name) {
      return globalThis.edgeShell.revocationIn(globalThis.edgeShell.given, name.slice(2)) ?? null
    }
  }`,
  encoding: `const { atob, btoa, TextDecoder, TextEncoder } = globalThis
  export { atob, btoa, TextDecoder, TextEncoder }`,
  crypto: 'const { crypto } = globalThis\nexport { crypto }',
  './edgekv.js': `export class EdgeKV {
    async getJson () {
      const { keys } = globalThis.edgeShell.given
      if (keys === 'unavailable') throw new Error('away')
      return keys
    }
    async getText ({ item, default_value }) {
      const { revocationIn, given } = globalThis.edgeShell
      return revocationIn(given, item.slice(2)) ?? default_value
    }
  }`
}

/** The shell of one section, with stand-ins for what it imports. */
async function load (title: string): Promise<Record<string, (...given: unknown[]) => unknown>> {
  const section = page.split(`## ${title}\n`)[1]!
  let code = /^```js\n([^]*?)^```/m.exec(section)![1]!.replace('./core.js', core)
  for (const [name, text] of Object.entries(standIns)) {
    const file = `${name.replaceAll(/\W/g, '-')}.mjs`
    await writeFile(`${folder}/${file}`, text)
    code = code.replace(`from '${name}'`, `from './${file}'`)
  }
  // Node has its own, which can't be set.
  code = code.replace('btoa, crypto,', 'btoa,')
  const file = `${folder}/${title.replaceAll(' ', '-')}.mjs`
  await writeFile(file, code)
  return await import(pathToFileURL(file).href) as Record<string, (...given: unknown[]) => unknown>
}

t.test('Fastly\'s shell decides each case of the table as it says', async (t) => {
  enter(t)
  let listener: Listener | undefined
  place.addEventListener = (_name, given) => {
    listener = given
  }
  await load('Fastly Compute')
  globalThis.fetch = async () => new Response('through')
  for (const given of edgeCases()) {
    world.given = given
    const headers = new Headers({ host: given.host })
    if (given.cookie !== undefined) headers.set('cookie', given.cookie)
    const request = { method: given.method, url: `https://${given.host}${given.url}`, headers }
    let reply: Promise<Response> | undefined
    listener!({
      request,
      respondWith: (answer: Promise<Response>) => {
        reply = answer
      }
    })
    t.equal((await reply!).status, given.status, given.name)
  }
})

t.test('Akamai\'s shell decides each case of the table as it says', async (t) => {
  enter(t)
  const { onClientRequest } = await load('Akamai EdgeWorkers')
  for (const given of edgeCases()) {
    world.given = given
    const [path, ...query] = given.url.split('?')
    let status = 200
    const sent: Record<string, string | undefined> = { Cookie: given.cookie }
    await onClientRequest!({
      method: given.method,
      path,
      query: query.join('?'),
      getHeader: (name: string) => sent[name] === undefined ? null : [sent[name]],
      removeHeader: (name: string) => {
        sent[name] = undefined
      },
      setHeader: (name: string, value: string) => {
        sent[name] = value
      },
      route: () => undefined,
      respondWith: (code: number) => {
        status = code
      }
    })
    t.equal(status, given.status, given.name)
    if (status === 200) t.notMatch(sent['Cookie'] ?? '', 'CTA-Common-Access-Token')
  }
})
