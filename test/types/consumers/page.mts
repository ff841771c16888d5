import {
  createCdnAccess,
  type CdnAccessClient,
  type CdnAccessClientOptions
} from 'fastify-cdn-access/client'

const options: CdnAccessClientOptions = { url: '/api/cdn-access', headers: () => ({ a: 'b' }) }
const access: CdnAccessClient = createCdnAccess(options)
access.addEventListener('statechange', ({ detail: { from, to } }) => {
  document.title = `${from} ${to}`
})
await access.ready
access.stop()
