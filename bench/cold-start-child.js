import { answerParent } from './child.js'

const schema = { type: 'object', properties: { PORT: { type: 'string' } } }

answerParent(async ({ kind, keys }) => {
  const begun = performance.now()
  const { default: Fastify } = await import('fastify')
  const { default: cookie } = await import('@fastify/cookie')
  const app = Fastify({ logger: false })
  await app.register(cookie)
  if (kind === 'floor') {
    const { default: env } = await import('@fastify/env')
    await app.register(env, { schema })
  } else {
    const { default: cdnAccess, cloudfront } = await import('fastify-cdn-access')
    await app.register(cdnAccess, {
      cdn: cloudfront({
        url: 'https://media.example.com',
        keyPairId: 'K2JCJMDEHXQW5F',
        privateKey: keys.rsa
      }),
      cookie: { domain: 'example.com' },
      authorize: async () => true,
      ...(kind === 'variables' ? { env: { data: { CDN_ACCESS_TTL: '10m' } } } : {})
    })
  }
  await app.ready()
  const took = performance.now() - begun
  await app.close()
  return { took }
})
