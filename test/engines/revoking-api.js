/**
 * One process of an API that revokes: in Redis, at a Worker and in a KeyValueStore. A session is
 * `<user>.<number>`, and is over when the user's number in the folder of sessions is another.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore'
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import cdnAccess, {
  cdnPath,
  cloudFrontKeyValueStore,
  commonAccessToken,
  redisRevocations
} from 'fastify-cdn-access'
import { Redis } from 'ioredis'

/** @type {Record<string, string>} */
const given = JSON.parse(process.argv[2] ?? '{}')
const redis = new Redis({ port: Number(given['redis']), host: '127.0.0.1' })
// It comes back by itself, and what is asked meanwhile fails.
redis.on('error', () => {})

const client = new CloudFrontKeyValueStoreClient({
  region: 'us-east-1',
  endpoint: `http://store.test:${given['store']}`,
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  requestHandler: {
    httpAgent: new Agent({
      lookup: (_host, { all }, done) => {
        if (all === true) done(null, [{ address: '127.0.0.1', family: 4 }])
        else done(null, '127.0.0.1', 4)
      }
    })
  }
})

/** @type {import('fastify-cdn-access').RevocationEdge} */
const workers = {
  name: 'workers',
  async revoke (id, since, until) {
    const reply = await fetch(`${given['worker']}/.cdn-access/revocations/${id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${given['token']}` },
      body: `${since}.${until}`,
      signal: AbortSignal.timeout(5000)
    })
    if (!reply.ok) throw new Error(`The Worker answers ${reply.status}`)
  }
}

const app = Fastify()
await app.register(cookie)
await app.register(cdnAccess, {
  cdn: commonAccessToken({
    url: 'http://127.0.0.1',
    issuer: 'https://api.example.com',
    kid: 'one',
    key: given['key'] ?? ''
  }),
  cookie: { domain: false },
  authorize: (request) => isOpen(sessionOf(request)) && [cdnPath`/v/*`],
  revocation: {
    id: (request) => userOf(sessionOf(request)),
    store: redisRevocations({ client: redis }),
    edges: [workers, cloudFrontKeyValueStore({ arn: given['arn'] ?? '', client })]
  },
  env: false
})

app.post('/login/:user', async (request) => {
  const { user } = /** @type {{ user: string }} */ (request.params)
  return { session: `${user}.${numberOf(user)}` }
})

app.post('/revoke/:user', async (request) => {
  const { user } = /** @type {{ user: string }} */ (request.params)
  const { keep } = /** @type {{ keep?: string }} */ (request.query)
  if (keep === undefined) writeFileSync(fileOf(user), String(numberOf(user) + 1))
  return app.cdnAccess.revoke(user)
})

process.stdout.write(await app.listen({ host: '127.0.0.1', port: 0 }))

/** @param {import('fastify').FastifyRequest} request */
function sessionOf ({ headers }) {
  return String(headers['x-session'] ?? '')
}

/** @param {string} session */
function userOf (session) {
  return session === '' ? undefined : session.split('.', 1)[0]
}

/** @param {string} session */
function isOpen (session) {
  const [user = '', number] = session.split('.')
  return user !== '' && number === String(numberOf(user))
}

/** @param {string} user */
function numberOf (user) {
  try {
    return Number(readFileSync(fileOf(user), 'utf8'))
  } catch {
    return 1
  }
}

/** @param {string} user */
function fileOf (user) {
  return join(given['sessions'] ?? '', user)
}
