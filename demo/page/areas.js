import { byId, element } from './element.js'

/**
 * @typedef {{ file: string, title: string, alt: string }} Picture
 * @typedef {{ title: string, audience: string, path: string, pictures: readonly Picture[] }} Area
 * @typedef {{ url: string } | { reason: string, detail: string }} Answer What the edge answered: a picture, or why not.
 */

let turn = 0
/** @type {string[]} */
let shown = []

/**
 * Asks the edge for every picture, and shows what it answers. A later call wins over an earlier one.
 *
 * @param {readonly Area[]} areas
 * @param {string} edge
 */
export async function showAreas (areas, edge) {
  const mine = ++turn
  const answers = await Promise.all(areas.map((area) => Promise.all(area.pictures.map(({ file }) => ask(edge + area.path + file)))))
  const urls = answers.flat().flatMap((answer) => 'url' in answer ? [answer.url] : [])
  if (mine !== turn) return urls.forEach((url) => { URL.revokeObjectURL(url) })
  byId('areas').replaceChildren(...areas.map((area, index) => section(area, /** @type {Answer[]} */ (answers[index]))))
  shown.forEach((url) => { URL.revokeObjectURL(url) })
  shown = urls
}

/** @param {string} url @returns {Promise<Answer>} */
async function ask (url) {
  try {
    const response = await fetch(url, { credentials: 'include' })
    if (response.ok) return { url: URL.createObjectURL(await response.blob()) }
    const { checks = [] } = await response.json()
    const failed = checks.find((/** @type {{ ok: boolean }} */ { ok }) => !ok)
    return { reason: `${response.status}${failed === undefined ? '' : `: ${failed.name}`}`, detail: failed?.detail ?? '' }
  } catch {
    return { reason: 'No answer', detail: 'The edge does not answer.' }
  }
}

/** @param {Area} area @param {readonly Answer[]} answers */
function section ({ title, audience, path, pictures }, answers) {
  const made = element('section')
  const header = element('header')
  const heading = element('h2', title)
  const about = element('p', `${audience} · `)
  const pill = element('span', answers.every((answer) => 'url' in answer) ? 'open' : 'refused')
  const grid = element('div')
  made.className = 'area'
  made.setAttribute('aria-labelledby', heading.id = `area${path.replaceAll('/', '-')}`)
  pill.className = 'pill'
  pill.dataset.tone = pill.textContent === 'open' ? 'good' : 'bad'
  grid.className = 'pictures'
  about.append(element('code', `${path}*`))
  header.append(heading, pill, about)
  grid.append(...pictures.map((picture, index) => figure(picture, /** @type {Answer} */ (answers[index]))))
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

/** @param {{ reason: string, detail: string }} answer */
function placeholder ({ reason, detail }) {
  const made = element('div')
  made.className = 'refused'
  made.innerHTML = '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true"><rect x="4" y="10" width="16" height="11" rx="3"/><path d="M8 10V7a4 4 0 0 1 8 0v3"/></svg>'
  made.append(element('strong', reason), element('p', detail))
  return made
}
