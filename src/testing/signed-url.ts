import { isAllowed } from './ask.js'
import { breach, shown } from './breach.js'
import { requestsInside, requestsOutside } from './requests.js'
import type { Signed } from './signed.js'
import type { Subject } from './subject.js'

/**
 * Checks that a signed URL opens what it was signed for without a cookie, until it ends, and
 * nothing else. A CDN may refuse to sign one.
 */
export async function checkSignedUrls (subject: Subject, signed: Signed): Promise<void> {
  for (const granted of signed.grant.paths) {
    const [path = ''] = requestsInside(granted)
    const url = await signUrl(subject, signed, granted, path)
    if (url !== undefined) await checkSignedUrl(subject, signed, granted, path, url)
  }
}

/** The target of a signed URL; undefined where the CDN refuses to sign it. */
async function signUrl (
  { cdn, key }: Subject,
  { grant }: Signed,
  granted: string,
  path: string
): Promise<string | undefined> {
  let url: string
  try {
    url = await cdn.signUrl!({ path, query: '' }, { ...grant, paths: [granted] }, key)
  } catch {
    return undefined
  }
  if (!url.startsWith(`${cdn.url}/`)) {
    throw breach(cdn, `"signUrl" gives a URL that does not begin with ${cdn.url}, for ${path}`)
  }
  return url.slice(cdn.url.length)
}

async function checkSignedUrl (
  subject: Subject,
  signed: Signed,
  granted: string,
  path: string,
  url: string
): Promise<void> {
  const asked = { cookies: [] }
  const grant = shown(signed.grant)
  if (!await isAllowed(subject, signed, url, asked)) {
    throw breach(subject.cdn, `"check" refuses the signed URL of ${path}, of ${grant}`)
  }
  const elsewhere = requestsOutside([granted], [`/outside-of-the-grant${path}`])
  const bad = [
    { what: 'after its end', url, now: signed.grant.expiresAt },
    { what: 'without an accepted key', url, keys: [] },
    ...elsewhere.map((other) => ({ what: 'of another path', url: url.replace(path, other) })),
    // A signature within the path leaves the end to the file's name.
    ...(url.includes('?') ? [{ what: 'with one character more', url: `${url}A` }] : [])
  ].filter(({ what, url: changed }) => what !== 'of another path' || changed !== url)
  for (const { what, url: changed, ...difference } of bad) {
    if (await isAllowed(subject, signed, changed, { ...asked, ...difference })) {
      throw breach(subject.cdn, `"check" allows a signed URL ${what}: ${path}, of ${grant}`)
    }
  }
}
