import { ask, explain, refusalNodes } from './ask.js'
import { byId, element } from './element.js'

/**
 * @typedef {{ file: string, title: string, alt: string }} Picture
 * @typedef {{ url: string } | import('./ask.js').Refusal} Answer A picture, or why not.
 *
 * @typedef {object} Folder
 * @property {string} title
 * @property {string} audience
 * @property {string} [course] None where it is for all who are logged in.
 * @property {string} path
 * @property {readonly Picture[]} pictures
 */

let turn = 0
/** @type {string[]} */
let shown = []

/**
 * Asks the edge for every picture, and shows what it answers. A later call wins over an earlier.
 *
 * @param {readonly Folder[]} folders
 * @param {string} edge
 * @param {import('./tab.js').Grants} grants
 */
export async function showFolders (folders, edge, grants) {
  const mine = ++turn
  const answers = await Promise.all(
    folders.map(({ course, path, pictures }) =>
      Promise.all(pictures.map(({ file }) => load(grants.fetcherFor(course), edge + path + file)))
    )
  )
  const urls = answers.flat().flatMap((answer) => 'url' in answer ? [answer.url] : [])
  if (mine !== turn) return forget(urls)
  byId('folders').replaceChildren(
    ...folders.map((folder, index) =>
      section(folder, /** @type {Answer[]} */ (answers[index]), grants)
    )
  )
  forget(shown)
  shown = urls
}

/** @param {readonly string[]} urls */
function forget (urls) {
  for (const url of urls) URL.revokeObjectURL(url)
}

/** @param {typeof fetch} fetcher @param {string} url @returns {Promise<Answer>} */
async function load (fetcher, url) {
  const answer = await ask(fetcher, url)
  return 'response' in answer ? { url: URL.createObjectURL(await answer.response.blob()) } : answer
}

/**
 * @param {Folder} folder
 * @param {readonly Answer[]} answers
 * @param {import('./tab.js').Grants} grants
 */
function section ({ title, audience, course, path, pictures }, answers, { person, isGranted }) {
  const made = element('section')
  const header = element('header')
  const heading = element('h2', title)
  const about = element('p', `${audience} · `)
  const pill = element('span', answers.every((answer) => 'url' in answer) ? 'open' : 'refused')
  const grid = element('div')
  made.className = 'folder'
  made.setAttribute('aria-labelledby', heading.id = `folder${path.replaceAll('/', '-')}`)
  pill.className = 'pill'
  pill.dataset.tone = pill.textContent === 'open' ? 'good' : 'bad'
  grid.className = 'pictures'
  about.append(element('code', `${path}*`))
  header.append(heading, pill, about)
  const refusal = answers.find((answer) => 'reason' in answer)
  // Once for all that was never granted; where something was, each file tells.
  if (refusal !== undefined && !isGranted(course)) {
    grid.append(placeholder(explain(person, course, refusal)))
  } else {
    grid.append(
      ...pictures.map((picture, index) => figure(picture, /** @type {Answer} */ (answers[index])))
    )
  }
  made.append(header, grid)
  return made
}

/** @param {Picture} picture @param {Answer} answer */
function figure ({ file, title, alt }, answer) {
  const made = element('figure')
  const caption = element('figcaption', title)
  caption.append(element('code', file))
  made.append('url' in answer ? image(answer.url, alt) : placeholder(answer), caption)
  return made
}

/** @param {string} url @param {string} alt */
function image (url, alt) {
  const made = new Image(640, 400)
  made.alt = alt
  made.src = url
  return made
}

/** @param {import('./ask.js').Refusal} refusal */
function placeholder (refusal) {
  const made = element('div')
  made.className = 'refused'
  made.append(...refusalNodes(refusal))
  return made
}
