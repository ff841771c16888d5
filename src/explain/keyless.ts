import type { Check } from '../cdn/cdn.js'
import { addressInRange } from '../cdn/format/address.js'
import type { Inspection } from '../cdn/inspection.js'
import { inspect } from '../cdn/inspectors.js'
import { refusalFixes, type RefusalCode } from '../cdn/refusal-codes.js'
import { cookiePairs } from '../cookies/cookies.js'
import { shownTime, type EpochSeconds } from '../time.js'
import { cutUrl } from './cut-url.js'
import type { Explanation } from './explain.js'

/** A request, and when it was made. */
export interface KeylessRequest {
  readonly url: string
  readonly cookies?: string
  readonly method?: string
  readonly ip?: string
  readonly now: EpochSeconds
}

/** What credentials are refused for, whoever signed them. */
const fatal = new Set<RefusalCode>([
  'percent-encoded',
  'base64-standard',
  'base64-padding',
  'time-unreadable',
  'policy-unreadable',
  'credentials-incomplete',
  'kinds-mixed',
  'hash-marker',
  'claim-missing',
  'claim-refused'
])

const unknown =
  'Not known without the CDN\'s keys: whether the signature is good. Nor what the CDN ' +
  'is set to, and whether the file is there.'

/**
 * What can be said of a request without the keys of its CDN: what it carries, for what and until
 * when. `allowed` then says that nothing was seen that would refuse it, and no more.
 */
export function explainWithoutKeys (request: KeylessRequest): Explanation {
  const { url, cookies, method = 'GET' } = request
  const [origin = '', target] = cutUrl(url)
  const [path = '', ...query] = target.split('?')
  const pairs = cookiePairs(cookies?.replace(/^\s*cookie:\s*/i, ''))
  const found = inspect({ origin, path, query: query.join('?'), cookies: pairs })
  if (found.length === 0) {
    const code = method === 'OPTIONS'
      ? 'preflight'
      : pairs.length === 0
      ? 'cookies-none'
      : 'access-missing'
    return answerOf([failed('credentials', code, missing[code])])
  }
  const answers = found.map((one) => answerOf(checksOf(one, request), one))
  return answers.find(({ allowed }) => allowed) ?? answers[0]!
}

const missing = {
  preflight: 'This is a preflight, which browsers send without cookies.',
  'cookies-none': 'No cookie was sent at all, and the URL is not signed.',
  'access-missing': 'No cookie of a CDN was sent, and the URL is not signed.'
}

function answerOf (checks: readonly Check[], inspection?: Inspection): Explanation {
  const allowed = checks.every(({ ok }) => ok)
  const odd = inspection?.oddities.filter(({ code }) => !fatal.has(code)) ?? []
  const notes = odd.map(({ code, detail }) => ({ code, detail, fix: refusalFixes[code] }))
  return {
    allowed,
    status: allowed ? 200 : 403,
    ...(inspection === undefined ? {} : { cdn: inspection.cdn }),
    checks,
    ...(allowed ? { unverified: true as const } : {}),
    ...(notes.length === 0 ? {} : { notes }),
    unknown
  }
}

/** Up to the first that fails, in the order in which CDNs look. */
function checksOf (inspection: Inspection, request: KeylessRequest): Check[] {
  const checks = [formOf, scopeOf, endOf, startOf, addressOf].flatMap((check) =>
    check(inspection, request) ?? []
  )
  const first = checks.findIndex(({ ok }) => !ok)
  return first === -1 ? checks : checks.slice(0, first + 1)
}

function formOf ({ oddities, kind, names }: Inspection): Check {
  const odd = oddities.find(({ code }) => fatal.has(code))
  return odd === undefined
    ? passed('credentials', `There is ${kind}, in ${names.join(', ')}.`)
    : failed('credentials', odd.code, odd.detail)
}

function scopeOf ({ covers, grants }: Inspection, { url }: KeylessRequest): Check {
  const granted = grants.join(' or ')
  if (covers !== false) {
    const words = covers === undefined ? 'is not compared here' : 'covers this URL'
    return passed('scope', `It is for ${granted}, which ${words}.`)
  }
  const words = `It is for ${granted}, which does not cover this URL.`
  return failed('scope', 'path-outside', words, {
    expected: granted,
    found: url.split('?', 1)[0]!
  })
}

function endOf ({ endsAt }: Inspection, { now }: KeylessRequest): Check | undefined {
  if (endsAt === undefined) return undefined
  return now < endsAt
    ? passed('expiry', `Access ends in ${endsAt - now} s.`)
    : failed('expiry', 'expired', `Access ended ${now - endsAt} s ago.`, {
      expected: `before ${shownTime(endsAt)}`,
      found: shownTime(now)
    })
}

function startOf ({ startsAt }: Inspection, { now }: KeylessRequest): Check | undefined {
  if (startsAt === undefined) return undefined
  return now > startsAt
    ? passed('start', `Access began ${now - startsAt} s ago.`)
    : failed('start', 'not-begun', `Access begins in ${startsAt - now + 1} s.`, {
      expected: `after ${shownTime(startsAt)}`,
      found: shownTime(now)
    })
}

function addressOf ({ address }: Inspection, { ip }: KeylessRequest): Check | undefined {
  if (address === undefined) return undefined
  const inside = ip === undefined || address.split(',').some((range) => addressInRange(ip, range))
  const words = `It is good for ${address}, and the viewer's address is ${ip ?? 'not known'}.`
  return inside
    ? passed('address', words)
    : failed('address', 'address-differs', words, { expected: address, found: ip })
}

function passed (name: string, detail: string): Check {
  return { name, ok: true, detail }
}

function failed (
  name: string,
  code: RefusalCode,
  detail: string,
  evidence: Pick<Check, 'expected' | 'found'> = {}
): Check {
  return { name, ok: false, detail, code, fix: refusalFixes[code], ...evidence }
}
