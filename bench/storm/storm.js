import { writeFileSync } from 'node:fs'
import { drawCurves } from './picture.js'
import { scenarios } from './scenarios.js'

/** The options that are tried: the defaults, and a life that outlasts an API that is away. */
const settings = [
  { name: 'the defaults', ttl: 600, options: {} },
  {
    name: 'ttl: \'1h\', refreshBefore: \'15m\'',
    ttl: 3600,
    options: { ttl: '1h', refreshBefore: '15m' }
  }
]

const picture = new URL('../../docs/storm.svg', import.meta.url)

/** Lets a crowd loose on the plugin, prints what the API meets, and draws it. */
export async function storm (/** @type {{ viewers: number }} */ { viewers }) {
  console.log(`# Storms\n\n${viewers.toLocaleString('en')} viewers on a virtual clock.`)
  const curves = []
  for (const { name, ttl, options } of settings) {
    console.log(`\n## ${name}\n`)
    console.log('| | mean per second | peak | peak / mean | lost access | signatures |')
    console.log('|---|---:|---:|---:|---:|---:|')
    for (const [scenario, run] of Object.entries(scenarios)) {
      const { requests, lost, signatures } = await run({ viewers, options, ttl })
      const later = requests.slice(60)
      const mean = later.reduce((sum, count) => sum + count, 0) / later.length
      const peak = later.reduce((most, count) => Math.max(most, count), 0)
      const figures = [mean.toFixed(0), peak, (peak / mean).toFixed(1), lost, signatures]
      console.log(`| ${[scenario, ...figures].join(' | ')} |`)
      curves.push({ name, scenario, requests, mean })
    }
  }
  writeFileSync(picture, drawCurves(curves))
}
