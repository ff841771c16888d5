import Fastify from 'fastify'
import { cloudfront } from 'fastify-cdn-access'
import cdnEdge from 'fastify-cdn-access/edge'
import fp from 'fastify-plugin'

/** Stands in for the CDN wherever EDGE_PUBLIC_KEY is set, which it is not in production. */
export default fp(async function localEdge (fastify) {
  const { COURSE, EDGE_PUBLIC_KEY } = fastify.config
  if (EDGE_PUBLIC_KEY === '') return
  const { CDN_ACCESS_URL = '', CDN_ACCESS_KEY_ID = '' } = process.env
  const key = { keyPairId: CDN_ACCESS_KEY_ID, publicKey: EDGE_PUBLIC_KEY }
  const edge = Fastify()
  await edge.register(cdnEdge, {
    cdn: cloudfront({ url: CDN_ACCESS_URL, keys: [key] }),
    explain: true
  })
  edge.get('/*', async ({ url }) => `the file ${url}\n`)

  fastify.addHook('onReady', async function startEdge () {
    await edge.listen({ port: Number(new URL(CDN_ACCESS_URL).port) })
    console.log(`Files: ${CDN_ACCESS_URL}/courses/${COURSE}/a.txt`)
  })
  fastify.addHook('onClose', async function stopEdge () {
    await edge.close()
  })
}, { dependencies: ['access'] })
