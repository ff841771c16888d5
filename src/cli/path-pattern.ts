/**
 * Which of several path patterns may come to serve a granted path, by the order in which CloudFront
 * looks at them: the indices of those that some URL of the grant matches, up to the first that all
 * of them do.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
 */
export function servingPatterns (granted: string, patterns: readonly string[]): number[] {
  const rooted = patterns.map((pattern) => pattern.startsWith('/') ? pattern : `/${pattern}`)
  const whole = rooted.findIndex((pattern) => aligns(granted, pattern, false))
  return rooted.flatMap((pattern, index) =>
    (whole === -1 || index <= whole) && aligns(granted, pattern, true) ? [index] : []
  )
}

/**
 * Whether a pattern takes every text that another stands for; where `both` have a say, whether there
 * is a text that they share. Filled from the ends of both: a row for each place of the first, a cell
 * for each of the second.
 */
function aligns (first: string, second: string, both: boolean): boolean {
  let below: boolean[] = []
  for (let i = first.length; i >= 0; i--) {
    const row: boolean[] = []
    for (let j = second.length; j >= 0; j--) {
      const ended = i === first.length && j === second.length
      const skipped = row[j + 1] === true || below[j] === true
      const star = second[j] === '*' || (both && first[i] === '*')
      const stepped = below[j + 1] === true && meets(first[i]!, second[j]!, both)
      row[j] = ended || (star && skipped) || stepped
    }
    below = row
  }
  return below[0]!
}

function meets (one: string, other: string, both: boolean): boolean {
  return one !== '*' && (one === other || other === '?' || (both && one === '?'))
}
