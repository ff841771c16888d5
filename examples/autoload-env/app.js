import { join } from 'node:path'
import autoload from '@fastify/autoload'
import env from '@fastify/env'

/**
 * What fastify-cli starts.
 *
 * @type {import('fastify').FastifyPluginAsync}
 */
export default async function app (fastify, _options) {
  await fastify.register(env, { schema: settings, dotenv: true })
  await fastify.register(autoload, { dir: join(import.meta.dirname, 'plugins') })
  await fastify.register(autoload, { dir: join(import.meta.dirname, 'routes') })
}

/** The project's own settings. Those of the plugin begin with CDN_ACCESS_, and it reads them itself. */
const settings = {
  type: 'object',
  required: ['COURSE'],
  properties: {
    COURSE: { type: 'string' },
    EDGE_PUBLIC_KEY: { type: 'string', default: '' }
  }
}
