import { join } from 'node:path'
import t from 'tap'
import { readArguments } from '../../src/cli/arguments.js'
import { openKeys, readConfiguration, type Configuration } from '../../src/cli/configuration.js'
import { commands } from '../../src/cli/help.js'
import type { Terminal } from '../../src/cli/terminal.js'

const explain = commands.find(({ name }) => name === 'explain')!
const key = 'ab'.repeat(16)
const own = `{ name: 'own', url: 'https://h', cookieNames: ['a'], keys: [], format: {},
  parseKey () {}, plan () {}, sign () {}, check () {} }`

function terminal (env: Terminal['env'] = {}, err: Terminal['err'] = () => {}): Terminal {
  return {
    env,
    now: Date.now,
    isTerminal: false,
    out: () => {},
    err,
    readInput: async () => undefined
  }
}

async function load (file: string): Promise<Configuration | undefined> {
  return readConfiguration(readArguments(['--config', file], explain), terminal())
}

t.test('reads the variables, and nothing where there are none', async (t) => {
  const none = readArguments([], explain)
  t.equal(await readConfiguration(none, terminal()), undefined)
  t.equal(await readConfiguration(none, terminal({ CDN_ACCESS_CDN: '' })), undefined)
  const env = {
    CDN_ACCESS_CDN: 'akamai',
    CDN_ACCESS_URL: 'https://h',
    CDN_ACCESS_PRIVATE_KEY: key,
    CDN_ACCESS_TTL: '5m'
  }
  t.match(await readConfiguration(none, terminal(env)), {
    cdns: [{ name: 'akamai' }],
    options: { ttl: '5m' }
  })
  await t.rejects(readConfiguration(none, terminal({ CDN_ACCESS_CDN: 'x' })), {
    code: 'CDN_ACCESS_ENV_INVALID'
  })
})

t.test('reads what a module exports, in each form', async (t) => {
  const folder = t.testdir({
    'options.mjs': `export default { cdn: ${own}, ttl: '1m' }`,
    'function.mjs': `export default async () => ({ cdn: [${own}] })`,
    'cdn.mjs': `export const cdn = ${own}`,
    'cdns.mjs': `export const cdns = [${own}]`,
    'bare.mjs': `export default ${own}`,
    'common.cjs': `module.exports = { cdn: ${own} }`
  })
  for (
    const name of ['options.mjs', 'function.mjs', 'cdn.mjs', 'cdns.mjs', 'bare.mjs', 'common.cjs']
  ) {
    t.match(await load(join(folder, name)), { cdns: [{ name: 'own' }] }, name)
  }
  t.match(await load(join(folder, 'options.mjs')), { options: { ttl: '1m' } })
})

t.test('says what is wrong with a module', async (t) => {
  const folder = t.testdir({
    'empty.mjs': 'export default 7',
    'throws.mjs': 'throw new TypeError("secret")',
    'reads.mjs': 'import { readFileSync } from "node:fs"\nreadFileSync("/none/secret")',
    'null.mjs': 'throw null',
    'number.mjs': 'throw Object.assign(new RangeError("secret"), { code: 7 })',
    'coded.mjs': 'throw Object.assign(new Error("odd"), { code: "CDN_ACCESS_URL_INVALID" })',
    'imports.mjs': 'import "./none.mjs"'
  })
  await t.rejects(load(join(folder, 'empty.mjs')), {
    name: 'UsageError',
    message: /exports no CDN/
  })
  await t.rejects(load(join(folder, 'throws.mjs')), {
    message: 'The module of --config fails with TypeError'
  })
  for (
    const [name, kind] of [
      ['reads.mjs', 'Error ENOENT'],
      ['null.mjs', 'a thrown object'],
      ['number.mjs', 'RangeError']
    ] as const
  ) {
    await t.rejects(load(join(folder, name)), {
      name: 'UsageError',
      message: `The module of --config fails with ${kind}`
    }, name)
  }
  await t.rejects(load(join(folder, 'coded.mjs')), { code: 'CDN_ACCESS_URL_INVALID' })
  for (const name of ['imports.mjs', 'none.mjs']) {
    await t.rejects(load(join(folder, name)), { message: /is not there/ }, name)
  }
})

t.test('opens the keys, and tells a failure of their source', async (t) => {
  let told = ''
  const cdn = {
    ...(await load(join(t.testdir({ 'a.mjs': `export default ${own}` }), 'a.mjs')))!.cdns[0]!,
    keys: {
      load: () => {
        throw new Error('x')
      }
    }
  }
  const rings = await openKeys(
    { cdns: [cdn], options: {} },
    terminal({}, (text) => {
      told += text
    })
  )
  for (const ring of rings.values()) ring.close()
  t.match(told, /the keys of "own" could not be loaded/)
})
