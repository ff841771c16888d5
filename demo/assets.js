import { fileURLToPath } from 'node:url'
import files from '@fastify/static'

/**
 * The page, and what it imports: the client as it is built, and the player.
 *
 * @param {import('fastify').FastifyInstance} app
 */
export async function serveAssets (app) {
  const options = { cacheControl: false, setHeaders: revalidate }
  await app.register(files, { ...options, root: new URL('page', import.meta.url) })
  await app.register(files, {
    ...options,
    root: folderOf('fastify-cdn-access/client'),
    prefix: '/client/',
    decorateReply: false
  })
  app.get(
    '/hls.js',
    async (_request, reply) => reply.sendFile('hls.light.min.mjs', folderOf('hls.js'))
  )
}

/** @param {string} specifier */
function folderOf (specifier) {
  return fileURLToPath(new URL('.', import.meta.resolve(specifier)))
}

/** @param {import('fastify').FastifyReply} reply */
function revalidate (reply) {
  reply.header('cache-control', 'no-cache')
}
