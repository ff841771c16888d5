import { byId, element } from './element.js'
import { course } from './tab.js'

/**
 * Who is logged in, and the courses that open in tabs of their own.
 *
 * @param {import('./session.js').Person | undefined} person
 * @param {readonly import('./folders.js').Folder[]} folders
 */
export function showPerson (person, folders) {
  document.body.toggleAttribute('data-nobody', person === undefined)
  byId('who').textContent = person === undefined
    ? 'Nobody is logged in'
    : `${person.name}, ${booked(person.courses)}`
  const courses = person?.courses ?? []
  const withFiles = courses.filter((each) => folders.some((folder) => folder.course === each))
  byId('tabs').hidden = courses.length < 2
  byId('tabs').replaceChildren(...withFiles.map(tabLink))
}

/** @param {readonly string[]} courses */
function booked (courses) {
  return courses.length === 1
    ? `course ${courses[0]}`
    : `courses ${courses[0]} to ${courses.at(-1)}`
}

/** @param {string} name */
function tabLink (name) {
  const link = element('a', `Course ${name}`)
  link.setAttribute('href', `/?course=${name}`)
  link.setAttribute('target', '_blank')
  if (name === course) link.setAttribute('aria-current', 'page')
  return link
}
