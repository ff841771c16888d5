import { createCdnAccess } from './access.js'
import { showAreas } from './areas.js'
import { startCountdown } from './countdown.js'
import { byId } from './element.js'
import { addEvent, say } from './events.js'

/** @typedef {{ id: string, name: string, course: number }} Person */

/** @type {Record<import('./access.js').AccessState, { text: string, tone: string }>} */
const states = {
  idle: { text: 'none', tone: '' },
  refreshing: { text: 'asking', tone: '' },
  fresh: { text: 'fresh', tone: 'good' },
  stale: { text: 'lapsed', tone: 'bad' },
  denied: { text: 'denied', tone: 'bad' }
}

const receiptNames = { issued: 'Issued', refreshed: 'Refreshed', fresh: 'Still fresh' }

const { people, edge, areas, user } = await readSession()
const access = createCdnAccess({ url: '/cdn-access' })
const countdown = startCountdown()
/** @type {string | null} */
let viewer = user

access.addEventListener('statechange', () => {
  const { text, tone } = states[access.state]
  byId('state').textContent = text
  byId('state').dataset.tone = tone
  if (access.state !== 'fresh' && access.state !== 'refreshing') countdown.clear()
  if (tone === 'bad') void showLoss()
})
access.addEventListener('receipt', (event) => {
  const { detail } = /** @type {CustomEvent<import('./access.js').Receipt>} */ (event)
  countdown.set(detail)
  addEvent(`${receiptNames[detail.status]}: good for ${detail.expiresIn}\u00a0s`)
})
access.addEventListener('error', (event) => {
  const { detail: { status } } = /** @type {CustomEvent<{ status?: number }>} */ (event)
  addEvent(status === undefined ? 'The API does not answer' : `The API answers ${status}`)
})

for (const person of people) byId('people').append(loginButton(person))
byId('logout').addEventListener('click', logOut)
byId('refresh').addEventListener('click', refreshNow)
showViewer()
addEvent('Page opened')
if (viewer !== null) await access.refresh()
await showAreas(areas, edge)

/** @param {Person} person */
function loginButton (person) {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = `Log in as ${person.name}`
  button.dataset.person = person.id
  button.addEventListener('click', () => logIn(person))
  return button
}

/** @param {Person} person */
async function logIn (person) {
  if (!await post(`/login/${person.id}`)) return
  viewer = person.id
  addEvent(`${person.name} logs in`)
  showViewer()
  await access.refresh()
  await showAreas(areas, edge)
  say(`${person.name} is logged in. ${summary()}`)
}

async function logOut () {
  if (viewer === null || !await post('/logout')) return
  viewer = null
  access.stop()
  addEvent('Logged out: cookies taken away')
  showViewer()
  await showAreas(areas, edge)
  say(`Logged out. ${summary()}`)
}

async function refreshNow () {
  if (viewer === null) return
  await access.refresh({ force: true })
  await showAreas(areas, edge)
  say(access.state === 'fresh' ? `Access refreshed. ${summary()}` : `Access could not be refreshed. ${summary()}`)
}

/** The session may have ended elsewhere, in another tab. */
async function showLoss () {
  viewer = (await readSession()).user
  showViewer()
  await showAreas(areas, edge)
  say(`Access ended. ${summary()}`)
}

function showViewer () {
  const person = people.find(({ id }) => id === viewer)
  byId('who').textContent = person === undefined ? 'Nobody is logged in' : `${person.name}, course ${person.course}`
  for (const button of byId('people').children) button.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (button).dataset.person === viewer))
  for (const id of ['logout', 'refresh']) byId(id).setAttribute('aria-disabled', String(viewer === null))
}

function summary () {
  const shown = document.querySelectorAll('figure img').length
  return `${shown} of ${document.querySelectorAll('figure').length} pictures are open.`
}

/** @param {string} url */
async function post (url) {
  const response = await fetch(url, { method: 'POST' }).catch(() => undefined)
  if (response?.ok) return true
  addEvent('The API does not answer')
  say('The API does not answer.')
  return false
}

/** @returns {Promise<{ user: string | null, people: readonly Person[], edge: string, areas: readonly import('./areas.js').Area[] }>} */
async function readSession () {
  const response = await fetch('/session')
  return response.json()
}
