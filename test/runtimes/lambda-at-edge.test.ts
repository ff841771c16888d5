import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { atMoment } from '../fixtures/at-moment.js'
import { edgeFile } from '../../src/cli/edge-file.js'
import { edgeCases, type EdgeCase } from '../fixtures/edge-cases.js'
import { ownFolder } from '../fixtures/own-folder.js'
import { needsNoStore, verifierSettings } from '../fixtures/edge-runs.js'
import { edgeNow, edgeSettings, secretOne, token } from '../fixtures/edge-tokens.js'

type Headers = Record<string, Array<{ key?: string, value: string }>>

interface Answer {
  readonly status?: string
  readonly statusDescription?: string
  readonly querystring?: string
  readonly headers: Headers
}

type Handler = (event: object) => Promise<Answer>

const folder = ownFolder(t)
const handlers = new Map<string, Promise<Handler>>()

/** The handler of a file that is made with these keys. */
async function handlerOf (keys: readonly object[]): Promise<Handler> {
  const name = `${handlers.size}.mjs`
  const made = handlers.get(JSON.stringify(keys)) ?? load(keys, name)
  handlers.set(JSON.stringify(keys), made)
  return made
}

async function load (keys: readonly object[], name: string): Promise<Handler> {
  const text = await edgeFile('lambda-at-edge', { ...verifierSettings, keys })
  await writeFile(`${folder}/${name}`, text)
  const module = await import(pathToFileURL(`${folder}/${name}`).href) as { handler: Handler }
  return module.handler
}

async function ask ({ method, url, cookie, keys }: EdgeCase, more: Headers = {}): Promise<Answer> {
  const handler = await handlerOf(keys === 'unavailable' ? [] : keys)
  const [uri = '', ...query] = url.split('?')
  const headers: Headers = cookie === undefined ? more : { ...more, cookie: [{ value: cookie }] }
  const request = { method, uri, querystring: query.join('?'), headers }
  return atMoment(edgeNow * 1000, () => handler({ Records: [{ cf: { request } }] }))
}

const good = edgeCases().find(({ name }) => name === 'a good token')!

t.test('decides each case of the table as it says, but for revocations', async (t) => {
  const cases = edgeCases().filter(needsNoStore)
  t.ok(cases.length > 120, `${cases.length} of ${edgeCases().length} need no store`)
  for (const given of cases) {
    const { status = '200' } = await ask(given)
    t.equal(status, String(given.status), given.name)
  }
})

t.test('lets a request through without the token', async (t) => {
  const { cookieName } = edgeSettings
  t.same(await ask(good, { host: [{ value: 'x' }] }), {
    method: 'GET',
    uri: '/courses/42/a.ts',
    querystring: '',
    headers: { host: [{ value: 'x' }] }
  })
  const more = { ...good, url: `${good.url}?v=1&CAT=${token()}`, cookie: `a=b; ${cookieName}=x` }
  t.match(await ask(more), {
    querystring: 'v=1',
    headers: { cookie: [{ key: 'Cookie', value: 'a=b' }] }
  })
})

t.test('says in a refusal what a browser and a cache need', async (t) => {
  const [origin = ''] = verifierSettings.origins
  t.match(await ask({ ...good, keys: 'unavailable' }, { origin: [{ value: origin }] }), {
    status: '503',
    statusDescription: 'Service Unavailable',
    headers: {
      'cache-control': [{ key: 'cache-control', value: 'no-store' }],
      'retry-after': [{ key: 'retry-after', value: '5' }],
      'access-control-allow-origin': [{ key: 'access-control-allow-origin', value: origin }]
    }
  })
  t.match(await ask({ ...good, keys: [{ ...secretOne.jwk, kid: 'other' }] }), {
    status: '403',
    statusDescription: 'Forbidden'
  })
})
