import { CompactSign, type CompactJWSHeaderParameters } from 'jose'
import t from 'tap'
import { startEdge } from './site.js'
import { checkCookies, type CookieRow } from './targets.js'
import { issuer, startPageServer } from './traffic-server-page.js'

const { url, key, make } = await startPageServer(t)
const now = Math.floor(Date.now() / 1000)
const pattern = `^${url.replaceAll('.', '\\.')}/v/1/.*$`
const whole: Record<string, unknown> = {
  iss: issuer,
  exp: now + 600,
  cdniv: 1,
  cdniuc: `regex:${pattern}`
}
const secret = Buffer.from(key.k, 'base64url')

/** A cookie with a token that the factory itself would not write. */
async function cookieOf (
  payload: string,
  header: CompactJWSHeaderParameters = { alg: 'HS256', kid: key.kid }
): Promise<string> {
  const token = await new CompactSign(Buffer.from(payload)).setProtectedHeader(header).sign(secret)
  return `URISigningPackage=${token}`
}

type Answers = readonly [engine: number, edge?: number]

/**
 * Each claim: missing, of another type, of another value, and at its bounds. Where the edge plugin
 * is stricter, the claim is one that this package never writes that way.
 */
const values: Record<string, ReadonlyArray<readonly [value: unknown, ...Answers]>> = {
  iss: [[undefined, 403], ['', 403], [5, 403], [null, 403], [[issuer], 403], [`${issuer}/`, 403]],
  exp: [
    [undefined, 200, 403],
    [String(now + 600), 200, 403],
    [null, 200, 403],
    [now + 600.5, 200],
    [1e15, 200],
    [now - 1, 403],
    [0, 403],
    [-1, 403]
  ],
  nbf: [
    [undefined, 200],
    [0, 200],
    [-1, 200],
    [now - 1, 200],
    [now - 0.5, 200],
    [now + 300, 403],
    [String(now), 200, 403],
    [null, 200, 403]
  ],
  iat: [[now, 200], [now + 300, 200], ['a', 200]],
  sub: [['viewer', 200], [5, 200]],
  aud: [
    ['media', 200],
    [['other', 'media'], 200],
    [['media', 5], 200],
    ['other', 403],
    ['Media', 403],
    ['', 403],
    [5, 403],
    [null, 403],
    [{}, 403],
    [[], 403],
    [[['media']], 403]
  ],
  jti: [['a', 403], ['', 403], [5, 200, 403], [null, 200, 403]],
  cdnicrit: [['cdniuc', 403], ['', 403], [['cdniuc'], 200, 403]],
  cdniip: [['192.0.2.7', 403], ['', 403], [5, 200, 403]],
  cdniv: [
    [undefined, 200],
    [1, 200],
    [2, 403],
    [0, 403],
    [-1, 403],
    ['1', 200, 403],
    ['2', 200, 403],
    [1.5, 200, 403],
    [null, 200, 403]
  ],
  cdniets: [[0, 200], [60, 200], [-60, 200], ['60', 200]],
  cdnistt: [
    [0, 200],
    [1, 200],
    [2, 403],
    [-1, 403],
    ['1', 200, 403],
    ['2', 200, 403],
    [1.5, 200, 403],
    [null, 200, 403]
  ],
  cdnistd: [
    [0, 200],
    [2, 200],
    [99, 200],
    [32_767, 200],
    [32_768, 200],
    [2_147_483_647, 200],
    [2_147_483_648, 403],
    [4_294_967_296, 200, 403],
    [-1, 403],
    [-2, 403],
    ['-2', 200, 403],
    [1.5, 200, 403],
    [null, 200, 403]
  ],
  cdniuc: [
    [undefined, 200, 403],
    ['', 200, 403],
    [5, 200, 403],
    [null, 200, 403],
    ['regex:', 200, 403],
    [pattern, 403],
    [`REGEX:${pattern}`, 403],
    ['hash:sha-256;AAAA', 403],
    [`regex:${pattern.replace('/v/1/', '/v/2/')}`, 403],
    [`regex:${pattern.slice(0, -1)}`, 200, 403],
    [`regex:${pattern.replace('1', '[0-9]')}`, 200, 403]
  ],
  plan: [['gold', 200], [{ of: 'gold' }, 200]]
}

await t.test('answers each value of each claim as the edge plugin does', async (t) => {
  const rows: CookieRow[] = []
  for (const [claim, list] of Object.entries(values)) {
    for (const [value, ...answers] of list) {
      const name = `${claim} ${value === undefined ? 'is missing' : JSON.stringify(value)}`
      rows.push([name, await cookieOf(JSON.stringify({ ...whole, [claim]: value })), ...answers])
    }
  }
  const edge = await startEdge(t, make({ audience: 'media' }))
  const unaimed = await startEdge(t, make())
  const aimed = ({ 0: name }: CookieRow): boolean => name.startsWith('aud ')
  const target = '/v/1/a.txt'
  await checkCookies(t, { url, edge, target }, rows.filter(aimed))
  await checkCookies(t, { url, edge: unaimed, target }, rows.filter((row) => !aimed(row)))
})

await t.test('answers tokens that are odd in another way', async (t) => {
  const text = JSON.stringify(whole)
  await checkCookies(t, { url, edge: await startEdge(t, make()), target: '/v/1/a.txt' }, [
    ['as it should be', await cookieOf(text), 200],
    ['without a key id', await cookieOf(text, { alg: 'HS256' }), 200],
    ['with another key id', await cookieOf(text, { alg: 'HS256', kid: 'other' }), 403],
    ['with a type', await cookieOf(text, { alg: 'HS256', kid: key.kid, typ: 'JWT' }), 200],
    ['with another algorithm', await cookieOf(text, { alg: 'HS512', kid: key.kid }), 200, 403],
    ['an array', await cookieOf(`[${text}]`), 403],
    ['a string', await cookieOf(JSON.stringify(text)), 403],
    ['no JSON', await cookieOf(text.slice(1)), 403],
    ['empty', await cookieOf('{}'), 403],
    ['issuer twice', await cookieOf(text.replace('{', '{"iss":"other",')), 200],
    ['version twice', await cookieOf(text.replace('}', ',"cdniv":2}')), 403]
  ])
})
