const outage = 15_000
const shortLife = 3

/**
 * What goes wrong elsewhere by itself, at the press of a button. No API of yours has such routes.
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {import('./keys.js').DemoKeys} keys
 * @param {() => number} [now]
 */
export function createTrials (app, keys, now = Date.now) {
  /** @type {WeakSet<import('fastify').FastifyRequest>} */
  const shortened = new WeakSet()
  let backAt = 0

  // The time to wait is what an API says that knows better than its viewers when it will be back.
  app.addHook('onRequest', async function refuseDuringOutage (request, reply) {
    if (request.routeOptions.url !== '/cdn-access' || now() >= backAt) return undefined
    return reply.code(503).header('retry-after', '5').send({
      statusCode: 503,
      error: 'Service Unavailable',
      message: 'Stopped for a trial'
    })
  })

  app.post('/trials/expire', async (request, reply) => {
    shortened.add(request)
    const { expiresIn } = await reply.issueCdnAccess({ force: true })
    return { expiresIn }
  })

  app.post('/trials/rotate', async () => {
    keys.rotate()
    await app.cdnAccess.reloadKeys()
    return { key: keys.newest() }
  })

  app.post('/trials/stop', async () => {
    backAt = now() + outage
    return { seconds: outage / 1000 }
  })

  return {
    /**
     * When access ends at the latest, where a trial says so.
     *
     * @param {import('fastify').FastifyRequest} request
     */
    endOf: (request) => shortened.has(request) ? { until: Math.ceil(now() / 1000) + shortLife } : {}
  }
}
