import type { Check } from '../cdn/cdn.js'
import { ask, ofApi, type Answer } from './answer.js'
import { captureFromJar, type JarCookie } from './cookie-jar.js'
import { isSameSite, sameSiteFix, sameSiteWords } from './examination.js'
import { healthy, unhealthy } from './finding.js'
import { foreignCookies, type ExpiredCookies } from './broken-cookies.js'
import { cookieOf, type SetCookie } from './set-cookie-line.js'

/** What is asked, and as whom. */
export interface Probe {
  readonly api: URL
  /** A protected file that the viewer may fetch. */
  readonly file: URL
  /** The page that embeds it. */
  readonly page: URL
  /** The viewer's headers: a session cookie, an authorization. */
  readonly headers: Readonly<Record<string, string>>
  /** The addresses of the CDNs that are configured; none where nothing is. */
  readonly cdns: readonly string[]
  readonly expired: ExpiredCookies
  /** Milliseconds, like `Date.now`. */
  readonly now: () => number
}

/** Clocks that are further apart lose access between two polls. */
const clockSeconds = 30

/** Asks the API as a viewer does, then the CDN with good, without and with broken cookies. */
export async function probeSite (probe: Probe): Promise<Check[]> {
  const { api, file, page } = probe
  const asked = await ask(api, { ...probe.headers, origin: page.origin }, ofApi)
  if (!('status' in asked)) return [asked]
  const [received, cors] = [receiptOf(asked, probe), corsOf('API', asked, api, page)]
  const checks = [received, clockOf(asked, probe), cachingOf(asked), cors]
  if (!received.ok) return checks
  if (cors.ok) checks.push(await logoutOf(probe))
  const cookies = asked.headers.getSetCookie().map((line) => cookieOf(line, api.hostname))
  checks.push(await cookiesOf(cookies, probe), schemeOf(probe))
  return [...checks, ...await askCdn(cookies.map(({ cookie }) => cookie), file, probe)]
}

function receiptOf ({ status, headers, text }: Answer, { api }: Probe): Check {
  if (status === 404) {
    const [, seen] = /Route \w+:(\S+) not found/.exec(text) ?? []
    return unhealthy(
      'API',
      'prefix-lost',
      `The API has no route at ${api.pathname}${
        seen === undefined ? '' : `: it was asked for ${seen}`
      }.`,
      'Let the proxy pass the path on as it is, or set "route.url" or Fastify\'s prefix to what it makes of it.',
      { expected: api.pathname, ...(seen === undefined ? {} : { found: seen }) }
    )
  }
  if (status === 403 || status === 401) {
    return unhealthy(
      'API',
      'viewer-denied',
      `The API answers ${status} to this viewer.`,
      'Give the headers of one who is logged in, with --headers-from.'
    )
  }
  if (status !== 200 || !/"expiresIn":\d/.test(text)) {
    return unhealthy(
      'API',
      'no-receipt',
      `The API answers ${status} with ${headers.get('content-type') ?? 'nothing'}, and no receipt.`,
      'Name the address of the route, /cdn-access unless it was changed.'
    )
  }
  return healthy('API', 'It answers with a receipt.')
}

/** The receipt says when the API thinks that it is; `Date` is set by it or by a proxy before it. */
function clockOf ({ headers, text }: Answer, { now }: Probe): Check {
  const local = Math.floor(now() / 1000)
  const date = Date.parse(headers.get('date') ?? '') / 1000
  const [, expiresIn, expiresAt] = /"expiresIn":(\d+)[^}]*"expiresAt":(\d+)/.exec(text) ?? []
  const api = expiresAt === undefined ? date : Number(expiresAt) - Number(expiresIn)
  const off = [date, api].map((time) => Math.round(time - local)).find((seconds) =>
    Math.abs(seconds) > clockSeconds
  )
  return off === undefined
    ? healthy('clock', 'The clocks of the API and of this machine agree.')
    : unhealthy(
      'clock',
      'clock-off',
      `The API's clock is ${Math.abs(off)} s ${off > 0 ? 'ahead of' : 'behind'} this machine's.`,
      'Keep clocks by NTP: access ends by the clock of the CDN.'
    )
}

function cachingOf ({ headers }: Answer): Check {
  const control = headers.get('cache-control') ?? ''
  return /no-store|private/.test(control)
    ? healthy('caching of the API', `Cache-Control is ${control}.`)
    : unhealthy(
      'caching of the API',
      'reply-cacheable',
      'A cache before the API may keep a reply with somebody\'s cookies.',
      'Let proxies pass Cache-Control on as the API sets it, and cache nothing at this address.',
      { expected: 'private, no-store', found: control === '' ? 'none' : control }
    )
}

function corsOf (who: string, { status, headers }: Answer, url: URL, page: URL): Check {
  const name = `CORS of the ${who} on ${status}`
  const origin = headers.get('access-control-allow-origin')
  const credentials = headers.get('access-control-allow-credentials')
  if (page.origin === url.origin || (origin === page.origin && credentials === 'true')) {
    return healthy(name, 'The page may read the reply.')
  }
  return unhealthy(
    name,
    status >= 400 ? 'cors-on-refusal' : 'cors-missing',
    `A page at ${page.origin} can't read this reply${
      status >= 400 ? ': a refusal looks like a network error to its player' : ''
    }.`,
    'Send Access-Control-Allow-Origin with the page\'s origin, and Access-Control-Allow-Credentials: ' +
      'true, on errors as well.',
    { expected: `${page.origin}, true`, found: `${origin ?? 'none'}, ${credentials ?? 'none'}` }
  )
}

/** The client ends access with a DELETE, which a browser asks leave for. */
async function logoutOf ({ api, page }: Probe): Promise<Check> {
  const name = 'CORS of the API for logout'
  if (page.origin === api.origin) return healthy(name, 'The page has the origin of the API.')
  const wanted = { origin: page.origin, 'access-control-request-method': 'DELETE' }
  const answer = await ask(api, wanted, { ...ofApi, method: 'OPTIONS' })
  if (!('status' in answer)) return answer
  const allowed = answer.headers.get('access-control-allow-methods') ?? ''
  const reads = corsOf('API', answer, api, page).ok
  return reads && /\bDELETE\b/i.test(allowed)
    ? healthy(name, 'The page may send the DELETE that ends access.')
    : unhealthy(
      name,
      'logout-blocked',
      `A page at ${page.origin} may not send the DELETE that ends access.`,
      'Allow GET, POST and DELETE, with credentials: @fastify/cors takes them as its "methods".',
      { expected: 'DELETE', found: allowed === '' ? 'none' : allowed }
    )
}

async function cookiesOf (
  cookies: readonly SetCookie[],
  { file, page, now }: Probe
): Promise<Check> {
  if (cookies.length === 0) {
    return unhealthy(
      'cookies',
      'cookies-dropped',
      'The reply has a receipt and no Set-Cookie: something between took the cookies away.',
      'Let proxies and caches before the API pass Set-Cookie on.'
    )
  }
  const jar = cookies.map(({ cookie }) => cookie)
  const { cookies: sent, left = [] } = captureFromJar(jar, file.href, Math.floor(now() / 1000))
  if (sent === undefined) {
    const [first] = left
    return unhealthy(
      'cookies',
      'cookies-elsewhere',
      `A browser would send none of the cookies to ${file.hostname}: ${first!.name}, for ${
        first!.why
      }.`,
      'Serve API and CDN below one parent domain and name it in cookie.domain.'
    )
  }
  const strict = cookies.find(({ sameSite }) => sameSite !== 'none')
  if (strict !== undefined && !await isSameSite(page, file)) {
    const words = sameSiteWords(page, file, strict.sameSite)
    return unhealthy('cookies', 'same-site-embed', words, sameSiteFix)
  }
  return healthy(
    'cookies',
    `A browser would send ${sent.split('; ').length} of them to ${file.hostname}.`
  )
}

function schemeOf ({ file, cdns }: Probe): Check {
  const other = cdns.find((url) => new URL(url).hostname === file.hostname && url !== file.origin)
  return other === undefined || cdns.includes(file.origin)
    ? healthy('address', `Files are at ${file.origin}.`)
    : unhealthy(
      'address',
      'scheme-differs',
      'Scheme and port of the file are not those of the configured CDN: what is signed is for others.',
      'Set the CDN\'s "url" to what viewers use.',
      { expected: other, found: file.origin }
    )
}

async function askCdn (
  jar: readonly JarCookie[],
  file: URL,
  { page, expired, now }: Probe
): Promise<Check[]> {
  const origin = { origin: page.origin }
  const { cookies = '' } = captureFromJar(jar, file.href, Math.floor(now() / 1000))
  const good = await ask(file, cookies === '' ? origin : { ...origin, cookie: cookies })
  if (!('status' in good)) return [good]
  const none = await ask(file, origin)
  const foreign = await ask(file, { ...origin, cookie: foreignCookies(cookies) })
  const checks = [goodOf(good), corsOf('CDN', good, file, page)]
  if ('status' in none) {
    checks.push(refusalOf('without cookies', none), corsOf('CDN', none, file, page))
  }
  if ('status' in foreign) checks.push(refusalOf('with foreign cookies', foreign))
  checks.push(await expiryOf(file, origin, expired))
  return checks.concat(cacheOf(good))
}

/** A CDN that knows the key and lets in what has ended has another clock, or reads no end. */
async function expiryOf (
  file: URL,
  origin: { readonly origin: string },
  expired: ExpiredCookies
): Promise<Check> {
  const name = 'CDN with expired cookies'
  if ('why' in expired) return healthy(name, `Not tried: ${expired.why}.`)
  const answer = await ask(file, { ...origin, cookie: expired.cookies })
  if (!('status' in answer)) return answer
  return answer.status >= 400 ? healthy(name, `It answers ${answer.status}.`) : unhealthy(
    name,
    'expired-allowed',
    `The CDN answers ${answer.status} to cookies that ended a minute ago.`,
    'Look at its clock, and whether it asks for access at this path at all.'
  )
}

function goodOf ({ status }: Answer): Check {
  if (status < 400) return healthy('CDN with good cookies', `It answers ${status}.`)
  return unhealthy(
    'CDN with good cookies',
    'good-refused',
    `The CDN answers ${status} to cookies that the API has just issued.`,
    'Compare the key at the CDN with the one that signs: its id, the key group, the keyset. ' +
      '"cdn-access explain" says whether the cookies themselves are good.'
  )
}

function refusalOf (how: string, { status }: Answer): Check {
  const name = `CDN ${how}`
  return status >= 400
    ? healthy(name, `It answers ${status}.`)
    : unhealthy(
      name,
      'open-to-all',
      `The CDN answers ${status} ${how}.`,
      'Restrict viewer access at this path. Google Cloud CDN passes unsigned requests: let the origin refuse them.'
    )
}

function cacheOf ({ status, headers }: Answer): Check {
  const control = headers.get('cache-control') ?? ''
  return status < 400 && /\bpublic\b/.test(control)
    ? unhealthy(
      'caching of files',
      'files-public',
      'Browsers and proxies may keep the file, and serve it after access has ended.',
      'Send viewers Cache-Control: private, no-cache.',
      { expected: 'private, no-cache', found: control }
    )
    : healthy('caching of files', `Cache-Control is ${control === '' ? 'not there' : control}.`)
}
