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
  /** @type {WeakMap<object, number>} */ const cookies = new WeakMap()
  fastify.addHook('onRequest', async function countCookies (_request, { raw }) {
    const { writeHead } = raw
    // What is wrapped before access is issued sees the head that really leaves.
    raw.writeHead = /** @type {any} */ (function (/** @type {any[]} */ ...head) {
      const lines = head.at(-1)?.['set-cookie'] ?? raw.getHeader('set-cookie') ?? []
      cookies.set(raw, [lines].flat().length)
      return Reflect.apply(writeHead, raw, head)
    })
  })
  fastify.addHook('onResponse', async function printRequest ({ method, url }, { raw, statusCode }) {
    const count = cookies.get(raw) ?? 0
    const note = count === 0 ? '' : `  (${count} Set-Cookie)`
    console.log(`  ${name.padEnd(4)}  ${statusCode}  ${method} ${pathOf(url)}${note}`)
  })
}

/** @param {string} url */
function pathOf (url) {
  return url.split('?', 1)[0]
}
