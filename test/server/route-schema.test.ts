import swagger from '@fastify/swagger'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance } from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider
} from 'fastify-type-provider-zod'
import t from 'tap'
import { z } from 'zod'
import { cdnAccess, cdnPath } from '../../src/index.js'
import { schemaOf } from '../../src/server/route-schema.js'
import { valuesType } from '../../src/server/values.js'
import { media, working } from '../fixtures/server.js'

interface Operation {
  operationId: string
  summary: string
  responses: Record<
    string,
    {
      description: string
      headers?: Record<string, { description: string }>
      content?: Record<
        string,
        { schema: { required: string[], properties: Record<string, object> } }
      >
    }
  >
}

type Document = Record<string, Record<'get' | 'post' | 'delete', Operation>>

function documentOf (app: FastifyInstance): Document {
  return app.swagger().paths as unknown as Document
}

async function documented (more: Record<string, unknown> = {}): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(swagger, { openapi: { openapi: '3.1.0' } })
  await app.register(cookie)
  await app.register(cdnAccess, working(more))
  return app
}

t.test('describes each method by itself', async (t) => {
  const app = await documented()
  await app.register(async (scope) => {
    const cdn = media({ url: 'https://files.example.org', name: 'files' })
    const route = { url: '/files-access' }
    await scope.register(
      cdnAccess,
      working({ cdn, cookie: { domain: 'example.org' }, name: 'files', route })
    )
  })
  await app.ready()
  const paths = documentOf(app)
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  t.same(operations.map(({ operationId }) => operationId), [
    'getCdnAccess',
    'renewCdnAccess',
    'endCdnAccess',
    'getCdnAccess-files',
    'renewCdnAccess-files',
    'endCdnAccess-files'
  ])
  const { get, post, delete: end } = paths['/cdn-access']!
  t.equal(new Set([get.summary, post.summary, end.summary]).size, 3)
  t.same(Object.keys(get.responses), ['200', '401', '403', '500', '503'])
  t.same(Object.keys(end.responses), ['204', '401', '500'])
  t.match(get.responses['200']!.headers!['Set-Cookie']!.description, /^Access cookies/)
  t.match(get.responses['403']!.headers!['Set-Cookie']!.description, /taken away$/)
})

t.test('tells of areas and of values where there are options for them', async (t) => {
  const area = (): undefined => undefined
  const values = (): boolean => true
  for (
    const [more, statuses, ends] of [
      [{ area }, ['200', '400', '401', '403', '500', '503'], ['204', '400', '401', '500']],
      [{ values }, ['200', '401', '403', '406', '500', '503'], ['204', '401', '500']],
      [
        { area, values },
        ['200', '400', '401', '403', '406', '500', '503'],
        ['204', '400', '401', '500']
      ]
    ] as const
  ) {
    const app = await documented(more)
    await app.ready()
    const { get, post, delete: end } = documentOf(app)['/cdn-access']!
    const what = Object.keys(more).join()
    t.same(Object.keys(get.responses), statuses, what)
    t.same(Object.keys(post.responses), statuses, what)
    t.same(Object.keys(end.responses), ends, what)
    const types = 'values' in more ? ['application/json', valuesType] : ['application/json']
    for (const { responses } of [get, post]) {
      t.same(Object.keys(responses['200']!.content!), types, what)
    }
  }
})

t.test('describes the values that the route gives', async (t) => {
  const app = await documented({ values: () => true, authorize: () => [cdnPath`/a/*`] })
  await app.ready()
  const { content } = documentOf(app)['/cdn-access']!.get.responses['200']!
  const { schema } = content![valuesType]!
  t.same(schema.required, ['status', 'expiresIn', 'refreshIn', 'expiresAt', 'cookies'])
  t.notOk('cookies' in content!['application/json']!.schema.properties)
  const reply = await app.inject({ url: '/cdn-access', headers: { accept: valuesType } })
  const body = reply.json<{ cookies: object[] }>()
  t.same(Object.keys(body), Object.keys(schema.properties))
  const { items } = schema.properties['cookies'] as { items: { required: string[] } }
  for (const entry of body.cookies) t.same(Object.keys(entry), items.required)
})

t.test('adds the responses of the host to its own', async (t) => {
  const response = { 403: { description: 'Buy a ticket' }, 429: { description: 'Too often' } }
  const app = await documented({ route: { schema: { tags: ['media'], response } } })
  await app.ready()
  const { get } = documentOf(app)['/cdn-access']!
  t.same(Object.keys(get.responses), ['200', '401', '403', '429', '500', '503'])
  t.equal(get.responses['403']!.description, 'Buy a ticket')
  t.match(get, { tags: ['media'] })
})

t.test('names the fields that every error has', async (t) => {
  const { response } = schemaOf('GET', {
    name: undefined,
    areas: false,
    values: false
  }) as unknown as {
    response: Record<string, { required: string[] }>
  }
  for (const status of ['401', '403', '500', '503']) {
    t.same(response[status]!.required, ['statusCode', 'error', 'message'], status)
  }
})

t.test('is documented beside routes of Zod\'s, by whose transform it can\'t be read', async (t) => {
  const app = Fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await app.register(swagger, {
    openapi: { openapi: '3.0.3' },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject
  })
  await app.register(cookie)
  await app.register(cdnAccess, working())
  app.withTypeProvider<ZodTypeProvider>().get('/own', {
    schema: { response: { 200: z.object({ own: z.boolean() }) } },
    handler: async () => ({ own: true })
  })
  await app.ready()
  const paths = documentOf(app)
  t.same(Object.keys(paths), ['/cdn-access', '/own'])
  t.same(Object.keys(paths['/cdn-access']!.get.responses), ['200', '401', '403', '500', '503'])
  t.match((await app.inject('/own')).json(), { own: true })
  t.match((await app.inject('/cdn-access')).json(), { status: 'issued' })
})
