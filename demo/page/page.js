import { createCdnAccess } from 'fastify-cdn-access/client'
import { showFolders } from './folders.js'
import { onPress, rest, setRunning, setUsable } from './buttons.js'
import { startCountdown } from './countdown.js'
import { byId, element } from './element.js'
import { addEvent, say } from './events.js'
import { createPlayer } from './player.js'
import { showPerson } from './person.js'
import { post, readSession } from './session.js'
import { isGranted, isHere, query, showTab } from './tab.js'

/** @typedef {import('fastify-cdn-access/client').CdnAccessState} State */

/** @type {Record<State, { text: string, tone: string }>} */
const states = {
  idle: { text: 'none', tone: '' },
  refreshing: { text: 'asking', tone: '' },
  fresh: { text: 'fresh', tone: 'good' },
  stale: { text: 'lapsed', tone: 'bad' },
  misdirected: { text: 'wrong address', tone: 'bad' },
  denied: { text: 'denied', tone: 'bad' },
  blocked: { text: 'blocked', tone: 'bad' }
}

const receiptNames = { issued: 'Issued', refreshed: 'Refreshed', fresh: 'Still fresh' }
/** Seconds between two refreshes that refusals force: a trial in between would show nothing. */
const forceGap = 10
/** Seconds in which a player that plays has asked for its next segment. */
const segmentGap = 5
/** How often a tab looks whether a logout in another one is over: every half second. */
const logoutTurns = 20
const trials = ['refresh', 'expire', 'rotate', 'stop', 'revoke', 'crowd']

let session = await readSession()
const access = createCdnAccess({ url: `/cdn-access${query}` })
if (session.user === null) access.stop()
const countdown = startCountdown()
const player = createPlayer(access, session.edge + session.clip.path)
let { pushedOut } = session
/** The url without a query: all areas, in all tabs. It has no access of its own to look after. */
const everywhere = createCdnAccess()
everywhere.stop()
let requests = 0
let news = ''
/** @type {ReturnType<typeof setTimeout> | undefined} */
let drawing

access.addEventListener('statechange', ({ detail: { to, reason, advice } }) => {
  showState()
  if (to !== 'fresh' && to !== 'refreshing') countdown.clear()
  if (advice !== undefined) addEvent(advice)
  if (to === 'stale' || to === 'denied' || to === 'blocked') show('Access is lost.')
  else if (reason === 'end' && session.user !== null) void showLogout()
})
access.addEventListener('receipt', ({ detail }) => {
  countdown.set(detail)
  countRequest()
  addEvent(`${receiptNames[detail.status]}: good for ${detail.expiresIn}\u00a0s`)
  if (detail.status !== 'fresh') show()
})
access.addEventListener('error', ({ detail: { status } }) => {
  countRequest()
  if (access.state === 'fresh') countdown.retry()
  addEvent(status === undefined ? 'The API does not answer' : `The API answers ${status}`)
})

for (const person of session.people) byId('people').append(loginButton(person))
byId('clip-title').textContent = session.clip.title
onPress('logout', logOut)
onPress('refresh', refreshNow)
onPress('expire', expireCookies)
onPress('rotate', rotateKey)
onPress('stop', stopApi)
onPress('revoke', revokeEverywhere)
onPress('crowd', openMore)
showTab()
showState()
addEvent('Page opened')
show()

/** @param {import('./session.js').Person} person */
function loginButton (person) {
  const button = element('button', `Log in as ${person.name}`)
  button.setAttribute('type', 'button')
  button.id = `login-${person.id}`
  button.addEventListener('click', async () => {
    if (await post(`/login/${person.id}`) === undefined) return
    if (person.id !== session.user) player.close()
    addEvent(`${person.name} logs in`)
    await access.refresh().catch(wait)
    show(`${person.name} is logged in.`)
  })
  return button
}

/** While the session still stands, for the API may ask who gives cookies back. */
async function logOut () {
  session.user = null
  player.close()
  try {
    await Promise.all([access.end(), everywhere.end()])
  } catch {
    addEvent('The API did not take the cookies away: log out again')
    show('The log out failed. Try again.')
    return
  }
  await post('/logout')
  addEvent('Logged out: cookies taken away')
  show('Logged out.')
}

/** Cookies go before the session does, and what was under way goes last. */
async function showLogout () {
  player.close()
  addEvent('Logged out in another tab')
  const left = session.user
  const isOver = () => session.user !== left && document.querySelector('.folders img') === null
  for (let turn = 0; turn < logoutTurns && access.state === 'idle' && !isOver(); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    await draw()
  }
  if (session.user === null) show('Logged out in another tab.')
}

async function refreshNow () {
  rest('expire', forceGap)
  await access.refresh({ force: true }).catch(wait)
  show(access.state === 'fresh' ? 'Access is fresh.' : 'Access could not be refreshed.')
}

async function expireCookies () {
  const reply = await post(`/trials/expire${query}`)
  if (reply === undefined) return
  addEvent(`Cookies end in ${reply.expiresIn}\u00a0s, unannounced`)
  say(`The cookies end in ${reply.expiresIn} seconds.`)
  setRunning('expire', forceGap)
  setTimeout(() => {
    addEvent('They have ended: all is loaded again')
    show('The cookies have ended.')
  }, reply.expiresIn * 1000 + 500)
}

async function rotateKey () {
  const reply = await post('/trials/rotate')
  if (reply === undefined) return
  byId('key').textContent = reply.key
  addEvent(`Key ${reply.key} signs from now on`)
  say(`${reply.key} signs from now on.`)
  setRunning('rotate', 3)
}

async function stopApi () {
  const reply = await post('/trials/stop')
  if (reply === undefined) return
  addEvent(`The API is down for ${reply.seconds}\u00a0s`)
  say(`The API is down for ${reply.seconds} seconds.`)
  setRunning('stop', reply.seconds)
  await access.refresh().catch(wait)
}

/**
 * In this window and in every other. Who plays finds out at the next segment, and who doesn't at
 * the next request to the API.
 */
async function revokeEverywhere () {
  const reply = await post('/revoke')
  if (reply === undefined) return
  addEvent(`All access of ${reply.name} is revoked`)
  say(`All access of ${reply.name} is revoked.`)
  setRunning('revoke', segmentGap)
  setTimeout(() => access.refresh({ force: true }).catch(wait), segmentGap * 1000)
}

/** As if there were a tab for each. */
async function openMore () {
  const more = whoIsHere()?.courses.slice(2) ?? []
  for (const other of more) await fetch(`/cdn-access?course=${other}`)
  addEvent(`${more.length} more courses opened`)
  show(`${more.length} more courses are open.`)
}

/**
 * Shows what has changed, once for all that changes together.
 *
 * @param {string} [text] What a screen reader is told.
 */
function show (text = news) {
  news = text
  clearTimeout(drawing)
  drawing = setTimeout(draw, 50)
}

/** Who is logged in, which may have changed in another tab, and what the edge gives them. */
async function draw () {
  const told = news
  news = ''
  session = await readSession().catch(() => session)
  const { user, people, folders, edge, clip, key } = session
  const courses = whoIsHere()?.courses ?? []
  showPerson(whoIsHere(), folders)
  showPushedOut()
  byId('key').textContent = key
  for (const { id, name } of people) {
    byId(`login-${id}`).setAttribute('aria-pressed', String(id === user))
    byId(`login-${id}`).textContent = id === user ? `This is ${name}` : `Log in as ${name}`
  }
  for (const id of ['logout', ...trials]) setUsable(id, user !== null)
  setUsable('crowd', courses.length > 2)
  /** @param {string | undefined} wanted */
  const isTheirs = (wanted) => isGranted(courses, wanted)
  const grants = {
    person: whoIsHere(),
    isGranted: isTheirs,
    /** @param {string | undefined} wanted */
    fetcherFor: (wanted) => isTheirs(wanted) ? access.fetch : fetch
  }
  const here = folders.filter((folder) => isHere(courses, folder.course))
  await Promise.all([showClip(clip, courses, grants), showFolders(here, edge, grants)])
  if (told !== '') say(`${told} ${summary()}`)
}

/**
 * @param {import('./session.js').Clip} clip
 * @param {readonly string[]} courses
 * @param {import('./tab.js').Grants} grants
 */
async function showClip ({ course }, courses, grants) {
  const shown = isHere(courses, course)
  byId('stage').toggleAttribute('data-silent', !shown)
  byId('trials-title').textContent = `While ${shown ? 'the video plays' : 'the page is open'}`
  if (shown) await player.show(course, grants)
  else player.close()
}

function whoIsHere () {
  return session.people.find(({ id }) => id === session.user)
}

/** The API counts for all tabs. */
function showPushedOut () {
  const more = session.pushedOut - pushedOut
  pushedOut = session.pushedOut
  if (more > 0) addEvent(`Pushed out for want of room: ${more} course${more > 1 ? 's' : ''}`)
}

function showState () {
  const { text, tone } = states[access.state]
  byId('state').textContent = text
  byId('state').dataset['tone'] = tone
}

function countRequest () {
  byId('requests').textContent = String(++requests)
}

function summary () {
  const shown = document.querySelectorAll('.folders img').length
  return `${shown} of ${document.querySelectorAll('.folders figure').length} pictures are open.`
}

/** A refresh that fails is told by its event, and repeated by the client. */
function wait () {}
