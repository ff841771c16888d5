import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'

/** Removes the declarations that no entry of the package leads to. */
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
const kept = new Set(
  Object.values(exports).flatMap(({ types }) => types ?? []).map((file) => resolve(file))
)
for (const file of kept) {
  const text = readFileSync(file, 'utf8')
  for (const [, target] of text.matchAll(/(?:\bfrom |\bimport\(?)\s*['"](\.[^'"]*)\.js['"]/g)) {
    kept.add(resolve(file, '..', `${target}.d.ts`))
  }
}
for (const name of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  const file = resolve('dist', name)
  if (name.endsWith('.d.ts') && !kept.has(file)) rmSync(file)
}
