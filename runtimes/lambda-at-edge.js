import { decide, openKeys, refusalHeaders } from './core.js'

/**
 * What `cdn-access edge` fills in. THE KEYS ARE IN THIS FILE, for Lambda@Edge has neither secrets
 * nor an environment: whoever can read the function can read them. Take a pair of keys, whose
 * public half is enough here.
 */
const settings = {
  issuer: 'https://api.example.com',
  host: 'media.example.com',
  cookieName: 'CTA-Common-Access-Token',
  queryName: 'CAT',
  origins: ['https://www.example.com'],
  keys: []
}

/**
 * For Lambda@Edge, on viewer requests. It has no store, and so nothing is revoked here: access ends
 * by itself.
 *
 * @typedef {Record<string, Array<{ key?: string, value: string }>>} Headers
 *
 * @typedef {object} ViewerRequest
 * @property {string} method
 * @property {string} uri
 * @property {string} querystring
 * @property {Headers} headers
 */

const descriptions = { 403: 'Forbidden', 503: 'Service Unavailable' }

/** @type {ReturnType<typeof openKeys> | undefined} */
let opened

/** @param {{ Records: Array<{ cf: { request: ViewerRequest } }> }} event */
export async function handler ({ Records: [record] }) {
  const { request } = /** @type {{ cf: { request: ViewerRequest } }} */ (record).cf
  const { method, uri, querystring, headers } = request
  const asked = {
    method,
    path: uri,
    query: querystring,
    cookie: (headers['cookie'] ?? []).map(({ value }) => value).join('; '),
    now: Math.floor(Date.now() / 1000)
  }
  const { status, query, cookie } = await decide(asked, settings, { keys: keysOf })
  if (status === 200) {
    request.querystring = query
    if (cookie === '') delete headers['cookie']
    else headers['cookie'] = [{ key: 'Cookie', value: cookie }]
    return request
  }
  const sent = refusalHeaders(status, headers['origin']?.[0]?.value, settings)
  return {
    status: String(status),
    statusDescription: descriptions[status],
    headers: Object.fromEntries(
      Object.entries(sent).map(([key, value]) => [key, [{ key, value }]])
    )
  }
}

/** Read once, with the first request. */
async function keysOf () {
  return opened ??= openKeys(settings.keys)
}
