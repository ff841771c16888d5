import { MediaPlayer } from 'dashjs'
import { attachDash } from 'fastify-cdn-access/players'
import { offerViewer } from './viewer.js'

offerViewer(async ({ video, url, access, tell }) => {
  const player = MediaPlayer().create()
  player.updateSettings({
    streaming: { buffer: { bufferTimeDefault: 4, bufferTimeAtTopQuality: 4, bufferToKeep: 4 } }
  })
  attachDash(player, access)
  player.on(MediaPlayer.events.ERROR, ({ error }) => {
    tell(typeof error === 'object' ? `${error.code} ${error.message}` : error)
  })
  player.initialize(video, url, true)
})
