import { promisify } from 'node:util'

/**
 * Many viewers on a clock of their own. Each does what the browser's client does: it asks when the
 * receipt said, checks an issue once after 5 to 10 s, and after a failure waits as the client does.
 * What answers is the plugin itself.
 *
 * @typedef {object} Reply
 * @property {string} [status] of the receipt; none where the request failed
 * @property {number} expiresIn seconds
 * @property {number} refreshIn seconds
 * @property {string} cookie what the browser holds then
 *
 * @typedef {object} Crowd
 * @property {number} viewers
 * @property {number} seconds how long to watch
 * @property {(viewer: number) => number} startsAt milliseconds
 * @property {{ from: number, to: number }} [asleep] seconds in which no viewer does anything
 * @property {(cookie: string, now: number) => Promise<Reply | undefined>} ask
 *
 * @typedef {object} Course
 * @property {number[]} requests in each second
 * @property {number} lost viewers who were awake and without access after they had some
 */

const tick = 100
const turn = promisify(setImmediate)

/**
 * @param {Crowd} crowd
 * @returns {Promise<Course>}
 */
export async function watch (crowd) {
  const { viewers, seconds, startsAt, asleep, ask } = crowd
  const end = seconds * 1000
  const calendar = Array.from({ length: end / tick }, () => /** @type {number[]} */ ([]))
  const requests = Array.from({ length: seconds }, () => 0)
  const cookies = Array.from({ length: viewers }, () => '')
  const expiries = new Float64Array(viewers)
  const failures = new Uint8Array(viewers)
  const lost = new Set()

  function plan (/** @type {number} */ viewer, /** @type {number} */ at) {
    const waking = asleep !== undefined && at >= asleep.from * 1000 && at < asleep.to * 1000
    // A page that is shown again waits 100 ms for what else happens.
    const slot = Math.ceil((waking ? asleep.to * 1000 + 100 : at) / tick)
    calendar[slot]?.push(viewer)
  }

  for (let viewer = 0; viewer < viewers; viewer++) plan(viewer, startsAt(viewer))
  for (const [slot, due] of calendar.entries()) {
    const now = slot * tick
    for (const [index, viewer] of due.entries()) {
      // Replies that are never waited for by the event loop are never let go.
      if (index % 500 === 0) await turn()
      requests[Math.floor(now / 1000)]++
      const held = expiries[viewer] > now
      // Where the last second of access is the sleep's, nobody watched.
      const slept = asleep !== undefined && expiries[viewer] < asleep.to * 1000 &&
        now >= asleep.to * 1000
      if (expiries[viewer] > 0 && !held && !slept) lost.add(viewer)
      const reply = await ask(held ? cookies[viewer] : '', now)
      if (reply === undefined) {
        plan(viewer, now + pauseAfter(++failures[viewer]))
        continue
      }
      failures[viewer] = 0
      cookies[viewer] = reply.cookie
      expiries[viewer] = now + reply.expiresIn * 1000
      const next = now + reply.refreshIn * 1000
      const probe = now + 5000 * (1 + Math.random())
      plan(viewer, reply.status === 'issued' ? Math.min(next, probe) : next)
    }
    calendar[slot] = []
  }
  return { requests, lost: lost.size }
}

/** A random time that grows, and a minute's silence after the fifth failure in a row. */
function pauseAfter (/** @type {number} */ failures) {
  const silence = failures < 5 ? 0 : 60_000
  return silence + Math.random() * Math.min(60_000, 1000 * 2 ** failures)
}
