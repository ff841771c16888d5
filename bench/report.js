/**
 * @typedef {{ median: number, least: number, most: number }} Spread
 */

/**
 * The median with the least and the most of at least one number.
 *
 * @param {readonly number[]} values
 * @returns {Spread}
 */
export function spreadOf (values) {
  const sorted = values.toSorted((first, second) => first - second)
  const middle = (sorted.length - 1) / 2
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2
  return { median, least: sorted[0], most: sorted[sorted.length - 1] }
}

/**
 * How many times the second each value of the first is, round by round: what slows a whole round
 * down slows both.
 *
 * @param {readonly number[]} first
 * @param {readonly number[]} second
 * @returns {Spread}
 */
export function ratioOf (first, second) {
  return spreadOf(first.map((value, round) => value / second[round]))
}

/**
 * @param {Spread} spread
 * @param {(value: number) => string} format
 */
export function formatSpread ({ median, least, most }, format) {
  return `${format(median)} (${format(least)}–${format(most)})`
}

/**
 * Two digits after the point below 10, one below 100, none from there on, with a comma between
 * thousands.
 *
 * @param {number} value
 */
export function formatNumber (value) {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits
  })
}

/** @param {number} bytes */
export function formatMegabytes (bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/**
 * A Markdown table; every column but the first is of numbers.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function markdownTable (head, rows) {
  const rule = head.map((_, index) => index === 0 ? '---' : '---:')
  return [head, rule, ...rows].map(line).join('\n')
}

function line (/** @type {readonly string[]} */ cells) {
  return `| ${cells.join(' | ')} |`
}
