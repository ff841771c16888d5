import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import t from 'tap'
import { edgeFile } from '../../src/cli/edge-file.js'
import { verifierSettings } from '../fixtures/edge-runs.js'

const runtimes = ['cloudflare-worker', 'lambda-at-edge', 'cloudfront-function'] as const

t.test('a file stands alone, with its constants', async (t) => {
  const folder = t.testdir()
  for (const runtime of runtimes) {
    const text = await edgeFile(runtime, verifierSettings)
    const imports = runtime === 'cloudfront-function' ? ['import cf from \'cloudfront\''] : []
    t.same(text.match(/^import .*$/gm) ?? [], imports, runtime)
    const [, settings = ''] = /^const settings = (\{\n[^]*?\n\})\n/m.exec(text) ?? []
    t.same(JSON.parse(settings), verifierSettings, runtime)
    await writeFile(`${folder}/${runtime}.mjs`, text)
    const checked = spawnSync(process.execPath, ['--check', `${folder}/${runtime}.mjs`])
    t.equal(checked.status, 0, String(checked.stderr))
  }
})

t.test('a constant that looks like a pattern of replacement stays as it is', async (t) => {
  const issuer = '$& $1 $`'
  t.match(await edgeFile('cloudfront-function', { ...verifierSettings, issuer }), issuer)
})

t.test('exports what a runtime looks for, and nothing else', async (t) => {
  const exported = async (runtime: typeof runtimes[number]): Promise<string[]> =>
    (await edgeFile(runtime, verifierSettings)).match(/^export .*$/gm) ?? []
  t.same(await exported('cloudflare-worker'), [
    'export default { fetch: answer }',
    'export class Revocations {'
  ])
  t.same(await exported('lambda-at-edge'), [
    'export async function handler ({ Records: [record] }) {'
  ])
  t.same(await exported('cloudfront-function'), [])
})

t.test('refuses a function that CloudFront would not take', async (t) => {
  const origins = Array.from({ length: 200 }, (_, index) => `https://page-${index}.example.com`)
  await t.rejects(edgeFile('cloudfront-function', { ...verifierSettings, origins }), {
    name: 'UsageError',
    message: /^The function has \d{5} bytes, and CloudFront takes 10240: name fewer origins$/
  })
})

t.test('the constants that the files are shipped with have the same names', async (t) => {
  for (const runtime of runtimes) {
    const text = readFileSync(`${process.cwd()}/runtimes/${runtime}.js`, 'utf8')
    const [, block = ''] = /^const settings = \{\n([^]*?)\n\}\n/m.exec(text) ?? []
    const names = block.split('\n').map((line) => /^ {2}(\w+):/.exec(line)?.[1])
    const own = runtime === 'lambda-at-edge' ? ['keys'] : []
    t.same(names, [...Object.keys(verifierSettings), ...own], runtime)
  }
})
