import { cookieHeaderFor } from './cookie-header.js'

const accept = 'application/vnd.cdn-access+json'

/**
 * Access for a player that keeps no cookies: it is asked for as values, before it is due, and sent
 * along as headers.
 *
 * @param {object} options
 * @param {string} options.url The API's route.
 * @param {Record<string, string>} options.headers What tells the API who asks.
 * @param {(receipt: Receipt) => void} [options.onReceipt]
 *
 * @typedef {import('fastify-cdn-access').Receipt} Plain
 * @typedef {Plain & { cookies: import('fastify-cdn-access').CookieValues[] }} Receipt
 */
export function createAccess ({ url, headers, onReceipt = () => undefined }) {
  /** @type {Receipt['cookies']} */
  let cookies = []
  /** Both on a clock that nobody sets. */
  let [dueAt, endsAt] = [0, 0]
  /** @type {Promise<void> | undefined} */
  let asking

  return { fetch: fetchFile }

  /**
   * Fetches from the CDN. A refusal is answered by one new signature: it may be that access was
   * taken back, or that a key was. Redirects are not followed, for the header is for this host.
   *
   * @param {string} address
   * @param {Record<string, string>} [more] Further headers, such as a range.
   */
  async function fetchFile (address, more = {}) {
    if (performance.now() >= dueAt) await beforeEnd(refresh('GET'))
    const reply = await send()
    if (reply.status !== 403) return reply
    await reply.body?.cancel()
    await refresh('POST')
    return send()

    function send () {
      const cookie = cookieHeaderFor(address, cookies)
      return fetch(address, { headers: { ...more, cookie }, redirect: 'manual' })
    }
  }

  /**
   * What is still good need not wait for what comes next, nor fail with it.
   *
   * @param {Promise<void>} refreshing
   */
  async function beforeEnd (refreshing) {
    if (performance.now() >= endsAt) await refreshing
    else refreshing.catch(() => undefined)
  }

  /** @param {'GET' | 'POST'} method */
  function refresh (method) {
    asking ??= ask(method).finally(() => {
      asking = undefined
    })
    return asking
  }

  /** @param {'GET' | 'POST'} method */
  async function ask (method) {
    const began = performance.now()
    const reply = await fetch(url, { method, headers: { ...headers, accept } })
    if (!reply.ok) {
      const { message, retryIn = 5 } = await reply.json()
      dueAt = performance.now() + retryIn * 1000
      throw new Error(`${reply.status}: ${message}`)
    }
    const receipt = /** @type {Receipt} */ (await reply.json())
    cookies = receipt.cookies
    dueAt = began + receipt.refreshIn * 1000
    // The server counts whole seconds, and may have begun one already.
    endsAt = began + (receipt.expiresIn - 1) * 1000
    onReceipt(receipt)
  }
}
