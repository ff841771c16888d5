import { byId } from './element.js'

/** What this tab is for: a course, or, at `/`, all that one set of cookies opens. */
export const course = new URLSearchParams(location.search).get('course') ?? undefined

export const query = course === undefined ? '' : `?course=${encodeURIComponent(course)}`

/** Says what the tab is for. */
export function showTab () {
  if (course === undefined) return
  document.title = `Course ${course} · ${document.title}`
  byId('about').textContent = `Course ${course}, whose access is apart from that of other tabs.`
  byId('crowding').hidden = false
}

/**
 * Whether the tab shows what is of this course, or of none. Who has several courses sees each in a
 * tab of its own.
 *
 * @param {readonly string[]} courses Those of who is logged in.
 * @param {string | undefined} wanted
 */
export function isHere (courses, wanted) {
  if (course !== undefined) return wanted === course
  return wanted === undefined || courses.length < 2
}

/**
 * Who is logged in, and what the API grants them in this tab.
 *
 * @typedef {object} Grants
 * @property {import('./session.js').Person | undefined} person
 * @property {(wanted: string | undefined) => boolean} isGranted
 * @property {(wanted: string | undefined) => typeof fetch} fetcherFor
 */

/**
 * Whether the API grants it to this tab.
 *
 * @param {readonly string[]} courses
 * @param {string | undefined} wanted
 */
export function isGranted (courses, wanted) {
  if (course !== undefined) return wanted === course && courses.includes(course)
  return wanted === undefined ? courses.length > 0 : courses.includes(wanted)
}
