import { byId, element } from './element.js'

const kept = 10

/**
 * Writes an event down, newest first.
 *
 * @param {string} text
 */
export function addEvent (text) {
  const list = byId('events')
  const item = element('li')
  item.append(element('time', new Date().toLocaleTimeString('en-GB')), element('span', text))
  list.prepend(item)
  while (list.children.length > kept) list.lastElementChild?.remove()
}

/**
 * Tells a screen reader what an action did. What happens by itself is only written down.
 *
 * @param {string} text
 */
export function say (text) {
  byId('status').textContent = text
}
