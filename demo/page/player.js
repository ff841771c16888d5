import Hls, { ErrorTypes, Events } from 'hls.js'
import { ask, explain, refusalNodes } from './ask.js'
import { byId } from './element.js'
import { addEvent } from './events.js'

/**
 * Plays the clip for as long as the viewer may see it. The buffer is small, so that the edge is
 * asked all the time.
 *
 * @param {import('fastify-cdn-access/client').CdnAccessClient} access
 * @param {string} url
 */
export function createPlayer (access, url) {
  const video = /** @type {HTMLVideoElement} */ (byId('video'))
  /** @type {Hls | undefined} */
  let hls
  let turn = 0
  let loaded = 0
  let refused = 0
  let failing = false

  access.addEventListener('receipt', () => {
    if (failing) loadOn()
  })

  return {
    close,
    /**
     * What plays goes on while access has only lapsed: it is expected back.
     *
     * @param {string} course
     * @param {import('./tab.js').Grants} grants
     */
    async show (course, { person, isGranted, fetcherFor }) {
      const mine = ++turn
      if (isGranted(course) && hls !== undefined) return
      const answer = await ask(fetcherFor(course), url)
      if (mine !== turn) return
      close()
      if ('response' in answer) open()
      else {
        const refusal = isGranted(course) ? answer : explain(person, course, answer)
        byId('no-video').replaceChildren(...refusalNodes(refusal))
      }
    }
  }

  function open () {
    hls = new Hls({
      enableWorker: false,
      maxBufferLength: 6,
      maxMaxBufferLength: 6,
      backBufferLength: 6,
      xhrSetup: (xhr) => {
        xhr.withCredentials = true
      }
    })
    hls.on(Events.FRAG_LOADED, () => {
      failing = false
      loaded++
      showCounts()
    })
    hls.on(Events.ERROR, (_event, { fatal, type, response }) => {
      const isRefusal = response?.code === 403
      if (isRefusal) {
        refused++
        addEvent('The edge refuses a segment: 403')
        showCounts()
      }
      if (fatal && type === ErrorTypes.MEDIA_ERROR) hls?.recoverMediaError()
      else if (isRefusal || fatal) comeBack()
    })
    hls.loadSource(url)
    hls.attachMedia(video)
    showVideo(true)
    showCounts()
  }

  /** Asks for access once; at that receipt or a later one, loading goes on. */
  function comeBack () {
    if (!failing) access.refresh({ force: true }).catch(() => undefined)
    failing = true
  }

  /** The playlist itself is only loaded again where it was what failed. */
  function loadOn () {
    if (hls !== undefined && hls.levels.length === 0) hls.loadSource(url)
    else hls?.startLoad()
  }

  function close () {
    hls?.destroy()
    hls = undefined
    failing = false
    showVideo(false)
    byId('segments').textContent = ''
  }

  /** @param {boolean} shown */
  function showVideo (shown) {
    video.hidden = !shown
    byId('no-video').hidden = shown
  }

  function showCounts () {
    byId('segments').textContent = `${loaded} segments loaded, ${refused} refused`
  }
}
