import { attachHls } from 'fastify-cdn-access/players'
import Hls from 'hls.js'
import { offerViewer } from './viewer.js'

offerViewer(async ({ video, url, access, tell }) => {
  const hls = new Hls({ maxBufferLength: 4, maxMaxBufferLength: 4 })
  attachHls(hls, access)
  hls.loadSource(url)
  hls.attachMedia(video)
  await new Promise((resolve, reject) => {
    hls.on(Hls.Events.ERROR, (_event, { details, fatal, response }) => {
      tell(`${details}${fatal ? ' (fatal)' : ''}`)
      if (fatal && response?.code !== 403) reject(new Error(`${details}, ${response?.code}`))
    })
    video.play().then(resolve, reject)
  })
})
