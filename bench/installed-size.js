import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { markdownTable } from './report.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The package's dependencies on disk, without what fastify and @fastify/cookie bring anyway. */
export function measureInstalledSize () {
  const { dependencies } = readManifest(root)
  const there = treeOf(['fastify', '@fastify/cookie'])
  const added = [...treeOf(Object.keys(dependencies))].filter((folder) => !there.has(folder))
    .toSorted()
  const sizes = added.map((folder) => ({ folder, bytes: sizeOf(folder) }))
  const rows = sizes.map(({ folder, bytes }) => [nameOf(folder), formatKilobytes(bytes)])
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  return [
    '## Installed size, beside fastify and @fastify/cookie',
    markdownTable(['package', 'on disk'], [
      ...rows,
      ['**all dependencies**', `**${formatKilobytes(total)}**`],
      ['the package itself (dist)', formatKilobytes(sizeOf(join(root, 'dist')))]
    ])
  ].join('\n\n')
}

/** The folders of packages and of all that they depend on. */
function treeOf (/** @type {string[]} */ names) {
  /** @type {Set<string>} */ const folders = new Set()
  const visit = (/** @type {string} */ name, /** @type {string} */ from) => {
    const folder = findPackage(name, from)
    if (folders.has(folder)) return
    folders.add(folder)
    for (const below of Object.keys(readManifest(folder).dependencies ?? {})) visit(below, folder)
  }
  for (const name of names) visit(name, root)
  return folders
}

function findPackage (/** @type {string} */ name, /** @type {string} */ from) {
  const folder = join(from, 'node_modules', name)
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return folder
  const above = join(from, '..')
  if (above === from) throw new Error(`${name} is not installed`)
  return findPackage(name, above)
}

function sizeOf (/** @type {string} */ folder) {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  const own = entries.filter((each) => each.isFile() && !insideNested(folder, each.parentPath))
  return own.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}

/** A package inside another one's `node_modules` is counted by itself. */
function insideNested (/** @type {string} */ folder, /** @type {string} */ path) {
  return path.slice(folder.length).includes('node_modules')
}

function nameOf (/** @type {string} */ folder) {
  return folder.slice(folder.lastIndexOf('node_modules') + 'node_modules/'.length)
}

function readManifest (/** @type {string} */ folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

function formatKilobytes (/** @type {number} */ bytes) {
  return `${Math.round(bytes / 1000)} kB`
}
