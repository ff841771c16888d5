import { planUrl, type CdnGrant } from '../cdn/cdn.js'
import type { EpochSeconds } from '../time.js'
import { isAllowed, type Difference } from './ask.js'
import { breach, messageOf, shown } from './breach.js'
import { checkClaim } from './claims.js'
import { folderOf, joinedNames, partsOf, requestsInside, requestsOutside } from './requests.js'
import { lifeSeconds, type Sample, type Signed } from './signed.js'
import type { Subject } from './subject.js'

/**
 * Checks that a signed URL opens what it was signed for without a cookie, until it ends, and
 * nothing else; and that each limit is held in it or refused. A CDN may refuse to sign one.
 */
export async function checkSignedUrls (
  subject: Subject,
  sample: Sample,
  clock: EpochSeconds
): Promise<void> {
  const [first = ''] = sample.paths
  const joined = joinedNames.map((name) => folderOf(first) + name)
  for (const path of [...sample.paths, ...joined]) {
    await checkSignedUrl(subject, { ...sample, paths: [path] }, clock)
  }
  const limited = [{ notBefore: clock + 3600 }, { ip: '192.0.2.7' }, { ip: '2001:db8::7' }]
  for (const limit of limited) {
    for (const path of [first, requestsInside(first)[0]!]) {
      await checkSignedUrl(subject, { ...sample, paths: [path], ...limit }, clock)
    }
  }
  for (const claim of ['contract', 'id', 'data']) {
    await checkClaim(subject, { ...sample, paths: [first] }, claim, clock, inUrl)
  }
}

/** A URL that a CDN signed, and the second and the address in which it works. */
interface SignedUrl extends Signed {
  readonly path: string
  /** Path and query of the URL. */
  readonly target: string
}

async function checkSignedUrl (
  subject: Subject,
  sample: Sample,
  clock: EpochSeconds
): Promise<void> {
  const signed = await signUrl(subject, sample, clock)
  if (signed === undefined) return
  const { path, target, grant } = signed
  if (!await isAllowed(subject, signed, target)) {
    throw breach(subject.cdn, `"check" refuses the signed URL of ${path}, of ${shown(grant)}`)
  }
  for (const { what, url = target, ...difference } of changesOf(signed)) {
    if (await isAllowed(subject, signed, url, difference)) {
      throw breach(subject.cdn, `"check" allows a signed URL ${what}: ${path}, of ${shown(grant)}`)
    }
  }
}

/** Each way in which a request differs from the one that a URL was signed for. */
interface Change extends Difference {
  readonly what: string
  readonly url?: string
}

function changesOf ({ path, target, grant }: SignedUrl): Change[] {
  const { paths, expiresAt, notBefore, ip } = grant
  const near = [`/outside-of-the-grant${path}`, ...partsOf(path)]
  const others = requestsOutside(paths, near).map((other) => target.replace(path, other)).filter((
    url
  ) => url !== target)
  const changes: Change[] = [
    { what: 'after its end', now: expiresAt },
    { what: 'without an accepted key', keys: [] },
    ...others.map((url) => ({ what: 'of another path', url }))
  ]
  // A signature within the path leaves the end to the file's name.
  if (target.includes('?')) changes.push({ what: 'with one character more', url: `${target}A` })
  if (notBefore !== undefined) changes.push({ what: 'before its start', now: notBefore - 1 })
  for (const other of ip === undefined ? [] : ['198.51.100.77', false] as const) {
    changes.push({ what: 'from another address', ip: other })
  }
  return changes
}

const inUrl = {
  make: async (...grant: Parameters<typeof signUrl>): Promise<string | undefined> =>
    (await signUrl(...grant))?.target,
  words: (claim: string) =>
    `"signUrl" takes the claim "${claim}" and drops it: no error, and the URL is as without`
}

/** Signs as the plugin does; undefined where the CDN refuses to. */
async function signUrl (
  { cdn, key }: Subject,
  sample: Sample,
  clock: EpochSeconds
): Promise<SignedUrl | undefined> {
  const now = sample.notBefore === undefined ? clock : sample.notBefore + 1
  const grant: CdnGrant = { ...sample, expiresAt: now + lifeSeconds }
  const path = requestsInside(grant.paths[0]!)[0]!
  const refusal = await refusalOf(() => planUrl(cdn, grant))
  let url = ''
  const notSigned = await refusalOf(async () => {
    url = await cdn.signUrl!({ path, query: '' }, grant, key)
  })
  if (refusal !== undefined && notSigned === undefined) {
    const gate = cdn.planUrl === undefined ? 'plan' : 'planUrl'
    throw breach(
      cdn,
      `"signUrl" signs what "${gate}" refuses, ${shown(grant)}: ${messageOf(refusal.error)}. ` +
        'Where its URLs hold what its cookies can\'t, give it a "planUrl"'
    )
  }
  if (notSigned !== undefined) return undefined
  if (!url.startsWith(`${cdn.url}/`)) {
    throw breach(cdn, `"signUrl" gives a URL that does not begin with ${cdn.url}, for ${path}`)
  }
  const ip = grant.ip?.split('/')[0]
  return { grant, now, ip, sets: [], path, target: url.slice(cdn.url.length) }
}

async function refusalOf (call: () => unknown): Promise<{ error: unknown } | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    return { error }
  }
}
