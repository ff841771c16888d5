import t from 'tap'
import { readArguments } from '../../src/cli/arguments.js'
import { commands } from '../../src/cli/help.js'
import { openKeyedExplainer, type KeyedExplainer } from '../../src/cli/keyed-explainer.js'
import { nginx } from '../../src/index.js'
import { now, signerOf, url } from '../fixtures/situations.js'

const explain = commands.find(({ name }) => name === 'explain')!
const key = Buffer.alloc(16, 7).toString('base64url')

async function open (env: Record<string, string>): Promise<KeyedExplainer | undefined> {
  return openKeyedExplainer(readArguments([], explain), {
    env,
    now: () => now * 1000,
    isTerminal: false,
    out: () => {},
    err: () => {},
    readInput: async () => undefined
  })
}

t.test('explains with the keys that are configured, and says whose address it knows', async (t) => {
  t.equal(await open({}), undefined)
  const keyed = await open({
    CDN_ACCESS_CDN: 'nginx',
    CDN_ACCESS_URL: url,
    CDN_ACCESS_PRIVATE_KEY: key,
    CDN_ACCESS_SCOPE: '/courses/:id/'
  })
  t.teardown(() => keyed!.close())
  t.same(keyed!.cdns.map(({ name }) => name), ['nginx'])
  t.ok(keyed!.serves(`${url}/a`))
  t.notOk(keyed!.serves('https://other.example.com/a'))
  t.notOk(keyed!.serves('/a'))
  const pairs = await signerOf(nginx({ url, secret: key, scope: '/courses/:id/' })).cookies()
  const cookies = pairs.map((pair) => pair.join('=')).join('; ')
  t.match(await keyed!.explain({ url: `${url}/courses/42/a`, cookies }), { allowed: true })
  t.match(await keyed!.explain({ url: `${url}/courses/43/a`, cookies }), { allowed: false })
})
