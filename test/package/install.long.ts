import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { apart } from '../fixtures/apart.js'
import { removeAtEnd } from '../fixtures/remove-at-end.js'

/** Outside of the repository, whose packages npm would find otherwise. */
const folder = mkdtempSync(join(tmpdir(), 'cdn-access-'))
removeAtEnd(t, folder)

function run (command: string, args: readonly string[], cwd: string = folder): string {
  return execFileSync(...apart(command, ...args), {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe']
  })
}

t.test('the tarball installs in an empty folder, and npx runs its command', async (t) => {
  const packed = run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    process.cwd()
  )
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
  run('npm', ['init', '-y'])
  run('npm', ['install', '--no-audit', '--no-fund', `./${filename}`])
  const token = `t=exp=9~acl=/*~hmac=${'a'.repeat(64)}`
  const inspected = ['--no-install', 'cdn-access', 'inspect', '--cookie', token]
  t.match(run('npx', inspected), /^akamai: a token\n/)
  t.match(run('npx', ['--no-install', 'cdn-access', 'keygen', 'akamai']), 'CDN_ACCESS_CDN=akamai')
})
