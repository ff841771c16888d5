import { differsInEncodingAlone } from './encoding.js'
import type { RefusalCode } from '../refusal-codes.js'
import type { Checklist } from './verdict.js'

/** What was granted, and the URL or path that is asked for. */
export interface Coverage {
  /** With `*` and `?` as wildcards. */
  readonly granted: readonly string[]
  readonly requested: string
  /** Whether the format takes another URL in place of the one that is requested. */
  readonly covers: (requested: string) => boolean
}

/** Refuses a URL that what was granted does not cover, and names the part that differs. */
export function refuseUncovered (
  list: Checklist,
  name: string,
  detail: string,
  coverage: Coverage
): never {
  const { code, hint } = differenceOf(coverage)
  const { granted, requested } = coverage
  list.refuse(name, code, detail + hint, { expected: granted.join(' or '), found: requested })
}

/** The one part in which a URL differs from what was granted, and a sentence on it. */
export function differenceOf (
  { granted, requested, covers }: Coverage
): { code: RefusalCode, hint: string } {
  if (granted.some((path) => differsInEncodingAlone(path, requested))) {
    return {
      code: 'encoding-differs',
      hint:
        ' The two differ in percent-encoding alone, and it is compared as it is sent: let the ' +
        'page ask in the spelling that was granted.'
    }
  }
  const found = otherUrls(granted, requested).find(({ url }) => covers(url))
  return found ?? { code: 'path-outside', hint: firstDifference(granted, requested) }
}

function otherUrls (
  granted: readonly string[],
  requested: string
): Array<{ code: RefusalCode, hint: string, url: string }> {
  const [, scheme, rest] = /^(https?):\/\/(.*)$/s.exec(requested) ?? []
  const host = granted.map((url) => /^[a-z*?]+:\/\/([^/]+)/.exec(url)?.[1]).find((own) =>
    own !== undefined
  )
  return [
    { code: 'query-differs', hint: ' Only the query differs.', url: requested.split('?', 1)[0]! },
    ...scheme === undefined
      ? []
      : [{
        code: 'scheme-differs' as const,
        hint: ' Only the scheme differs.',
        url: `${scheme === 'http' ? 'https' : 'http'}://${rest}`
      }],
    ...scheme === undefined || host === undefined
      ? []
      : [{
        code: 'host-differs' as const,
        hint: ' Only the host differs.',
        url: requested.replace(/^(https?:\/\/)[^/]+/, (_, begin: string) => begin + host)
      }]
  ]
}

/** Where the only path that was granted and the one that is asked for part. */
function firstDifference ([granted, ...others]: readonly string[], requested: string): string {
  if (granted === undefined || others.length > 0) return ''
  const wanted = granted.split('/')
  const asked = requested.split('/')
  const at = wanted.findIndex((segment, index) => segment !== '*' && segment !== asked[index])
  if (at < 1 || asked[at] === undefined) return ''
  return ` They part at ${JSON.stringify(asked[at])}, where ${
    JSON.stringify(wanted[at])
  } was granted.`
}
