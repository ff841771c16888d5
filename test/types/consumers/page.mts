import {
  createCdnAccess,
  type CdnAccessClient,
  type CdnAccessClientOptions,
  type CdnAccessState
} from 'fastify-cdn-access/client'
import { attachMedia, keepImages } from 'fastify-cdn-access/players'
import { useCdnAccess } from 'fastify-cdn-access/react'

const options: CdnAccessClientOptions = { url: '/api/cdn-access', headers: () => ({ a: 'b' }) }
const access: CdnAccessClient = createCdnAccess(options)
access.addEventListener('statechange', ({ detail: { from, to } }) => {
  document.title = `${from} ${to}`
})
await access.ready
access.stop()

export const adapters: (video: HTMLVideoElement) => Array<() => void> = (video) => [
  attachMedia(video, access),
  keepImages(document, access)
]
access.addEventListener('refused', ({ detail }) => {
  document.title = detail.constructor.name
})
export const state: CdnAccessState = useCdnAccess({ url: '/api/cdn-access' }).state
