/**
 * The `Cookie` header of one request: of all entries that are for its address those whose path its
 * path matches. Empty where there is none.
 *
 * @param {string} address The URL that is asked for.
 * @param {readonly import('fastify-cdn-access').CookieValues[]} cookies
 */
export function cookieHeaderFor (address, cookies) {
  const { origin, pathname } = new URL(address)
  const own = cookies.filter(({ url, path }) => url === origin && pathMatches(pathname, path))
  return own.map(({ header }) => header).join('; ')
}

/**
 * As in RFC 6265, section 5.1.4: `/a` is for `/a` and all below it, and not for `/ab`.
 *
 * @param {string} requestPath
 * @param {string} cookiePath
 */
function pathMatches (requestPath, cookiePath) {
  const folder = cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`
  return requestPath === cookiePath || requestPath.startsWith(folder)
}
