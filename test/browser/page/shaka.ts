import { attachShaka } from 'fastify-cdn-access/players'
import shaka from 'shaka-player'
import { offerViewer } from './viewer.js'

offerViewer(async ({ video, url, access, tell }) => {
  const player = new shaka.Player()
  await player.attach(video)
  player.configure({ streaming: { bufferingGoal: 4, rebufferingGoal: 1, bufferBehind: 4 } })
  attachShaka(player, access)
  player.addEventListener('error', (event) => {
    const { code, data } = (event as Event & { detail: shaka.util.Error }).detail
    tell(`${code} ${data[1]}`)
  })
  await player.load(url)
  await video.play()
})
