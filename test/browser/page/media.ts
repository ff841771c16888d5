import { attachMedia } from 'fastify-cdn-access/players'
import { offerViewer } from './viewer.js'

offerViewer(async ({ video, url, access, tell }) => {
  attachMedia(video, access)
  video.addEventListener('error', () => tell(`${video.error?.code} ${video.error?.message}`))
  await access.ensure()
  video.src = url
  // A refusal at the start rejects; the adapter plays after it.
  await video.play().catch((error: Error) => tell(error.name))
})
