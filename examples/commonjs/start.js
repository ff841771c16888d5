'use strict'

const { generateKeyPairSync } = require('node:crypto')
const Fastify = require('fastify')
const { cdnAccess, cdnPath, cloudfront } = require('fastify-cdn-access')
const { cdnEdge } = require('fastify-cdn-access/edge')

const { PORT = '3000', EDGE_PORT = '3001' } = process.env

async function start () {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cdn = cloudfront({
    url: `http://localhost:${EDGE_PORT}`,
    keyPairId: 'KDEMO',
    privateKey
  })

  const api = Fastify()
  api.register(require('@fastify/cookie'))
  api.register(cdnAccess, {
    cdn,
    cookie: { domain: false },
    authorize: () => [cdnPath`/courses/${42}/*`]
  })

  const edge = Fastify()
  edge.register(cdnEdge, { cdn, explain: true })
  edge.get('/*', async ({ url }) => `the file ${url}\n`)

  await edge.listen({ port: Number(EDGE_PORT) })
  await api.listen({ port: Number(PORT) })
  console.log(`Access: curl -c jar http://localhost:${PORT}/cdn-access`)
  console.log(`A file: curl -b jar http://localhost:${EDGE_PORT}/courses/42/a.txt`)
}

void start()
