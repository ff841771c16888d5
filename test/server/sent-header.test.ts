import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import t from 'tap'
import cdnAccess, { cdnPath } from '../../src/index.js'
import { sentHeader } from '../../src/server/sent-header.js'
import { valuesType } from '../../src/server/values.js'
import { createViewer, media } from '../fixtures/site.js'

const named = { 'x-course': { type: 'string' }, authorization: { type: 'string' } }

/** Hosts whose validation leaves the headers alone that a schema names. */
const hosts: Array<[what: string, server: FastifyServerOptions, schema: object]> = [
  ['as the schema says', {}, { properties: named, additionalProperties: false }],
  ['as the host says', { ajv: { customOptions: { removeAdditional: 'all' } } }, {
    properties: named
  }]
]

async function start (server: FastifyServerOptions, schema: object): Promise<FastifyInstance> {
  const app = Fastify(server)
  await app.register(cookie)
  await app.register(cdnAccess, {
    cdn: media(),
    cookie: { domain: 'example.com' },
    area: ({ headers }) => headers['x-course']?.toString(),
    authorize: (_request, area) => area !== undefined && [cdnPath`/courses/${area}/*`],
    values: ({ headers }) => headers.authorization === 'Bearer 1',
    route: { schema: { headers: { type: 'object', ...schema } } }
  })
  app.get(
    '/logout',
    { schema: { headers: { type: 'object', ...schema } } },
    async (_request, reply) => reply.clearCdnAccess().code(204).send()
  )
  return app
}

for (const [what, server, schema] of hosts) {
  t.test(`goes by what was sent, whatever validation takes away: ${what}`, async (t) => {
    const app = await start(server, schema)
    t.teardown(() => app.close())
    const viewer = createViewer({ 'x-course': '1' })
    t.match((await viewer.ask(app)).body, { status: 'issued' })
    t.match((await viewer.ask(app)).body, { status: 'fresh' })
    const page = { authorization: 'Bearer 1', accept: valuesType, 'x-course': '1' }
    const asked = async (headers: Record<string, string>): Promise<number> => {
      const reply = await app.inject({ url: '/cdn-access', headers: { ...page, ...headers } })
      return reply.statusCode
    }
    t.equal(await asked({}), 200)
    t.equal(await asked({ cookie: 'session=1' }), 406)
    t.equal(await asked({ origin: 'https://evil.example' }), 406)
    t.equal(await asked({ 'sec-fetch-site': 'same-origin' }), 406)
    t.equal(await asked({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }), 403)
    t.not(viewer.cookies('https://media.example.com/courses/1/a'), '')
    await viewer.ask(app, 'GET', '/logout')
    t.equal(viewer.cookies('https://media.example.com/courses/1/a'), '')
  })
}

t.test('finds what was sent where it was taken away', async (t) => {
  const raw = {
    headers: {},
    rawHeaders: ['Cookie', 'a=1', 'Accept', 'x/a', 'COOKIE', 'b=2', 'accept', 'x/b']
  }
  const request = { raw } as unknown as Parameters<typeof sentHeader>[0]
  t.equal(sentHeader(request, 'cookie'), 'a=1; b=2')
  t.equal(sentHeader(request, 'accept'), 'x/a, x/b')
  t.equal(sentHeader(request, 'origin'), undefined)
})
