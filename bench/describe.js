import {
  formatMegabytes,
  formatNumber,
  formatSpread,
  markdownTable,
  ratioOf,
  spreadOf
} from './report.js'

/**
 * A family's part of the results: ratios first, then what they were made of.
 *
 * @param {import('./families.js').Family} family
 * @param {import('./compete.js').Outcome[]} outcomes
 */
export function describeFamily ({ title, ratios, bothCores, memory }, outcomes) {
  const good = outcomes.filter(({ failure }) => failure === undefined)
  const find = (/** @type {string} */ name) => good.find(({ variant }) => variant.name === name)
  const ratioRows = ratios.flatMap(([name, base]) => {
    const [first, second] = [find(name), find(base)]
    if (first === undefined || second === undefined) return []
    const byCpu = ratioOf(second.cpuMicroseconds, first.cpuMicroseconds)
    return [[
      `${name} / ${base}`,
      formatSpread(ratioOf(first.perSecond, second.perSecond), formatNumber),
      formatNumber(byCpu.median)
    ]]
  })
  const rows = good.map(
    ({ variant, perSecond, cpuMicroseconds, busy, delayMilliseconds, memory: held }) => {
      const cells = [
        variant.name,
        formatSpread(spreadOf(perSecond), formatNumber),
        formatNumber(spreadOf(cpuMicroseconds).median),
        `${Math.round(spreadOf(busy).median * 100)} %`
      ]
      if (bothCores) {
        cells.push(variant.loop ? '' : formatNumber(spreadOf(delayMilliseconds).median))
      }
      if (memory && held !== undefined) {
        cells.push(formatMegabytes(held.rss), formatMegabytes(held.heapUsed))
      }
      return cells
    }
  )
  const head = [
    'scenario',
    'requests per second',
    'CPU µs per request',
    'busy',
    ...(bothCores ? ['event loop delay p99, ms'] : []),
    ...(memory ? ['resident', 'heap'] : [])
  ]
  const failed = outcomes.filter(({ failure }) => failure !== undefined)
  const failures = failed.map(({ variant, failure }) => `- **failed**: ${variant.name}: ${failure}`)
  return [
    `## ${title}`,
    ...(ratioRows.length === 0
      ? []
      : [markdownTable(['ratio', 'requests per second', 'by CPU time'], ratioRows)]),
    ...(rows.length === 0 ? [] : [markdownTable(head, rows)]),
    ...(failures.length === 0 ? [] : [failures.join('\n')])
  ].join('\n\n')
}
