import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { keygenCommand } from '../../src/cli/keygen.js'
import { shellWord } from '../../src/cli/shell-word.js'
import { vendorKeys } from '../../src/cli/vendor-keys.js'
import { cli } from '../fixtures/command-line.js'

t.test('writes keys that their owner alone may read, and the steps at the vendor', async (t) => {
  const out = t.testdir()
  for (const cdn of Object.keys(vendorKeys)) {
    const ran = await cli(['keygen', cdn, '--name', cdn, '--out', out])
    t.match(ran, { code: 0, err: '' }, cdn)
    t.match(ran.out, /^wrote .*\(keep it secret\)\n[^]*\n1\. [^]*CDN_ACCESS_CDN=/, cdn)
  }
  const secret = readdirSync(out).filter((name) => !/public/.test(name))
  for (const name of secret) t.equal(statSync(join(out, name)).mode & 0o777, 0o600, name)
  const { out: printed } = await cli(['keygen', 'cloudfront', '--name', 'b', '--out', out])
  t.notOk(printed.includes(readFileSync(join(out, 'b.private.pem'), 'utf8').split('\n')[1]!))
  t.match(
    printed,
    `aws cloudfront create-public-key --public-key-config file://${out}/b.public-key-config.json`
  )
})

t.test('never writes over a file, and leaves no half of a pair', async (t) => {
  const out = t.testdir({ 'media.public.pem': 'mine' })
  t.match(await cli(['keygen', 'cloudfront', '--name', 'media', '--out', out]), {
    code: 2,
    err: /media\.public\.pem is there already and is not written over/
  })
  t.same(readdirSync(out), ['media.public.pem'])
  t.match(await cli(['keygen', 'akamai', '--out', join(out, 'media.public.pem')]), {
    code: 2,
    err: /The files can't be written into .*media\.public\.pem: EEXIST/
  })
})

t.test('makes its folder, and names the files in it as a shell reads them', async (t) => {
  const folder = join(t.testdir(), 'my keys', 'it\'s')
  const named: Record<string, string> = {
    cloudfront: 'file://WORD.public-key-config.json',
    'google-cloud-cdn': '--key-file WORD.key'
  }
  for (const cdn of Object.keys(vendorKeys)) {
    const { code, out } = await cli(['keygen', cdn, '--name', cdn, '--out', folder])
    t.equal(code, 0, cdn)
    const [, variable = ''] = /CDN_ACCESS_PRIVATE_KEY_FILE=(.*)\n/.exec(out) ?? []
    const read = spawnSync('sh', ['-c', `cat ${variable}`])
    t.equal(read.status, 0, `${cdn}: ${String(read.stderr)}`)
    const command = named[cdn]?.replace(
      /WORD(.*)/,
      (_all, end: string) => shellWord(`${join(folder, cdn)}${end}`)
    )
    if (command !== undefined) t.match(out, command)
  }
  const { out } = await cli(['keygen', 'uri-signing', '--name', 'z', '--out', folder])
  t.match(out, `@pparam=${join(folder, 'z.keys.json')}\n`)
})

t.test('writes into the folder where it is called, unless it is told', async (t) => {
  const before = process.cwd()
  const folder = t.testdir()
  process.chdir(folder)
  try {
    t.match(await cli(['keygen', 'akamai']), { code: 0, out: /^wrote cdn-access\.key/ })
  } finally {
    process.chdir(before)
  }
  t.same(readdirSync(folder), ['cdn-access.key'])
  t.type(keygenCommand, 'function')
})

t.test('prints JSON for programs', async (t) => {
  const out = t.testdir()
  const ran = await cli(['keygen', 'nginx', '--out', out, '--json'])
  t.match(JSON.parse(ran.out), {
    files: [{ path: resolve(out, 'cdn-access.secret'), secret: true }],
    variables: {
      CDN_ACCESS_CDN: 'nginx',
      CDN_ACCESS_PRIVATE_KEY_FILE: join(out, 'cdn-access.secret')
    }
  })
})

t.test('a name may begin with a digit, but not at Google', async (t) => {
  const out = t.testdir()
  for (const cdn of Object.keys(vendorKeys)) {
    const ran = await cli(['keygen', cdn, '--name', '2026-11', '--out', join(out, cdn)])
    if (cdn.startsWith('google-')) {
      t.match(ran, { code: 2, out: '', err: /^--name must be .* -, a letter first\.\n/ }, cdn)
    } else t.match(ran, { code: 0, out: /2026-11\./ }, cdn)
  }
})

t.test('refuses what it can\'t make', async (t) => {
  const refused = async (...argv: string[]): Promise<string> => (await cli(['keygen', ...argv])).err
  t.match(await refused(), /Name one CDN: cloudfront, google-cloud-cdn/)
  t.match(await refused('constructor'), /Name one CDN, which "constructor" is not: cloudfront/)
  t.match(await refused('a b'), /Name one CDN: cloudfront/)
  t.match(await refused('akamai', 'nginx'), /Name one CDN/)
  t.match(await refused('akamai', '--name', '../x'), /--name must be/)
  t.match(await refused('akamai', '--name', '_a'), /a letter or a digit first\.\n/)
  t.match(await refused('akamai', '--name', 'a'.repeat(64)), /--name must be 1 to 63/)
  t.match(await refused('cloudfront', '--type', 'dsa'), /--type must be/)
  t.match(await refused('akamai', '--type', 'rsa'), /--type is for cloudfront alone/)
})
