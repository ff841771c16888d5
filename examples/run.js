import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Packs the package as it stands, installs it and the rest into one example, and starts that:
 * `npm run example -- minimal`.
 */
const [name = ''] = process.argv.slice(2)
const names = readdirSync(import.meta.dirname).filter((each) =>
  existsSync(join(import.meta.dirname, each, 'package.json'))
)
if (!names.includes(name)) {
  console.error('Which one? npm run example -- NAME, with one of these names:')
  for (const each of names) console.error(`  ${each}`)
  process.exit(1)
}

const folder = join(import.meta.dirname, name)
const root = join(import.meta.dirname, '..')
const inherit = /** @type {const} */ ({ cwd: folder, stdio: 'inherit' })
const scratch = mkdtempSync(join(tmpdir(), 'example-'))
const packed = ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch]
const [{ filename }] = JSON.parse(execFileSync('npm', packed, { cwd: root, encoding: 'utf8' }))
// Beside what package.json asks for, which is there once it is published.
const tarball = join(scratch, filename)
execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', tarball], inherit)
rmSync(scratch, { recursive: true })
spawn('npm', ['start', '--silent'], inherit).on('exit', (status) => {
  process.exitCode = status ?? 0
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined)
