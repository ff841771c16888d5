import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import cdnAccess, {
  akamai,
  cdnPath,
  cloudfront,
  commonAccessToken,
  errors,
  googleCloudCdn,
  googleMediaCdn,
  nginx,
  uriSigning,
  type Cdn,
  type CdnAccessOptions,
  type Receipt
} from 'fastify-cdn-access'
import cdnEdge from 'fastify-cdn-access/edge'
import { awsKms, awsSecret, directory } from 'fastify-cdn-access/keys'

const url = 'https://media.example.com'
const privateKey = process.env['MEDIA_KEY']!
const [first, ...others]: [Cdn, ...Cdn[]] = [
  cloudfront({ url, keyPairId: 'K1', privateKey }),
  googleCloudCdn({ url, keyName: 'k', key: privateKey }),
  googleMediaCdn({ url, keyName: 'k', privateKey }),
  akamai({ url, key: privateKey }),
  uriSigning({ url, issuer: 'api', key: privateKey }),
  commonAccessToken({ url, issuer: 'api', key: privateKey, kid: 'k' }),
  nginx({ url, scope: '/v/:id/', secret: privateKey }),
  cloudfront({ url, keyPairId: 'K1', privateKey: awsKms({ keyId: 'alias/media' }) }),
  cloudfront({ url, keys: awsSecret({ id: 'media' }) }),
  cloudfront({ url, keys: directory({ path: '/run/secrets/media' }) })
]
const options: CdnAccessOptions = {
  cdn: [first, ...others],
  cookie: { domain: 'example.com' },
  authorize: async (request) => request.hostname !== '' && [cdnPath`/courses/${42}/*`]
}

const app = Fastify()
await app.register(cookie)
await app.register(cdnAccess, { ...options, prefix: '/api' })
app.post('/login', async (_request, reply): Promise<Receipt> => reply.issueCdnAccess())
app.get('/hint', async (request) => request.cdnAccessTicket.status)
app.setErrorHandler((error, _request, reply) => {
  void reply.code(error instanceof errors.CDN_ACCESS_DENIED ? 403 : 500).send()
})

const edge = Fastify()
await edge.register(cdnEdge, { cdn: first, explain: true })
