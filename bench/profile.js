import { compete } from './compete.js'
import { markdownTable } from './report.js'
import { fileOf, functionOf, partOf, selfTimes } from './self-times.js'

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
  if (family === undefined || variant === undefined) {
    throw new Error(
      `there is no ${wanted}: it is a family and a scenario, such as "issue/plugin GET"`
    )
  }
  const outcomes = await compete(family, { ...settings, profile: true })
  const outcome = outcomes.find((each) => each.variant === variant)
  if (outcome?.failure !== undefined) throw new Error(outcome.failure)
  const kinds = { part: partOf, file: fileOf, function: functionOf }
  for (const [title, nameOf] of Object.entries(kinds)) {
    const times = selfTimes(outcome?.profile, nameOf).slice(0, shown)
    const rows = times.map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`])
    console.log(`\n${markdownTable([title, 'share of the time'], rows)}`)
  }
}
