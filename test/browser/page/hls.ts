import { attachHls } from 'fastify-cdn-access/players'
import Hls from 'hls.js'
import { offerViewer } from './viewer.js'

/** What a busy machine does; where data is missing, the viewer counts a stall. */
const late = new Set<string>([
  Hls.ErrorDetails.BUFFER_STALLED_ERROR,
  Hls.ErrorDetails.BUFFER_NUDGE_ON_STALL
])

offerViewer(async ({ video, url, access, tell }) => {
  const hls = new Hls({ maxBufferLength: 4, maxMaxBufferLength: 4 })
  attachHls(hls, access)
  hls.loadSource(url)
  hls.attachMedia(video)
  await new Promise((resolve, reject) => {
    hls.on(Hls.Events.ERROR, (_event, { details, fatal, response }) => {
      if (!late.has(details)) tell(`${details}${fatal ? ' (fatal)' : ''}`)
      if (fatal && response?.code !== 403) reject(new Error(`${details}, ${response?.code}`))
    })
    video.play().then(resolve, reject)
  })
})
