import { attachVideoJs } from 'fastify-cdn-access/players'
import videojs from 'video.js'
import { offerViewer } from './viewer.js'

offerViewer(async ({ video, url, access, tell }) => {
  Object.assign((videojs as unknown as { Vhs: object }).Vhs, {
    GOAL_BUFFER_LENGTH: 4,
    MAX_GOAL_BUFFER_LENGTH: 4
  })
  const player = videojs(video, { crossOrigin: 'use-credentials' })
  player.defaultPlaybackRate(video.defaultPlaybackRate)
  attachVideoJs(player, access)
  player.on('error', () => tell(`${player.error()?.code} ${player.error()?.message}`))
  player.src({ src: url, type: 'application/x-mpegURL' })
  // A refusal at the start rejects; the adapter plays after it.
  await player.play()?.catch((error: Error) => tell(error.name))
})
