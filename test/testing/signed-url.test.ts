import t from 'tap'
import type { CdnGrant, EdgeRequest, UrlToSign } from '../../src/cdn/cdn.js'
import { breachOf, tokenCdn } from '../fixtures/token-cdn.js'

const course = { grants: [{ paths: ['/courses/42/*'] }] }
const of = ': /courses/42/film.bin, of {"paths":["/courses/42/*"]}'
const { check, signUrl } = tokenCdn()

/** The breach of a CDN that looks at requests with a signed URL in another way. */
function urls (change: (request: EdgeRequest) => Partial<EdgeRequest>): Promise<string> {
  return breachOf({
    members: () => ({
      check: async (request: EdgeRequest, keys: never) =>
        check(request.url.includes('?token=') ? { ...request, ...change(request) } : request, keys)
    })
  }, course)
}

t.test('names a signed URL that its own CDN refuses', async (t) => {
  t.equal(
    await urls(() => ({ url: '/courses/42/film.bin' })),
    '"check" refuses the signed URL of /courses/42/film.bin, of {"paths":["/courses/42/*"]}'
  )
  t.equal(
    await breachOf({ members: () => ({ signUrl: async () => 'https://other.example/a' }) }, course),
    '"signUrl" gives a URL that does not begin with https://media.example.com, for ' +
      '/courses/42/film.bin'
  )
})

t.test('names a signed URL that opens more', async (t) => {
  t.equal(await urls(() => ({ now: 0 })), `"check" allows a signed URL after its end${of}`)
  t.equal(
    await urls(({ url }) => ({ url: url.slice(0, url.indexOf('.', url.indexOf('?')) + 44) })),
    `"check" allows a signed URL with one character more${of}`
  )
  t.equal(
    await urls(({ url }) => ({ url: url.replace('/outside-of-the-grant', '') })),
    `"check" allows a signed URL of another path${of}`
  )
  const keys = (tokenCdn().keys as readonly unknown[]).map((entry) => tokenCdn().parseKey(entry))
  t.equal(
    await breachOf({
      members: () => ({
        check: async (request: EdgeRequest, given: never) =>
          check(request, request.url.includes('?token=') ? keys : given)
      })
    }, course),
    `"check" allows a signed URL without an accepted key${of}`
  )
})

t.test('takes a refusal to sign, a signature within the path, and no signed URLs', async (t) => {
  const refuses = async (): Promise<string> => {
    throw new TypeError('not this one')
  }
  const inPath = {
    signUrl: async (url: UrlToSign, grant: CdnGrant, key: never) =>
      (await signUrl!(url, grant, key)).replace(/(film\.bin)\?(.*)$/, '$2/$1'),
    check: async (request: EdgeRequest, keys: never) =>
      check({ ...request, url: request.url.replace(/(token=.*)\/(.*)$/, '$2?$1') }, keys)
  }
  for (const members of [{ signUrl: refuses }, { signUrl: undefined }, inPath]) {
    t.equal(await breachOf({ members: () => members }, course), 'none')
  }
})
