import { StartError } from './start-error.js'

/**
 * @typedef {object} Settings
 * @property {number} port The API's port; 0 for any that is free.
 * @property {number} edgePort The edge's port; 0 for any that is free.
 * @property {number} ttl How long access lives, in seconds.
 */

/**
 * Reads `PORT` (default 3000), `EDGE_PORT` (default 3001) and `TTL` (default 60 s, 5 to 86,400).
 *
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Settings}
 */
export function readSettings (env) {
  return {
    port: readNumber(env, 'PORT', { fallback: 3000, least: 0, most: 65_535 }),
    edgePort: readNumber(env, 'EDGE_PORT', { fallback: 3001, least: 0, most: 65_535 }),
    ttl: readNumber(env, 'TTL', { fallback: 60, least: 5, most: 86_400 })
  }
}

/**
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {string} name
 * @param {{ fallback: number, least: number, most: number }} bounds
 */
function readNumber (env, name, { fallback, least, most }) {
  const text = env[name] ?? ''
  if (text === '') return fallback
  const number = /^\d{1,5}$/.test(text) ? Number(text) : -1
  if (number < least || number > most) {
    throw new StartError(`${name} must be a whole number from ${least} to ${most}.`)
  }
  return number
}
