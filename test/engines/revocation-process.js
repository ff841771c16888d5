/**
 * One process of an API whose access can be revoked, and two edges: one that asks the store of all
 * processes, and one with a store of its own, which is told.
 *
 * @typedef {object} Settings
 * @property {'ioredis' | 'redis' | 'iovalkey'} client
 * @property {number} redisPort
 */
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import cdnAccess, {
  cdnPath,
  commonAccessToken,
  memoryRevocations,
  redisRevocations
} from 'fastify-cdn-access'
import cdnEdge from 'fastify-cdn-access/edge'

const url = 'http://media.example.com'
const ttl = 600

const clients = {
  ioredis: async (/** @type {number} */ port) => {
    const { Redis } = await import('ioredis')
    return watched(new Redis({ port, host: '127.0.0.1' }))
  },
  iovalkey: async (/** @type {number} */ port) => {
    const { Redis } = await import('iovalkey')
    return watched(new Redis({ port, host: '127.0.0.1' }))
  },
  redis: async (/** @type {number} */ port) => {
    const { createClient } = await import('redis')
    const client = watched(createClient({ url: `redis://127.0.0.1:${port}` }))
    await client.connect()
    return client
  }
}

const { client, redisPort } = /** @type {Settings} */ (JSON.parse(process.argv[2] ?? '{}'))
const store = redisRevocations({ client: await clients[client](redisPort) })
const told = memoryRevocations()
let edgeIsAway = false

const cdn = () =>
  commonAccessToken({
    url,
    issuer: 'engine',
    kid: 'one',
    key: Buffer.alloc(32, 'a secret of the tests').toString('base64url')
  })

const api = Fastify()
await api.register(cookie)
await api.register(cdnAccess, {
  cdn: cdn(),
  cookie: { domain: 'example.com' },
  ttl,
  env: false,
  authorize: ({ headers }) => headers['x-user'] !== undefined && [cdnPath`/v/*`],
  revocation: {
    id: ({ headers }) => headers['x-user']?.toString(),
    store,
    edges: [{
      name: 'near',
      revoke: async (id, since, until) => {
        if (edgeIsAway) throw new Error('away')
        await told.revoke(id, since, until)
      }
    }]
  }
})
api.get(
  '/revoke/:user',
  async (request) => api.cdnAccess.revoke(/** @type {{ user: string }} */ (request.params).user)
)
api.get('/edge/:state', async (request) => {
  edgeIsAway = /** @type {{ state: string }} */ (request.params).state === 'away'
  return {}
})

const ports = [await listen(api)]
for (const revocations of [store, told]) {
  const edge = Fastify()
  await edge.register(cdnEdge, { cdn: cdn(), revocations })
  edge.get('/*', async () => 'through')
  ports.push(await listen(edge))
}
process.send?.(ports)
process.on('disconnect', () => process.exit())

/** @param {import('fastify').FastifyInstance} server */
async function listen (server) {
  await server.listen({ port: 0, host: '127.0.0.1' })
  return /** @type {import('node:net').AddressInfo} */ (server.server.address()).port
}

/**
 * A client that loses its server says so, and ends the process where nobody listens.
 *
 * @template {{ on(name: 'error', listener: () => void): unknown }} Client
 * @param {Client} client
 */
function watched (client) {
  client.on('error', () => undefined)
  return client
}
