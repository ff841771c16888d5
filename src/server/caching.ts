/** True of headers that tell a cache how long to keep a reply, but for `Cache-Control` itself. */
export function isCachingHeader (name: string): boolean {
  return forCachesInFront.has(name) || name.endsWith('-cache-control')
}

const forCachesInFront = new Set([
  'expires',
  'surrogate-control',
  'edge-control',
  'x-accel-expires'
])

/**
 * True where a header lets a shared cache keep the reply, by lower-case names. A cache in front
 * follows the header that is meant for it, whatever `Cache-Control` says (RFC 9213).
 */
export function mayBeKept (headers: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(headers).some(([name, value]) => {
    const text = String(value)
    if (name === 'cache-control') return keepsLonger.test(text) && !forbidsKeeping.test(text)
    if (name === 'expires') {
      return isDate(text) && !forbidsKeeping.test(String(headers['cache-control']))
    }
    return isCachingHeader(name) && !forbidsKeeping.test(text) && !isNoTime(text)
  })
}

const keepsLonger = /\b(?:public|max-age|s-maxage|immutable)\b/i

/** Akamai's `!no-store` takes a `no-store` back. */
const forbidsKeeping = /(?<![!\w-])(?:no-store|private)\b/i

/** `Expires: 0` is none, and means that the reply is over already (RFC 9111, section 5.3). */
function isDate (text: string): boolean {
  return !Number.isNaN(Date.parse(text)) && !/^-?\d+$/.test(text)
}

/** What nginx and others take for "not at all". */
function isNoTime (text: string): boolean {
  return /^(?:0|off|(?:max-age|s-maxage)=0)$/i.test(text.trim())
}
