import { writeFileSync } from 'node:fs'
import { drawCurves } from './picture.js'
import { scenarios } from './scenarios.js'

/** The options that are tried. */
const settings = [
  { name: 'the defaults', ttl: 600, options: {} },
  { name: 'refreshBefore: \'4m30s\'', ttl: 600, options: { refreshBefore: 270 } },
  {
    name: 'ttl: \'1h\', refreshBefore: \'15m\'',
    ttl: 3600,
    options: { ttl: '1h', refreshBefore: '15m' }
  }
]

const columns = ['', 'mean per second', 'peak', 'peak / mean', 'lost access', 'signatures']

/**
 * Lets a crowd loose on the plugin and says what the API meets. The first minute, and the one after
 * all wake, are left out: nothing is known of viewers who were not there before.
 *
 * @param {{ viewers: number, picture?: URL }} crowd
 */
export async function storm ({ viewers, picture }) {
  const sections = [`## Storms, ${viewers.toLocaleString('en')} viewers on a virtual clock`]
  const curves = []
  for (const { name, ttl, options } of settings) {
    const rows = [`| ${columns.join(' | ')} |`, '|---|---:|---:|---:|---:|---:|']
    for (const [scenario, run] of Object.entries(scenarios)) {
      const { requests, lost, signatures, wakesAt } = await run({ viewers, options, ttl })
      const later = requests.filter((_, second) =>
        second >= 60 && (wakesAt === undefined || second < wakesAt || second >= wakesAt + 60)
      )
      const mean = later.reduce((sum, count) => sum + count, 0) / later.length
      const peak = later.reduce((most, count) => Math.max(most, count), 0)
      const figures = [mean.toFixed(0), peak, (peak / mean).toFixed(1), lost, signatures]
      rows.push(`| ${[scenario, ...figures].join(' | ')} |`)
      curves.push({ name, scenario, requests, mean })
    }
    sections.push(`With ${name}:`, rows.join('\n'))
  }
  if (picture !== undefined) writeFileSync(picture, drawCurves(curves))
  return sections.join('\n\n')
}
