import { readdirSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { registry } from '../../src/cdn/registry.js'
import { commands } from '../../src/cli/help.js'
import { variableNames } from '../../src/config/env.js'
import { optionNames } from '../../src/config/options.js'
import * as errors from '../../src/errors.js'
import { declaredMembers, declaredTexts, decorated, factoryOptions } from '../fixtures/declared.js'
import { pages, readPage } from '../fixtures/pages.js'

/** The text of a section, to the next heading of its rank or above. */
function section (page: string, heading: string): string {
  const rank = /^#+/.exec(heading)![0].length
  const text = readPage(page).split(`\n${heading}\n`)[1]!
  return text.split(new RegExp(`\\n#{1,${rank}} `))[0]!
}

/** The names in the first column of a table, without what they are called with. */
function rowNames (text: string): string[] {
  const rows = text.split('\n').filter((line) => line.startsWith('| `'))
  return rows.flatMap((row) =>
    [...row.split(' | ')[0]!.matchAll(/`([\w.[\]]+)(?:\([^`]*\))?`/g)].map((match) => match[1]!)
  )
}

/** The first table of a text. */
const firstTable = (text: string): string => /(?:^\|.*\n?)+/m.exec(text)![0]

const same = (t: Test, found: readonly string[], wanted: readonly string[], what: string) =>
  t.same([...new Set(found)].toSorted(), [...new Set(wanted)].toSorted(), what)

t.test('the README names each option, and no other', async (t) => {
  const named = rowNames(section('README.md', '## Options').split('\nDurations are')[0]!)
  const attributes = declaredMembers('index', 'CookieOptions').map((name) => `cookie.${name}`)
  same(t, named, [...optionNames.filter((name) => name !== 'cookie'), ...attributes], 'options')
  same(t, declaredMembers('index', 'CdnAccessOptions'), optionNames, 'the type is the same list')
  const env = /`\{ ([a-z, ]+) \}`/.exec(
    section('README.md', '## Options').split('| `env` |')[1]!
  )![1]!
  same(t, env.split(', '), declaredMembers('index', 'EnvOptions'), 'env')
})

t.test('the README names what authorize may return, and what signUrl takes', async (t) => {
  const grant = /^- `\{ ([^}]+) \}`/m.exec(section('README.md', '### `authorize`'))![1]!
  same(t, grant.replaceAll('?', '').split(', '), declaredMembers('index', 'GrantDetails'), 'grant')
  const row = /^\| `fastify\.cdnAccess\.signUrl.*$/m.exec(readPage('README.md'))![0]
  const [options = ''] = row.split('without cookies. ')[1]!.split('. A query')
  const named = [...options.matchAll(/`(\w+)`/g)]
  same(t, named.map((match) => match[1]!), declaredMembers('index', 'SignUrlOptions'), 'signUrl')
})

t.test('the README names what explain takes, what stats counts and what a receipt holds', async (t) => {
  const api = section('README.md', '## API')
  const [, explain] = /cdnAccess\.explain\(\{ ([^}]+) \}/.exec(api)!
  const [, stats] = /Counts since the start: (.*?) now\./.exec(api)!
  const [, receipt] = /^Receipt: (.*)$/m.exec(api)!
  const names = (text: string): string[] => [...text.matchAll(/`(\w+)`/g)].map((match) => match[1]!)
  const asked = explain!.replaceAll('?', '').split(', ')
  same(t, asked, declaredMembers('index', 'ExplainRequest'), 'explain')
  same(t, names(stats!), declaredMembers('index', 'CdnAccessStats'), 'stats')
  const statuses = declaredTexts('index', 'Receipt', 'status')
  same(t, names(receipt!), [...declaredMembers('index', 'Receipt'), ...statuses], 'receipt')
})

t.test('the page of each CDN names each option of its factory, and no other', async (t) => {
  for (const { name, factory } of registry) {
    const named = rowNames(firstTable(section(`docs/cdns/${name}.md`, '## Options')))
    same(t, named, factoryOptions(factory.name), name)
  }
})

t.test('the README names each decorator, and no other', async (t) => {
  const api = readPage('README.md').split('| decorator | |')[1]!.split('\n\n')[0]!
  const named = [...api.matchAll(/`(?:fastify|reply|request)?\.(\w+)(?:\.(\w+))?/g)].map(
    ([, first, second]) => second ?? first!
  )
  same(t, named, [
    ...decorated('FastifyReply'),
    ...decorated('FastifyRequest'),
    ...decorated('FastifyInstance').filter((name) => name !== 'cdnAccess'),
    ...declaredMembers('index', 'CdnAccess')
  ], 'decorators')
})

t.test('each variable is named, and each name of one is read', async (t) => {
  const section3 = section('README.md', '### Environment')
  const ofCommands = readdirSync('src/cli').flatMap((file) =>
    [...readFileSync(`src/cli/${file}`, 'utf8').matchAll(/\benv\['(\w+)'\]/g)].map((match) =>
      match[1]!
    )
  )
  const own = variableNames.map((name) => `CDN_ACCESS_${name}`)
  for (const name of own) t.match(section3, `\`${name}\``)
  for (const name of ofCommands) t.match(readPage('docs/cli.md'), name)
  const known = new Set([...own, ...ofCommands, ...Object.keys(errors), ...warningCodes()])
  for (const page of pages) {
    const named = readPage(page).match(/\bCDN_ACCESS_[A-Z_]*[A-Z]\b/g) ?? []
    t.same(named.filter((name) => !known.has(name)), [], page)
  }
})

t.test('each flag is named, and each command line of a page uses flags that are there', async (t) => {
  for (const { name, options } of commands) {
    for (const { name: flag } of options) t.match(section('docs/cli.md', `## ${name}`), `--${flag}`)
  }
  for (const page of pages) {
    const lines = readPage(page).replaceAll('\\\n', ' ').matchAll(
      /(?:cdn-access|fastify-cdn-access) ([a-z]+)( [^`\n|]*)/g
    )
    for (const [line, name, rest] of lines) {
      const command = commands.find((each) => each.name === name)
      if (command === undefined) continue
      const flags = rest!.match(/(?<= )--[a-z-]+/g) ?? []
      const known = new Set(command.options.map((option) => `--${option.name}`))
      t.same(flags.filter((flag) => !known.has(flag)), [], `${page}: ${line}`)
    }
  }
})

t.test('the page of the client names each member, option, event, state, reason and code', async (t) => {
  const page = 'docs/client.md'
  const of = (heading: string): string[] => rowNames(section(page, heading))
  same(
    t,
    rowNames(firstTable(section(page, '## Options'))),
    declaredMembers('client/types', 'CdnAccessClientOptions'),
    'options'
  )
  const listening = new Set(['removeEventListener', 'dispatchEvent'])
  const members = declaredMembers('client/types', 'CdnAccessClient').filter((name) =>
    !listening.has(name) && !name.startsWith('__@')
  )
  same(t, rowNames(firstTable(section(page, '## What it gives you'))), [
    ...members,
    '[Symbol.dispose]'
  ], 'members')
  same(t, of('### States'), declaredTexts('client/types', 'CdnAccessState'), 'states')
  const events = section(page, '### Events')
  same(
    t,
    rowNames(firstTable(events)),
    declaredMembers('client/types', 'CdnAccessEventMap'),
    'events'
  )
  same(
    t,
    rowNames(events.split('have one of these codes')[1]!),
    declaredTexts('client/types', 'CdnAccessFault', 'code'),
    'codes'
  )
  const reasons = /`reason` is (.*?)\. `advice`/.exec(events)![1]!
  same(
    t,
    [...reasons.matchAll(/`(\w+)`/g)].map((match) => match[1]!),
    declaredTexts('client/types', 'CdnAccessReason'),
    'reasons'
  )
})

t.test('the pages of the edge, the hook and testCdn name each member', async (t) => {
  const edge = rowNames(firstTable(section('docs/testing.md', '## A stand-in for the CDN')))
  same(t, edge, declaredMembers('edge/edge', 'CdnEdgeOptions'), 'edge')
  const hook = rowNames(firstTable(section('docs/react.md', '## What it returns')))
  same(t, hook, declaredMembers('react/react', 'CdnAccessView'), 'hook')
  const tested = rowNames(firstTable(section('docs/cdns/custom.md', '## Its test')))
  same(t, tested, declaredMembers('testing/test-cdn', 'TestCdnOptions'), 'testCdn')
})

t.test('the README says of its errors what the page of errors does', async (t) => {
  const rows = section('README.md', '## Errors').matchAll(/^\| `(\w+)` \| (\d+) \|/gm)
  for (const [, code, status] of rows) {
    const make = (errors as Record<string, new() => { statusCode?: number }>)[code!]
    t.equal(make === undefined ? undefined : new make().statusCode, Number(status), code!)
  }
})

/** The codes of what the process warns of, which are no errors. */
function warningCodes (): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.ts')).flatMap((file) =>
    [...readFileSync(`src/${file}`, 'utf8').matchAll(/\bwarn\(\s*'(CDN_ACCESS_\w+)'/g)].map((
      match
    ) => match[1]!)
  )
}
