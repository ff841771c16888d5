import { matchesWildcard, matchingBeginnings } from '../format/wildcard.js'

/**
 * True where the Resource of a custom policy covers a URL. Scheme, host, path and query are matched
 * apart, so that no wildcard crosses from one into the next. A Resource that ends within its host
 * or its path in `*` covers all that follows.
 *
 * AWS's page shows the `?` that opens a query both bare and as `\?`, and a bare one is also a
 * wildcard for one character. Every reading is taken here.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html
 */
export function resourceCovers (resource: string, url: string): boolean {
  if (resource === '*') return true
  const pattern = cutUrl(resource)
  const actual = cutUrl(url)
  if (pattern === undefined || actual === undefined) return false
  const [path, query] = cutAt(actual.target, actual.target.indexOf('?'), 1)
  return matchesWildcard(pattern.scheme, actual.scheme) &&
    matchesWildcard(pattern.host, actual.host) && targetCovers(pattern.target, path, query)
}

/**
 * Without a scheme a leading `*` stands for any; without a path, that is `/`, or
 * everything after a `*`.
 */
function cutUrl (url: string): { scheme: string, host: string, target: string } | undefined {
  const match = /^(?:([a-z*?]+):\/\/|(?=\*))([^/]+)(\/.*)?$/.exec(url)
  if (match === null) return undefined
  const [, scheme = '*', host = '', target = host.endsWith('*') ? '/*' : '/'] = match
  return { scheme, host, target }
}

/**
 * Takes a Resource's path and query apart in each way that there is. For all bare `?` together that
 * takes the product of both lengths.
 */
function targetCovers (target: string, path: string, query: string): boolean {
  const escaped = target.indexOf('\\?')
  if (escaped !== -1) {
    const [pathPattern, queryPattern] = cutAt(target, escaped, 2)
    return matchesWildcard(pathPattern, path) && matchesWildcard(queryPattern, query)
  }
  if (matchesWildcard(target, path) && (query === '' || target.endsWith('*'))) return true
  const paths = matchingBeginnings(target, path)
  const queries = matchingBeginnings(backwards(target), backwards(query))
  return target.split('').some((character, at) =>
    character === '?' && paths[at]! && queries[target.length - at - 1]!
  )
}

function backwards (text: string): string {
  return text.split('').toReversed().join('')
}

function cutAt (target: string, index: number, width: number): [path: string, query: string] {
  return index === -1 ? [target, ''] : [target.slice(0, index), target.slice(index + width)]
}
