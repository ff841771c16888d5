/** Logger options for what goes wrong: a path without its query, and no header. */
export const withoutQueries = {
  level: 'warn',
  serializers: {
    /** @param {{ method: string, url: string }} request */
    req: ({ method, url }) => ({ method, path: pathOf(url) })
  }
}

/**
 * Prints one line for each request: never a query, never a cookie.
 *
 * @param {import('fastify').FastifyInstance} fastify
 * @param {string} name
 */
export function logRequests (fastify, name) {
  fastify.addHook('onResponse', async function printRequest ({ method, url }, reply) {
    const cookies = [reply.getHeader('set-cookie') ?? []].flat().length
    const note = cookies === 0 ? '' : `  (${cookies} Set-Cookie)`
    console.log(`  ${name.padEnd(4)}  ${reply.statusCode}  ${method} ${pathOf(url)}${note}`)
  })
}

/** @param {string} url */
function pathOf (url) {
  return url.split('?', 1)[0]
}
