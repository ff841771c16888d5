import t from 'tap'
import type { EdgeRequest, Verdict } from '../../../src/cdn/cdn.js'
import {
  findCandidates,
  firstAllowed,
  type Candidate
} from '../../../src/cdn/uri-signing/candidate.js'

const places = { url: 'https://h', cookieName: 'C', verifier: 'rfc9246' } as const
const jws = [{ alg: 'HS256' }, {}, 0].map((part) =>
  Buffer.from(JSON.stringify(part)).toString('base64url')
).join('.')

function find (url: string, ...tokens: string[]): Candidate[] {
  return findCandidates(places, requestOf(url, tokens))
}

function requestOf (url: string, tokens: readonly string[]): EdgeRequest {
  return { method: 'GET', url, cookies: tokens.map((token) => ['C', token]), now: 0 }
}

t.test('takes the package out of the URI, with one of the delimiters around it', async (t) => {
  for (
    const [url, token, uri] of [
      ['/a?URISigningPackage=x', 'x', 'https://h/a'],
      ['/a?b=c&URISigningPackage=x', 'x', 'https://h/a?b=c'],
      ['/a?URISigningPackage=x&b=c', 'x', 'https://h/a?b=c'],
      ['/a;URISigningPackage=x/b', 'x', 'https://h/a/b'],
      ['/a?URISigningPackage=', '', 'https://h/a']
    ] as const
  ) t.strictSame(find(url), [{ token, uri, place: 'URI' }], url)
  t.strictSame(find('/a?XURISigningPackage=x'), [])
})

t.test('lists the package before the cookies of the name', async (t) => {
  t.match(find('/a?URISigningPackage=x', 'y', 'z'), [
    { token: 'x', place: 'URI' },
    { token: 'y', place: 'cookie 1 of the name C' },
    { token: 'z', place: 'cookie 2 of the name C' }
  ])
  t.match(find('/a?', 'y'), [{ uri: 'https://h/a' }], 'an empty query is none')
  const request = requestOf('/a?URISigningPackage=x', ['y', 'z'])
  t.match(findCandidates({ ...places, verifier: 'jwt' }, request), [{ token: 'y' }])
  t.equal(findCandidates({ ...places, verifier: 'jwt' }, request).length, 1)
})

t.test('ends at the first that is allowed, or at a cookie that is no JWS', async (t) => {
  const tried = async (tokens: readonly string[], good?: string): Promise<string[]> => {
    const names: string[] = []
    await firstAllowed(find('/a?URISigningPackage=x', ...tokens), async ({ token }) => {
      names.push(token)
      const verdict: Verdict = { allowed: token === good, status: 403, checks: [] }
      return verdict
    })
    return names
  }
  t.strictSame(await tried([jws, 'y', 'z'], 'x'), ['x'])
  t.strictSame(await tried([jws, 'y', 'z'], jws), ['x', jws])
  t.strictSame(await tried([jws, 'y', 'z']), ['x', jws, 'y'])
})
