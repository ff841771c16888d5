import t from 'tap'
import type { CdnGrant, EdgeRequest, UrlToSign } from '../../src/cdn/cdn.js'
import { matchesWildcard } from '../../src/cdn/format/wildcard.js'
import { breachOf, tokenCdn, type Break, type TokenKey } from '../fixtures/token-cdn.js'

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

/** The breach of a CDN that signs another grant than it was given, in URLs alone. */
function signing (change: (grant: CdnGrant) => CdnGrant, members: object = {}): Promise<string> {
  return breachOf({
    members: () => ({
      signUrl: (url: UrlToSign, grant: CdnGrant, key: TokenKey) =>
        signUrl!(url, change(grant), key),
      ...members
    })
  }, course)
}

t.test('names a limit that a URL drops', async (t) => {
  t.match(
    await signing((grant) => ({ ...grant, notBefore: undefined as never })),
    /^"check" allows a signed URL before its start: .*"notBefore":1800003600\}$/
  )
  t.match(
    await signing((grant) => ({ ...grant, ip: undefined as never })),
    /^"check" allows a signed URL from another address: .*"ip":"192\.0\.2\.7"\}$/
  )
  t.equal(
    await signing(({ claims, ...grant }) => ({ ...grant, claims: { ...claims, data: undefined } })),
    '"signUrl" takes the claim "data" and drops it: no error, and the URL is as without'
  )
})

t.test('names a URL that falls into several where its format separates', async (t) => {
  const cut: Break['decisions'] = {
    covers: (granted, path) =>
      /[*?]/.test(granted)
        ? matchesWildcard(granted, path)
        : granted === path || granted.split('!').includes(path)
  }
  const refuse = (grant: CdnGrant): readonly string[] => {
    if (grant.paths.some((path) => path.includes('!'))) throw new TypeError('"!" separates')
    return tokenCdn().plan(grant)
  }
  t.match(
    await breachOf({
      decisions: cut,
      members: () => ({ plan: refuse, planUrl: () => undefined })
    }, course),
    /^"check" allows a signed URL of another path: \/courses\/42\/film!\/outside-of-the-grant\//
  )
  t.match(
    await breachOf({ decisions: cut }, course),
    /^"check" allows a path outside of the grant: \/outside-of-the-grant\/film.bin with .*film!/
  )
})

t.test('names a URL of what the gate refuses, whichever gate there is', async (t) => {
  const refuse = (grant: CdnGrant): void => {
    if (grant.ip !== undefined) throw new TypeError('no room')
  }
  t.equal(
    await signing((grant) => grant, { planUrl: refuse }),
    '"signUrl" signs what "planUrl" refuses, {"paths":["/courses/42/*"],"ip":"192.0.2.7"}: ' +
      'no room. Where its URLs hold what its cookies can\'t, give it a "planUrl"'
  )
  const plan = (grant: CdnGrant): readonly string[] => {
    refuse(grant)
    return tokenCdn().plan(grant)
  }
  t.match(await signing((grant) => grant, { plan }), /^"signUrl" signs what "plan" refuses, /)
  t.equal(await signing((grant) => grant, { plan, planUrl: () => undefined }), 'none')
})
