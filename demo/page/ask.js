import { element } from './element.js'

const lockIcon =
  `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
    <rect x="4" y="10" width="16" height="11" rx="3"/>
    <path d="M8 10V7a4 4 0 0 1 8 0v3"/>
  </svg>`

/** @typedef {{ reason: string, detail: string }} Refusal */

/**
 * Asks the edge for a file.
 *
 * @param {typeof fetch} fetcher
 * @param {string} url
 * @returns {Promise<{ response: Response } | Refusal>}
 */
export async function ask (fetcher, url) {
  try {
    const response = await fetcher(url, { credentials: 'include' })
    if (response.ok) return { response }
    const { checks = [] } = await response.json()
    const failed = checks.find((/** @type {{ ok: boolean }} */ { ok }) => !ok)
    return {
      reason: `${response.status}${failed === undefined ? '' : `: ${failed.name}`}`,
      detail: failed?.detail ?? ''
    }
  } catch {
    return { reason: 'No answer', detail: 'The edge does not answer.' }
  }
}

/**
 * Why somebody who was not granted a file does not get it, in words for them.
 *
 * @param {import('./session.js').Person | undefined} person
 * @param {string | undefined} course
 * @param {Refusal} refusal What the edge says.
 * @returns {Refusal}
 */
export function explain (person, course, { reason }) {
  return {
    reason: person === undefined
      ? 'Log in to open this'
      : `${person.name} has not booked course ${course}`,
    detail: `The edge says ${reason}`
  }
}

/**
 * What is shown in the place of a file.
 *
 * @param {Refusal} refusal
 */
export function refusalNodes ({ reason, detail }) {
  const lock = element('span')
  lock.innerHTML = lockIcon
  return [lock, element('strong', reason), element('p', detail)]
}
