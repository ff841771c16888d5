import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Runs the unit tests of what is committed, in a fresh clone, on each version of Node: the oldest
 * that is supported, the lines that are maintained, the newest.
 *
 * @type {readonly string[]}
 */
const versions = JSON.parse(readFileSync('test/node-versions.json', 'utf8'))
const clone = mkdtempSync(join(tmpdir(), 'cdn-access-nodes-'))
process.on('exit', () => rmSync(clone, { recursive: true, force: true }))
const options = /** @type {const} */ ({
  cwd: clone,
  stdio: 'inherit',
  env: { ...process.env, NODE_OPTIONS: '' }
})
execFileSync('git', ['clone', '--quiet', process.cwd(), clone], { stdio: 'inherit' })
execFileSync('npm', ['ci', '--no-audit', '--no-fund'], options)
execFileSync('npm', ['run', 'build'], options)
execFileSync('node', ['test/compile.js'], options)

const folder = `${clone}/test-build/groups`
const groups = readdirSync(folder).map((group) => `${folder}/${group}`)
const failed = versions.filter((version) => {
  const node = ['-y', '-p', `node@${version}`, '--', 'node']
  const found = spawnSync('npx', [...node, '--version'], {
    ...options,
    stdio: 'pipe',
    encoding: 'utf8'
  })
  console.log(`\nNode ${version}: ${found.stdout}`)
  // Coverage is counted by `npm test`.
  const tap = ['node_modules/tap/dist/esm/run.mjs', '--disable-coverage', ...groups]
  return spawnSync('npx', [...node, ...tap], options).status !== 0
})
if (failed.length > 0) throw new Error(`The tests fail on Node ${failed.join(', ')}.`)
console.log(`The tests pass on Node ${versions.join(', ')}.`)
