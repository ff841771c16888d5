import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import {
  functionEvent,
  functionText,
  runOf,
  type FunctionAnswer,
  type FunctionEvent,
  type FunctionRun
} from '../fixtures/cloudfront-events.js'
import { atMoment } from '../fixtures/at-moment.js'
import { edgeCases } from '../fixtures/edge-cases.js'
import { ownFolder } from '../fixtures/own-folder.js'
import { mutants } from '../fixtures/edge-mutants.js'
import { hasSecretsAlone, verifierSettings } from '../fixtures/edge-runs.js'
import { edgeId, edgeNow, edgeSettings, secretOne, token } from '../fixtures/edge-tokens.js'

interface Module {
  readonly handler: (event: FunctionEvent) => Promise<FunctionAnswer>
  readonly standIn: Record<string, unknown> & { reads: number }
}

const folder = ownFolder(t)
const module = `${process.cwd()}/test/fixtures/cloudfront-module.js`
const text = await functionText()
await writeFile(
  `${folder}/function.mjs`,
  `${text.replace('\'cloudfront\'', JSON.stringify(pathToFileURL(module).href))}
export { handler }
export const standIn = cf.standIn
`
)
const loaded = await import(pathToFileURL(`${folder}/function.mjs`).href) as Module

/** Runs the function in Node; how often it has read the store comes with its answer. */
async function run ({ event, standIn, now = edgeNow * 1000 }: FunctionRun): Promise<
  FunctionAnswer & { reads: number }
> {
  Object.assign(loaded.standIn, { bytesAs: 'buffer', reads: 0 }, standIn)
  const answer = await atMoment(now, () => loaded.handler(structuredClone(event)))
  return { ...answer, reads: loaded.standIn.reads }
}

const good = runOf(edgeCases().find(({ name }) => name === 'a good token')!)
const id = edgeId.toString('base64url')

t.test('is small enough, and of a syntax that the runtime has', async (t) => {
  t.ok(Buffer.byteLength(text) <= 10_240, `${Buffer.byteLength(text)} bytes`)
  t.equal(text.split('\n')[0], 'import cf from \'cloudfront\'')
  const code = text.replaceAll(/\/\*\*[^]*?\*\/|'[^'\n]*'|\/(?![/*])[^/\n]+\//g, '')
  const newer = {
    export: /\bexport\b/,
    'for of': /for \([^)]*\bof\b/,
    destructuring: /(?:const|let) [[{]|function \w* ?\([^)]*[{[]/,
    spread: /\.\.\./,
    class: /\bclass\b/,
    Map: /\bnew (?:Map|Set)\b/,
    'optional chaining': /\?\./,
    'default parameters': /function \w+ \([^)]*=/,
    'an await within arguments': /\((?:[^()]|\([^()]*\))*\bawait\b(?=[^\n]*\))/,
    'catch without a parameter': /catch \{/
  }
  for (const [what, pattern] of Object.entries(newer)) t.notMatch(code, pattern, what)
})

t.test('decides each case of the table as it says, with three reads at most', async (t) => {
  for (const given of edgeCases().filter(hasSecretsAlone)) {
    const { statusCode = 200, reads } = await run(runOf(given))
    t.equal(statusCode, given.status, given.name)
    t.ok(reads <= 3, `${given.name}: ${reads} reads`)
  }
})

t.test('opens to no mutant, and none makes it throw', async (t) => {
  const statuses = new Set<number | undefined>()
  for (const each of mutants(3000)) statuses.add((await run(each)).statusCode)
  t.same([...statuses], [403])
})

t.test('reads no store for who has no token, and it twice for who is not revoked', async (t) => {
  t.match(await run({ ...good, event: functionEvent({ url: '/courses/42/a.ts' }) }), {
    statusCode: 403,
    reads: 0
  })
  const { reads, statusCode } = await run(good)
  t.same([reads, statusCode], [2, undefined])
  const entries = { ...good.standIn.entries, [`r:${id}`]: `${edgeNow}.${edgeNow + 1}` }
  t.match(await run({ ...good, standIn: { entries, unreadable: [] } }), {
    statusCode: 403,
    reads: 3
  })
})

t.test('an id that arrives as anything but bytes closes it', async (t) => {
  for (const bytesAs of ['string', 'hex', 'array'] as const) {
    t.match(await run({ ...good, standIn: { ...good.standIn, bytesAs } }), { statusCode: 403 })
  }
})

t.test('a store that can\'t be read, or holds no keys, is a 503 that asks to come again', async (t) => {
  const broken: Array<Record<string, string>> = [
    {},
    { keys: 'junk' },
    { keys: 'null' },
    { keys: '{}' },
    { keys: '{"k":[]}' },
    { keys: '{"k":"x"}' },
    { keys: '{"k":["AAAA"]}' },
    { keys: '{"k":[7]}' }
  ]
  for (const entries of broken) {
    t.match(await run({ ...good, standIn: { entries, unreadable: [] } }), {
      statusCode: 503,
      headers: { 'retry-after': { value: '5' }, 'cache-control': { value: 'no-store' } }
    }, JSON.stringify(entries))
  }
  for (const unreadable of [['keys'], ['r:'], ['']]) {
    t.match(await run({ ...good, standIn: { ...good.standIn, unreadable } }), { statusCode: 503 })
  }
})

t.test('takes keys without ids for any token that they have signed', async (t) => {
  const other = token(secretOne, { kid: Buffer.from('o'.repeat(40)) })
  const event = functionEvent({
    url: '/courses/42/a.ts',
    cookie: `${edgeSettings.cookieName}=${other}`
  })
  t.match(await run({ ...good, event }), { statusCode: 403 })
  const entries = { keys: JSON.stringify({ k: [secretOne.jwk['k']] }) }
  const { statusCode } = await run({ ...good, event, standIn: { entries, unreadable: [] } })
  t.equal(statusCode, undefined)
})

t.test('lets a request through without the tokens, and with CloudFront\'s own cookies', async (t) => {
  const { cookieName } = edgeSettings
  const event = functionEvent({
    url: `/courses/42/a.ts?v=1&CAT=${token()}`,
    cookie: `CloudFront-Policy=x; ${cookieName}=a; ${cookieName}=b`
  })
  const { cookies, querystring } = await run({ ...good, event })
  t.same(cookies, { 'CloudFront-Policy': { value: 'x' } })
  t.same(querystring, { v: { value: '1' } })
})

t.test('a refusal may be read by the pages that are named', async (t) => {
  const [origin = ''] = verifierSettings.origins
  const from = async (name: string): Promise<string[]> => {
    const event = functionEvent({ url: '/a', headers: { origin: name } })
    return Object.keys((await run({ ...good, event })).headers!)
  }
  t.same(await from(origin), [
    'cache-control',
    'content-type',
    'access-control-allow-origin',
    'access-control-allow-credentials',
    'access-control-expose-headers',
    'vary'
  ])
  t.same(await from('https://other.example.com'), ['cache-control', 'content-type'])
})
