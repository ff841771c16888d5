import { byId } from './element.js'

/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const resting = new Map()
/** @type {Set<string>} */
const usable = new Set()

/**
 * A button that can't be used now keeps the focus, and does nothing.
 *
 * @param {string} id
 * @param {() => Promise<void>} action
 */
export function onPress (id, action) {
  byId(id).addEventListener('click', () => {
    if (usable.has(id) && !resting.has(id)) void action()
  })
}

/** @param {string} id @param {boolean} value */
export function setUsable (id, value) {
  if (value) usable.add(id)
  else usable.delete(id)
  update(id)
}

/** @param {string} id @param {number} seconds How long what the button began goes on. */
export function setRunning (id, seconds) {
  byId(id).toggleAttribute('data-running', true)
  rest(id, seconds)
}

/** @param {string} id @param {number} seconds How long the button can't be used. */
export function rest (id, seconds) {
  clearTimeout(resting.get(id))
  resting.set(
    id,
    setTimeout(() => {
      resting.delete(id)
      byId(id).toggleAttribute('data-running', false)
      update(id)
    }, seconds * 1000)
  )
  update(id)
}

/** @param {string} id */
function update (id) {
  byId(id).setAttribute('aria-disabled', String(!usable.has(id) || resting.has(id)))
}
