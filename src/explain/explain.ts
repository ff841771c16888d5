import type { Cdn, Check, EdgeRequest } from '../cdn/cdn.js'
import { answersAt } from '../cdn/host-pattern.js'
import { refusalFixes } from '../cdn/refusal-codes.js'
import { cookiePairs } from '../cookies/cookies.js'
import * as errors from '../errors.js'
import type { KeyRing } from '../key-ring/key-ring.js'
import { momentOf, secondsOf, type EpochSeconds } from '../time.js'
import { answer, type CdnAnswer, type Note } from './answer.js'
import { cutUrl } from './cut-url.js'

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
  /** True where `allowed` was said without keys: nothing was seen that would refuse it, no more. */
  readonly unverified?: true
  /** What else is odd about the request; left out where there is nothing. */
  readonly notes?: readonly Note[]
  /** What no check of the request can know. */
  readonly unknown: string
  /**
   * What each other CDN of the same address answers, in the order of the registration; left out
   * where there is none.
   */
  readonly others?: readonly CdnAnswer[]
}

/** Nothing here asks the CDN: what it is set to is not guessed. */
export const unknown: string =
  'Not known here: whether the CDN has these keys and asks for access at this path, and whether ' +
  'the file is there. Many origins answer 403 for a file that is missing.'

export interface ExplainContext {
  readonly cdns: readonly Cdn[]
  readonly rings: ReadonlyMap<string, KeyRing>
  readonly now: () => number
  /** What edges that ask are told; undefined where no store is asked. */
  readonly revokedSince?: EdgeRequest['revokedSince'] | undefined
}

/** Asks the CDN that a URL belongs to for its checks, or each where several have its address. */
export async function explain (
  { cdns, rings, now, revokedSince }: ExplainContext,
  { url, cookies, ip, at, method = 'GET' }: ExplainRequest
): Promise<Explanation> {
  if (typeof url !== 'string') {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'url',
      'the whole URL, such as https://media.example.com/a.png'
    )
  }
  const [origin, target] = cutUrl(url)
  if (cookies !== undefined && typeof cookies !== 'string') {
    throw new errors.CDN_ACCESS_OPTION_INVALID('cookies', 'the raw Cookie header')
  }
  const own = cdns.filter((each) => origin !== undefined && answersAt(each, origin))
  if (own.length === 0) {
    const addresses = cdns.map((each) => each.host ?? each.url).join(', ')
    const check = {
      name: 'url',
      ok: false,
      detail: `No CDN has this scheme, host and port: they are ${addresses}. ` +
        'Give the whole URL; http and https are different addresses.',
      code: 'address-unserved',
      fix: refusalFixes['address-unserved'],
      expected: addresses,
      found: origin ?? 'no address'
    }
    return { allowed: false, status: 0, checks: [check], unknown }
  }
  const seconds = at === undefined ? secondsOf(now) : readMoment(at)
  const request = {
    method,
    url: target,
    origin: origin!,
    // As it is pasted from a browser's tools.
    cookies: cookiePairs(cookies?.replace(/^\s*cookie:\s*/i, '')),
    now: seconds,
    ...(ip === undefined ? {} : { ip }),
    ...(revokedSince === undefined ? {} : { revokedSince })
  }
  const answers = await Promise.all(
    own.map((cdn): Promise<CdnAnswer> =>
      answer(cdn, request, rings.get(cdn.name)!.accepted(seconds))
    )
  )
  const first = answers.find(({ allowed }) => allowed) ?? answers[0]!
  const others = answers.filter((other) => other !== first)
  return { ...first, unknown, ...(others.length === 0 ? {} : { others }) }
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
