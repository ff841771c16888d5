import type { EdgeRequest } from '../cdn.js'

/**
 * A sentence for each of these cookies that a request has more than once, with a space before it,
 * or nothing; `counts` says which of them the CDN takes.
 */
export function sentTwice (
  cookies: EdgeRequest['cookies'],
  names: readonly string[],
  counts: string
): string {
  return names.map((name) => {
    const times = cookies.filter(([own]) => own === name).length
    return times < 2
      ? ''
      : ` The cookie ${name} was sent ${times} times, for the browser keeps it with another ` +
        `Domain or Path as well: ${counts}.`
  }).join('')
}
