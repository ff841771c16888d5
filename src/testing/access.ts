import { breach, shown } from './breach.js'
import { isAllowed, refusalOf, type Difference } from './ask.js'
import { requestsClimbing, requestsInside, requestsOutside } from './requests.js'
import { cookiesFor, type Signed } from './signed.js'
import type { Subject } from './subject.js'

/** What an edge does with a request that carries none of its cookies. */
export type Unsigned = 'refused' | 'passes'

/** Checks that cookies open what was granted. */
export async function checkWhatIsGranted (subject: Subject, signed: Signed): Promise<void> {
  const { grant } = signed
  for (const url of grant.paths.flatMap(requestsInside)) {
    if (cookiesFor(signed, url).length === 0) {
      throw breach(
        subject.cdn,
        `no browser sends a cookie with ${url}, for the paths of "plan" do not cover it: ${
          shown(grant)
        }`
      )
    }
    for (const now of [signed.now, grant.expiresAt - 1]) {
      const refusal = await refusalOf(subject, signed, url, { now })
      if (refusal !== undefined) {
        throw breach(
          subject.cdn,
          `"check" refuses ${url}, which is granted by ${shown(grant)}, at "${refusal}"`
        )
      }
    }
  }
}

/**
 * Checks that they open nothing else, at no other time, from no other address, and with no other
 * key.
 */
export async function checkWhatIsNot (subject: Subject, signed: Signed): Promise<void> {
  const { grant } = signed
  const { paths, expiresAt, notBefore } = grant
  for (const url of requestsOutside(paths)) {
    await refuse(subject, signed, url, {}, 'a path outside of the grant')
  }
  for (const url of paths.flatMap(requestsClimbing)) {
    await refuse(subject, signed, url, {}, 'a path that climbs out of its folder')
  }
  for (const url of paths.map((path) => requestsInside(path)[0]!)) {
    for (const now of [expiresAt, expiresAt + 1, expiresAt + 86400]) {
      await refuse(subject, signed, url, { now }, 'access that has ended')
    }
    for (const now of notBefore === undefined ? [] : [notBefore - 1, notBefore - 3600]) {
      await refuse(subject, signed, url, { now }, 'access that has not begun')
    }
    for (
      const ip of signed.ip === undefined
        ? []
        : ['198.51.100.77', '2001:db8:ffff::77', false] as const
    ) {
      await refuse(subject, signed, url, { ip }, 'another address, or one that is not known')
    }
    await refuse(subject, signed, url, { keys: [] }, 'cookies although it accepts no key')
    const others = subject.keys.filter((key) => key !== subject.key)
    await refuse(
      subject,
      signed,
      url,
      { keys: others },
      'cookies of a key that it no longer accepts'
    )
  }
}

/** Checks what happens to a request without cookies, or with those of others alone. */
export async function checkUnsigned (
  subject: Subject,
  signed: Signed,
  unsigned: Unsigned
): Promise<void> {
  const [url = ''] = requestsInside(signed.grant.paths[0]!)
  for (const cookies of [[], [['contract', '1'] as const]]) {
    const allowed = await isAllowed(subject, signed, url, { cookies })
    if (allowed !== (unsigned === 'passes')) {
      throw breach(
        subject.cdn,
        allowed
          ? '"check" allows a request without cookies: say { unsigned: "passes" } if the edge does'
          : '"check" refuses a request without cookies, and { unsigned: "passes" } says otherwise'
      )
    }
  }
}

/** Asks with each set of cookies alone, whatever its path: who attacks sends what he likes. */
async function refuse (
  subject: Subject,
  signed: Signed,
  url: string,
  difference: Difference,
  what: string
): Promise<void> {
  for (const set of signed.sets) {
    const cookies = set.map(({ name, value }) => [name, value] as const)
    if (await isAllowed(subject, signed, url, { cookies, ...difference })) {
      throw breach(
        subject.cdn,
        `"check" allows ${what}: ${url} with the cookies of ${shown(signed.grant)}`
      )
    }
  }
}
