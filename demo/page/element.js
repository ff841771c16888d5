/**
 * An element that the page has.
 *
 * @param {string} id
 */
export function byId (id) {
  return /** @type {HTMLElement} */ (document.getElementById(id))
}

/**
 * A new element with text.
 *
 * @param {string} name
 * @param {string} text
 */
export function element (name, text = '') {
  const made = document.createElement(name)
  made.textContent = text
  return made
}
