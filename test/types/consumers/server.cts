import cookie = require('@fastify/cookie')
import Fastify = require('fastify')
import cdnAccess = require('fastify-cdn-access')
import cdnEdge = require('fastify-cdn-access/edge')
const { cdnPath, cloudfront } = cdnAccess

const privateKey = process.env['MEDIA_KEY']!
const cdn = cloudfront({ url: 'https://media.example.com', keyPairId: 'K1', privateKey })

const app = Fastify()
void app.register(cookie)
void app.register(cdnAccess.default, {
  cdn,
  cookie: { domain: 'example.com' },
  authorize: () => [cdnPath`/courses/${42}/*`]
})
app.get('/hint', async (request) => request.cdnAccessTicket.status)

void Fastify().register(cdnEdge.default, { cdn })
