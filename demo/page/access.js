/**
 * Keeps access fresh by asking the API again when the receipt says so.
 *
 * @typedef {'idle' | 'refreshing' | 'fresh' | 'stale' | 'denied'} AccessState
 * @typedef {{ status: 'issued' | 'refreshed' | 'fresh', expiresIn: number, refreshIn: number }} Receipt
 *
 * Events: `statechange`; `receipt`, with the receipt as `detail`; `error`, with `{ status }` as `detail`.
 * @typedef {EventTarget & { state: AccessState, refresh: (options?: { force?: boolean }) => Promise<void>, stop: () => void }} Access
 */

const retrySeconds = 5

/**
 * @param {{ url: string }} options
 * @returns {Access}
 */
export function createCdnAccess ({ url }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let turn = 0
  let expiresAt = 0

  /** @type {Pick<Access, 'state' | 'refresh' | 'stop'>} */
  const own = { state: 'idle', refresh, stop }
  const access = Object.assign(new EventTarget(), own)
  return access

  async function refresh ({ force = false } = {}) {
    const mine = ++turn
    clearTimeout(timer)
    if (access.state !== 'fresh') enter('refreshing')
    const reply = await ask(force ? 'POST' : 'GET')
    if (mine !== turn) return
    if (reply.receipt !== undefined) {
      const { expiresIn, refreshIn } = reply.receipt
      expiresAt = performance.now() + expiresIn * 1000
      timer = setTimeout(refresh, refreshIn * 1000)
      access.dispatchEvent(new CustomEvent('receipt', { detail: reply.receipt }))
      enter('fresh')
      return
    }
    if (reply.status !== 403) timer = setTimeout(refresh, retrySeconds * 1000)
    access.dispatchEvent(new CustomEvent('error', { detail: { status: reply.status } }))
    if (reply.status === 403) enter('denied')
    else if (performance.now() >= expiresAt) enter('stale')
  }

  function stop () {
    turn++
    clearTimeout(timer)
    enter('idle')
  }

  /** @param {'GET' | 'POST'} method @returns {Promise<{ status?: number, receipt?: Receipt }>} */
  async function ask (method) {
    try {
      const response = await fetch(url, { method, credentials: 'include', cache: 'no-store' })
      return response.ok ? { status: response.status, receipt: await response.json() } : { status: response.status }
    } catch {
      return {}
    }
  }

  /** @param {AccessState} state */
  function enter (state) {
    if (access.state === state) return
    access.state = state
    access.dispatchEvent(new Event('statechange'))
  }
}
