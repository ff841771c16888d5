import type { EdgeRequest, Verdict } from '../cdn/cdn.js'
import type { CdnKey } from '../keys/key.js'
import { breach, messageOf } from './breach.js'
import { leakIn } from './secrets.js'
import { cookiesFor, type Signed } from './signed.js'
import type { Subject } from './subject.js'

/** What is asked in another way than a viewer with these cookies would. */
export interface Difference {
  /** Default: those that a browser sends. */
  readonly cookies?: EdgeRequest['cookies']
  readonly now?: number
  /** An address, or false for none that is known. */
  readonly ip?: string | false
  readonly keys?: readonly CdnKey[]
}

/** True where the CDN allows a request, with a verdict as the contract has them. */
export async function isAllowed (
  subject: Subject,
  signed: Signed,
  url: string,
  difference: Difference = {}
): Promise<boolean> {
  return await refusalOf(subject, signed, url, difference) === undefined
}

/** The name of the check that refuses a request; undefined where it is allowed. */
export async function refusalOf (
  subject: Subject,
  signed: Signed,
  url: string,
  difference: Difference = {}
): Promise<string | undefined> {
  const pairs = cookiesFor(signed, url).map(({ name, value }) => [name, value] as const)
  const { cookies = pairs, now = signed.now, ip = signed.ip, keys = subject.keys } = difference
  const request = {
    method: 'GET',
    url,
    cookies,
    now,
    ...(ip === undefined || ip === false ? {} : { ip })
  }
  const verdict = await check(subject, request, keys)
  checkVerdict(subject, verdict, url)
  refuseLeaks(subject, signed, verdict, request)
  return verdict.allowed ? undefined : verdict.checks.at(-1)!.name
}

async function check (
  { cdn }: Subject,
  request: EdgeRequest,
  keys: readonly CdnKey[]
): Promise<Verdict> {
  try {
    return await cdn.check(request, keys)
  } catch (error) {
    throw breach(
      cdn,
      `"check" throws for ${request.url.slice(0, 100)}, where it must refuse: ${messageOf(error)}`,
      error
    )
  }
}

function checkVerdict ({ cdn }: Subject, verdict: Verdict, url: string): void {
  const refuse = (words: string): Error => breach(cdn, `"check" ${words}, for ${url.slice(0, 100)}`)
  const { allowed, status, checks } = verdict
  if (typeof allowed !== 'boolean' || !Array.isArray(checks) || checks.length === 0) {
    throw refuse('gives no { allowed, status, checks } with one check at least')
  }
  for (const { name, ok, detail } of verdict.checks) {
    if (typeof name !== 'string' || name === '' || typeof detail !== 'string' || detail === '') {
      throw refuse('gives a check without a name or a detail')
    }
    if (typeof ok !== 'boolean') throw refuse(`gives a check "${name}" whose "ok" is no boolean`)
  }
  const failed = verdict.checks.findIndex(({ ok }) => !ok)
  if (allowed && (status !== 200 || failed !== -1)) {
    throw refuse('allows with another status than 200, or with a check that is not ok')
  }
  if (!allowed && !(Number.isInteger(status) && status >= 400 && status <= 599)) {
    throw refuse('refuses with a status that is no error')
  }
  if (!allowed && failed !== checks.length - 1) {
    throw refuse('refuses, and the last check is not the one that is not ok')
  }
}

/** Looks for values of cookies, signatures and keys in what people are shown. */
function refuseLeaks (
  { cdn, keys, secrets }: Subject,
  { grant }: Signed,
  { checks }: Verdict,
  { url, cookies }: EdgeRequest
): void {
  const isPublic = (part: string): boolean =>
    [JSON.stringify([grant, cdn.format, cdn.cookieNames]), cdn.url, url].some((text) =>
      text.includes(part)
    ) || keys.some(({ id }) => id === part)
  const hidden = [...secrets, ...cookies.map(([, value]) => value)]
  for (const { name, ...told } of checks) {
    const texts = Object.values(told).filter((text) => typeof text === 'string')
    const leak = texts.some((text) => leakIn(text, hidden, isPublic) !== undefined)
    if (leak) {
      throw breach(
        cdn,
        `the check "${name}" shows a part of a cookie's value, of a signature or of a key`
      )
    }
  }
}
