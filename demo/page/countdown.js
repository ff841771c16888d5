import { byId } from './element.js'

/**
 * @typedef {object} Receipt
 * @property {number} at
 * @property {number} expiresIn
 * @property {number} refreshIn
 * @property {boolean} [retrying]
 */

/**
 * Shows how long access lives, from durations alone: this clock need not agree with the server's.
 */
export function startCountdown () {
  /** @type {Receipt | undefined} */
  let receipt
  setInterval(show, 1000)
  return {
    /** @param {{ expiresIn: number, refreshIn: number }} received */
    set ({ expiresIn, refreshIn }) {
      receipt = { at: performance.now(), expiresIn, refreshIn }
      show()
    },
    /** A request failed: the client alone knows when it asks again. */
    retry () {
      if (receipt !== undefined) receipt.retrying = true
      show()
    },
    clear () {
      receipt = undefined
      show()
    }
  }

  function show () {
    const passed = receipt === undefined ? 0 : (performance.now() - receipt.at) / 1000
    const expires = Math.max(0, (receipt?.expiresIn ?? 0) - passed)
    const next = Math.max(0, (receipt?.refreshIn ?? 0) - passed)
    const waiting = receipt?.retrying ? 'retrying' : clock(next)
    byId('expires').textContent = receipt === undefined ? '–' : clock(expires)
    byId('next').textContent = receipt === undefined ? '–' : waiting
    byId('life').style.width = receipt === undefined ? '0' : `${100 * expires / receipt.expiresIn}%`
    byId('life').toggleAttribute('data-due', receipt?.retrying === true || next === 0)
  }
}

/** @param {number} seconds */
function clock (seconds) {
  const whole = Math.ceil(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
