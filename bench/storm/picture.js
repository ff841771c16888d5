/**
 * @typedef {object} Curve
 * @property {string} name of the options
 * @property {string} scenario
 * @property {number[]} requests in each second
 * @property {number} mean
 */

const width = 280
const height = 80
const gap = { x: 40, y: 44 }
const margin = { x: 16, y: 50 }
const highest = 8

/**
 * A column for each set of options, a row for each scenario: requests per second over time, in
 * multiples of the mean.
 */
export function drawCurves (/** @type {Curve[]} */ curves) {
  const names = [...new Set(curves.map(({ name }) => name))]
  const rows = [...new Set(curves.map(({ scenario }) => scenario))]
  const left = (/** @type {string} */ name) => margin.x + names.indexOf(name) * (width + gap.x)
  const charts = curves.map((curve) =>
    drawChart(curve, {
      x: left(curve.name),
      y: margin.y + rows.indexOf(curve.scenario) * (height + gap.y)
    })
  )
  const size = `${margin.x + names.length * (width + gap.x)} ${
    margin.y + rows.length * (height + gap.y)
  }`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" font-family="sans-serif" ` +
    'font-size="11">',
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...names.map((name) =>
      `<text x="${left(name)}" y="20" font-weight="bold">${escapeText(name)}</text>`
    ),
    ...charts,
    '</svg>',
    ''
  ].join('\n')
}

function drawChart (
  /** @type {Curve} */ { scenario, requests, mean },
  /** @type {{ x: number, y: number }} */ { x, y }
) {
  const points = Array.from({ length: width }, (_, column) => {
    const from = Math.floor(column * requests.length / width)
    const to = Math.max(from + 1, Math.floor((column + 1) * requests.length / width))
    const most = Math.max(...requests.slice(from, to)) / mean
    return `${column},${(height * (1 - Math.min(most, highest) / highest)).toFixed(1)}`
  })
  const level = (/** @type {number} */ times) => height * (1 - times / highest)
  const minutes = Math.round(requests.length / 60)
  return [
    `<g transform="translate(${x} ${y})">`,
    `<text y="-6">${escapeText(scenario)}</text>`,
    `<rect width="${width}" height="${height}" fill="#f6f8fa"/>`,
    ...[1, 3].map((times) =>
      `<line x2="${width}" y1="${level(times)}" y2="${level(times)}" stroke="#bbb"/>` +
      `<text x="${width + 3}" y="${level(times) + 4}" fill="#666">${times}×</text>`
    ),
    `<polyline fill="none" stroke="#0969da" points="${points.join(' ')}"/>`,
    `<text y="${height + 13}" fill="#666">0</text>`,
    `<text x="${width}" y="${height + 13}" fill="#666" text-anchor="end">${minutes} min</text>`,
    '</g>'
  ].join('\n')
}

function escapeText (/** @type {string} */ text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
