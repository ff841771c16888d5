import type { Cdn, Check } from '../cdn/cdn.js'
import { answersAt } from '../cdn/host-pattern.js'
import { cookiePairs } from '../cookies/cookies.js'
import * as errors from '../errors.js'
import type { KeyRing } from '../key-ring/key-ring.js'
import { momentOf, secondsOf, type EpochSeconds } from '../time.js'

/** A request to a CDN, as somebody has seen it fail. */
export interface ExplainRequest {
  /** The whole URL, as the browser asked for it. */
  readonly url: string
  /** The raw `Cookie` header; left out for none. */
  readonly cookies?: string
  /** The viewer's address, where a grant is bound to one. */
  readonly ip?: string
  /** When: a `Date` or epoch seconds; default now. */
  readonly at?: Date | EpochSeconds
  /** Default GET. */
  readonly method?: string
}

/**
 * What the CDN would answer, and why. It holds no key, no token and no cookie's value.
 *
 * Where several CDNs have the URL's address, each is asked. `cdn`, `status` and `checks` are of the
 * one that allows, or else of the first; `others` has the rest.
 */
export interface Explanation {
  /** True where a CDN of this address allows the request. */
  readonly allowed: boolean
  /** The status that the CDN would answer with; 0 where no CDN has this address. */
  readonly status: number
  /** The name of the CDN that has the URL's scheme, host and port. */
  readonly cdn?: string
  readonly checks: readonly Check[]
  /**
   * What each other CDN of the same address answers, in the order of the registration; left out
   * where there is none.
   */
  readonly others?: readonly CdnAnswer[]
}

/** What one of several CDNs of an address answers. */
export interface CdnAnswer {
  readonly cdn: string
  readonly allowed: boolean
  readonly status: number
  readonly checks: readonly Check[]
}

export interface ExplainContext {
  readonly cdns: readonly Cdn[]
  readonly rings: ReadonlyMap<string, KeyRing>
  readonly now: () => number
}

/** Asks the CDN that a URL belongs to for its checks, or each where several have its address. */
export async function explain (
  { cdns, rings, now }: ExplainContext,
  { url, cookies, ip, at, method = 'GET' }: ExplainRequest
): Promise<Explanation> {
  const [origin, target] = cutUrl(url)
  if (cookies !== undefined && typeof cookies !== 'string') {
    throw new errors.CDN_ACCESS_OPTION_INVALID('cookies', 'the raw Cookie header')
  }
  const own = cdns.filter((each) => origin !== undefined && answersAt(each, origin))
  if (own.length === 0) {
    const detail = `No CDN has this scheme, host and port: they are ${
      cdns.map((each) => each.host ?? each.url).join(', ')
    }. Give the whole URL; http and https are different addresses.`
    return { allowed: false, status: 0, checks: [{ name: 'url', ok: false, detail }] }
  }
  const seconds = at === undefined ? secondsOf(now) : readMoment(at)
  const request = {
    method,
    url: target,
    origin: origin!,
    // As it is pasted from a browser's tools.
    cookies: cookiePairs(cookies?.replace(/^\s*cookie:\s*/i, '')),
    now: seconds,
    ...(ip === undefined ? {} : { ip })
  }
  const answers = await Promise.all(own.map(async (cdn): Promise<CdnAnswer> => {
    const keys = rings.get(cdn.name)!.accepted(seconds)
    const { allowed, status, checks } = await cdn.check(request, keys)
    return { cdn: cdn.name, allowed, status, checks }
  }))
  const first = answers.find(({ allowed }) => allowed) ?? answers[0]!
  const others = answers.filter((answer) => answer !== first)
  return others.length === 0 ? first : { ...first, others }
}

function readMoment (at: unknown): EpochSeconds {
  const moment = momentOf(at)
  if (moment === undefined) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'at',
      'a Date or epoch seconds in explain({ at }). For milliseconds write new Date(milliseconds)'
    )
  }
  return moment
}

/**
 * The address in its one form, as a CDN's own url is; the rest as it stands, for a parser would
 * resolve dot segments.
 */
function cutUrl (url: unknown): [origin: string | undefined, target: string] {
  if (typeof url !== 'string') {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'url',
      'the whole URL, such as https://media.example.com/a.png'
    )
  }
  const [address] = /^[^:/?#]+:\/\/[^/?#\\]*/.exec(url) ?? ['']
  const [target = ''] = url.slice(address.length).split('#')
  return [
    URL.canParse(address) ? new URL(address).origin : undefined,
    target.startsWith('/') ? target : `/${target}`
  ]
}
