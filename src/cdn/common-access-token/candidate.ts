import type { EdgeRequest, Verdict } from '../cdn.js'
import { verdict, type Checklist } from '../format/verdict.js'

/** Where tokens are looked for. */
interface Places {
  readonly cookieName: string
  readonly queryName: string
}

/** A token that a request carries. */
export interface Candidate {
  readonly token: string
  readonly place: string
}

/** What is looked at of one request: anyone can send more, and each costs a signature. */
const mostTokens = 4

/**
 * Those of the URL first: a link is for the one who was sent it, whatever cookies are there. What is
 * empty is none: not every edge can tell `?CAT=` from `?CAT`.
 */
export function findTokens (
  { cookieName, queryName }: Places,
  query: string | undefined,
  cookies: EdgeRequest['cookies']
): Candidate[] {
  const start = `${queryName}=`
  const parameters = (query ?? '').split('&').filter((pair) => pair.startsWith(start))
  const own = cookies.filter(([name]) => name === cookieName)
  return [
    ...parameters.map((pair) => ({ token: pair.slice(start.length), place: 'query' })),
    ...own.map(([, token], index) => ({ token, place: `cookie ${index + 1} of the name` }))
  ].filter(({ token }) => token !== '').slice(0, mostTokens)
}

/** What the first token gives that passes; else the checks of the one that came farthest. */
export async function firstGood<Result> (
  list: Checklist,
  candidates: readonly Candidate[],
  check: (own: Checklist, candidate: Candidate) => Result
): Promise<Result> {
  let result: Result | undefined
  let farthest: Verdict | undefined
  for (const candidate of candidates) {
    const found = await verdict(403, (own) => {
      result = check(own, candidate)
    })
    if (found.allowed) {
      list.take(found.checks)
      break
    }
    if (farthest === undefined || found.checks.length > farthest.checks.length) farthest = found
  }
  if (result === undefined) list.take(farthest!.checks)
  return result!
}
