import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { apart } from '../fixtures/apart.js'

interface Packed {
  readonly size: number
  readonly files: ReadonlyArray<{ readonly path: string }>
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const [packed] = JSON.parse(
  execFileSync(...apart('npm', 'pack', '--dry-run', '--json', '--ignore-scripts'), {
    encoding: 'utf8'
  })
) as [Packed]

t.test('the tarball is small, and holds code, declarations and text alone', async (t) => {
  t.ok(packed.size <= 250_000, `${packed.size} bytes`)
  const kinds = new Set(packed.files.map(({ path }) => /[^/]*?((?:\.d)?\.\w+)?$/.exec(path)?.[1]))
  t.same([...kinds].map(String).toSorted(), ['.d.ts', '.js', '.json', '.md', 'undefined'])
  const bare = packed.files.filter(({ path }) => !path.includes('.'))
  t.same(bare.map(({ path }) => path), ['LICENSE'])
})

t.test('no line is so long that an error which shows it hides its own message', async (t) => {
  const code = packed.files.map(({ path }) => path).filter((path) => path.endsWith('.js'))
  const long = code.filter((path) => /.{500}/.test(readFileSync(path, 'utf8')))
  t.same(long, [])
})

t.test('the tarball holds each file that an entry names', async (t) => {
  const paths = new Set(packed.files.map(({ path }) => `./${path}`))
  for (const entry of Object.values(manifest.exports)) {
    for (const file of typeof entry === 'string' ? [entry] : Object.values(entry as object)) {
      t.ok(paths.has(file), file)
    }
  }
})

t.test('what a registry shows has one place to fill in, and is published with provenance', async (t) => {
  const { homepage, repository, bugs, funding, publishConfig } = manifest
  const links = [homepage, repository.url, bugs, funding]
  for (const link of links) t.match(link, /^(?:git\+)?https:\/\/github\.com\/[\w-]+\/[\w-]+/)
  const owners = links.map((link) => /github\.com\/(?:sponsors\/)?([\w-]+)/.exec(link)?.[1])
  t.equal(new Set(owners).size, 1, 'the same in each')
  t.same(publishConfig, { access: 'public', provenance: true })
})
