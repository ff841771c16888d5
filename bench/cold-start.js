import { cores, startChild } from './child.js'
import { formatNumber, formatSpread, markdownTable, ratioOf, spreadOf } from './report.js'

const names = /** @type {const} */ ({
  floor: 'fastify, @fastify/cookie, @fastify/env',
  plugin: 'fastify, @fastify/cookie, the plugin configured in code',
  variables:
    'fastify, @fastify/cookie, the plugin that finds variables and reads them with @fastify/env'
})
const kinds = /** @type {Array<keyof typeof names>} */ (Object.keys(names))

/**
 * Import, registration and `ready()` in fresh processes that take turns.
 *
 * @param {{ starts: number, keys: any }} settings
 */
export async function measureColdStart ({ starts, keys }) {
  /** @type {Record<keyof typeof names, number[]>} */
  const milliseconds = { floor: [], plugin: [], variables: [] }
  for (let start = 0; start <= starts; start++) {
    for (const kind of kinds) {
      const child = startChild('cold-start-child.js', { core: cores.server })
      const { took } = await child.ask({ kind, keys })
      await child.stop()
      if (start > 0) milliseconds[kind].push(took)
    }
  }
  const { floor, plugin, variables } = milliseconds
  return [
    `## Cold start, ${starts} processes of each`,
    markdownTable(['ratio', 'time'], [
      ['with the plugin / without', format(ratioOf(plugin, floor))],
      ['with the plugin that reads variables / without', format(ratioOf(variables, floor))]
    ]),
    markdownTable(
      ['process', 'ms until ready'],
      kinds.map((kind) => [names[kind], format(spreadOf(milliseconds[kind]))])
    )
  ].join('\n\n')
}

function format (/** @type {import('./report.js').Spread} */ spread) {
  return formatSpread(spread, formatNumber)
}
