import { people } from './catalogue.js'

/** Who is logged in, and until when: all sessions of a person can be ended at once. */
export function createSessions () {
  /** How often all were ended, by person. @type {Map<string, number>} */
  const ended = new Map()

  /** @param {typeof people[number]} person */
  function open ({ id }) {
    return `${id}.${ended.get(id) ?? 0}`
  }

  return {
    open,
    /** @param {string} session */
    personOf: (session) => people.find((person) => open(person) === session),
    /** @param {typeof people[number]} person */
    endAll ({ id }) {
      ended.set(id, (ended.get(id) ?? 0) + 1)
    }
  }
}
