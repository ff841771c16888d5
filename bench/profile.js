import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compete } from './compete.js'
import { selfTimes } from './self-times.js'
import { markdownTable } from './report.js'

const shown = 40

/**
 * Where the server of one scenario spends its time: `--profile "issue/plugin GET"`.
 *
 * @param {string} wanted
 * @param {import('./families.js').Family[]} families
 * @param {import('./compete.js').Settings} settings
 */
export async function profile (wanted, families, settings) {
  const [familyName, variantName] = wanted.split('/')
  const family = families.find(({ name }) => name === familyName)
  const variant = family?.variants.find(({ name }) => name === variantName)
  if (family === undefined || variant === undefined) throw new Error(`there is no ${wanted}: it is a family and a scenario, such as "issue/plugin GET"`)
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const [outcome] = await compete({ ...family, variants: [variant] }, { ...settings, nodeArguments: ['--cpu-prof', '--cpu-prof-dir', folder] })
    if (outcome?.failure !== undefined) throw new Error(outcome.failure)
    const [file] = readdirSync(folder)
    const rows = selfTimes(JSON.parse(readFileSync(join(folder, file), 'utf8')))
    console.log(markdownTable(['function', 'share of the time'], rows.slice(0, shown).map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`])))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
