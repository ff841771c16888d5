import { createReadStream } from 'node:fs'
import { randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify from 'fastify'
import cdnAccess, { cdnPath } from 'fastify-cdn-access'

const client = new URL(import.meta.resolve('fastify-cdn-access/client'))

/**
 * The site: its page, its login, and access for those who are logged in.
 *
 * @param {object} options
 * @param {import('fastify-cdn-access').Cdn} options.cdn
 * @param {Record<string, string>} options.passwords By user. Yours are hashed, in a database.
 */
export async function buildApi ({ cdn, passwords }) {
  const app = Fastify()
  await app.register(cookie)
  await app.register(session, {
    secret: randomBytes(32).toString('hex'),
    saveUninitialized: false,
    // Secure over https alone: behind a proxy, Fastify's trustProxy has it know which it is.
    cookie: { secure: 'auto', sameSite: 'lax' }
  })
  await app.register(cdnAccess, {
    cdn,
    cookie: { domain: false },
    authorize: ({ session }) => {
      const user = session.get('user')
      return user !== undefined && [cdnPath`/users/${user}/*`]
    }
  })

  app.post('/login', { schema: { body: credentials } }, async (request, reply) => {
    const { user, password } = /** @type {{ user: string, password: string }} */ (request.body)
    if (!Object.hasOwn(passwords, user) || passwords[user] !== password) {
      return reply.code(401).send({ message: 'The name or the password is wrong.' })
    }
    await request.session.regenerate()
    request.session.set('user', user)
    return { user, files: cdn.url, receipt: await reply.issueCdnAccess() }
  })
  app.get('/me', async ({ session }, reply) => {
    const user = session.get('user')
    return user === undefined ? reply.code(204).send() : { user, files: cdn.url }
  })
  app.post('/logout', async (request, reply) => {
    await request.session.destroy()
    return reply.clearCdnAccess().code(204).send()
  })

  app.get(
    '/',
    (_request, reply) =>
      reply.type('text/html').send(createReadStream(new URL('page.html', import.meta.url)))
  )
  app.get(
    '/client.js',
    (_request, reply) => reply.type('text/javascript').send(createReadStream(client))
  )
  return app
}

const credentials = {
  type: 'object',
  required: ['user', 'password'],
  properties: { user: { type: 'string' }, password: { type: 'string' } }
}
