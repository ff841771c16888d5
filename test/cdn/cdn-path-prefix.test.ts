import t from 'tap'
import { cdnPath, isCdnPath, pathKind } from '../../src/cdn/cdn-path.js'
import { seeds } from '../fixtures/property.js'
import { pickText, seeded } from '../fixtures/seeded.js'

t.test('makes a path of all that begins with a text', async (t) => {
  const made = cdnPath.prefix`/videos/a`
  t.equal(made.path, '/videos/a*')
  t.ok(isCdnPath(made))
  t.equal(pathKind(made.path), 'beginning')
  t.equal(cdnPath.prefix`/videos/`.path, '/videos/*', 'of a folder it is the folder')
  t.equal(cdnPath.prefix`/`.path, '/*')
  t.equal(cdnPath.prefix`/u/${'a-b'}/${2026}-film.`.path, '/u/a-b/2026-film.*')
  t.equal(cdnPath.prefix`/u/${'a'}/`.path, '/u/a/*')
  t.equal(cdnPath.prefix`/u/${'a b'}.`.path, '/u/a%20b.*')
})

t.test('refuses wildcards, and what no path is', async (t) => {
  const cases: Array<[make: () => unknown, message: RegExp]> = [
    [
      () => cdnPath.prefix`/videos/a*`,
      /"\/videos\/a\*" holds a wildcard, and cdnPath.prefix opens/
    ],
    [() => cdnPath.prefix`/v?/a`, /holds a wildcard/],
    [() => cdnPath.prefix`videos/a`, /must start with a slash/],
    [() => cdnPath.prefix``, /must start with a slash/],
    [() => cdnPath.prefix`/a//b`, /holds an empty segment/],
    [() => cdnPath.prefix`/a/../b`, /holds a dot segment/],
    [() => cdnPath.prefix`/a%2fb`, /holds an encoded slash/],
    [() => cdnPath.prefix('/a' as never), /was given to cdnPath like an argument/]
  ]
  for (const [make, message] of cases) t.throws(make, { code: 'CDN_ACCESS_PATH_INVALID', message })
})

t.test('a value never is the beginning of another one', async (t) => {
  const open = {
    code: 'CDN_ACCESS_PATH_INVALID',
    message: /ends in a value, .* write what ends it/
  }
  t.throws(() => cdnPath.prefix`/videos/${'a'}`, open)
  t.throws(() => cdnPath.prefix`/videos/film-${'a'}`, open)
  t.throws(() => cdnPath.prefix`/videos/${'a'}${'b'}-`, open)
  const holds = (character: string, position: number): { code: string, message: RegExp } => ({
    code: 'CDN_ACCESS_PATH_SEGMENT_INVALID',
    message: new RegExp(
      `^Value ${position} of cdnPath holds "${character}", which ends it in the template`
    )
  })
  t.throws(() => cdnPath.prefix`/videos/${'a-b'}-`, holds('-', 1))
  t.throws(() => cdnPath.prefix`/u/${'-'}/${'a,b'},`, holds(',', 2))
  t.throws(() => cdnPath.prefix`/videos/${'a,b'}%2C`, holds('%', 1))
  t.throws(() => cdnPath.prefix`/videos/${'a'}-${'b_c'}_`, holds('_', 2))
  t.throws(() => cdnPath.prefix`/videos/${'\u00fc'}%C3%BC`, holds('%', 1))
  t.throws(() => cdnPath.prefix`/videos/${12}2`, holds('2', 1))
  t.equal(cdnPath.prefix`/videos/${'a_b'}-${'c-d'}_`.path, '/videos/a_b-c-d_*')
})

t.test('whatever two viewers are called, neither begins where the other does', async (t) => {
  const parts = ['a', 'b', '-', '.', ',', '%', '2', 'C', '%2C', '\u00fc', '~', ' ']
  let made = 0
  for (const seed of seeds(2000)) {
    const next = seeded(seed)
    const names = [0, 1].map(() => pickText(next, parts, 1 + next(4)))
    const write = [
      (name: string) => cdnPath.prefix`/v/${name}-`,
      (name: string) => cdnPath.prefix`/v/${name},`,
      (name: string) => cdnPath.prefix`/v/${name}%2C`,
      (name: string) => cdnPath.prefix`/v/x${name}2-`
    ][next(4)]!
    const paths = names.map((name) => {
      try {
        return decodeURIComponent(write(name).path.slice(0, -1))
      } catch {
        return undefined
      }
    })
    const [first, second] = paths
    if (first === undefined || second === undefined || names[0] === names[1]) continue
    made++
    if (first.startsWith(second) || second.startsWith(first)) {
      t.fail(`${names.join(' and ')} of seed ${seed}`)
    }
  }
  t.ok(made > 200, `${made} pairs`)
})
