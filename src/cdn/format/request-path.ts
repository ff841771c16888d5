import type { Checklist } from './verdict.js'

/** A request's path and query, cut at the first `?`; `query` is undefined where there is none. */
export interface RequestTarget {
  readonly path: string
  readonly query: string | undefined
}

/**
 * Cuts a request's URL into path and query, and refuses a path that servers behind the edge may
 * read differently: with a dot segment in any spelling (`%2e`, or `..;x` that some servers cut at
 * the `;`), an encoded slash or backslash, a backslash or NUL.
 */
export function checkRequestPath (list: Checklist, url: string): RequestTarget {
  const question = url.indexOf('?')
  const path = question === -1 ? url : url.slice(0, question)
  const reason = climbs(path)
  if (reason !== undefined) {
    list.refuse(
      'path',
      'path-ambiguous',
      `The path ${reason}: an origin could read it as another file. This is stricter than the CDN.`
    )
  }
  list.pass('path', 'The path can be read in one way alone.')
  return { path, query: question === -1 ? undefined : url.slice(question + 1) }
}

function climbs (path: string): string | undefined {
  if (!path.startsWith('/')) return 'does not start with a slash'
  if (/[^\x21-\x7e]/.test(path)) return 'holds a space, a control or a non-ASCII character'
  if (path.includes('\\')) return 'holds a backslash'
  if (path.includes('#')) return 'holds a fragment'
  if (/%(?:2f|5c|00)/i.test(path)) return 'holds an encoded slash, backslash or NUL'
  if (/%(?![0-9a-f]{2})/i.test(path)) {
    return 'holds a "%" that is not followed by two hexadecimal digits'
  }
  if (path.replace(/%2e/gi, '.').split('/').some((segment) => /^\.\.?(?:$|;|%3b)/i.test(segment))) {
    return 'holds a dot segment'
  }
  return undefined
}
