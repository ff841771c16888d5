import { addEvent, say } from './events.js'

/**
 * @typedef {{ id: string, name: string, courses: readonly string[] }} Person
 * @typedef {{ title: string, course: string, path: string }} Clip
 *
 * @typedef {object} Session
 * @property {string | null} user
 * @property {string} key
 * @property {readonly Person[]} people
 * @property {string} edge
 * @property {readonly import('./folders.js').Folder[]} folders
 * @property {Clip} clip
 * @property {number} pushedOut How many areas the API has taken away, to make room for others.
 */

/**
 * Who is logged in, and what the site has.
 *
 * @returns {Promise<Session>}
 */
export async function readSession () {
  const response = await fetch('/session')
  return response.json()
}

/**
 * The reply, or undefined where there is none to go on with.
 *
 * @param {string} url
 * @returns {Promise<any>}
 */
export async function post (url) {
  const response = await fetch(url, { method: 'POST' }).catch(() => undefined)
  if (response?.ok) return response.status === 204 ? null : response.json()
  addEvent(
    response === undefined
      ? 'The API does not answer'
      : `The API answers ${response.status}`
  )
  say('That did not work.')
  return undefined
}
