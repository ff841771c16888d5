import t from 'tap'
import {
  akamai,
  commonAccessToken,
  uriSigning,
  type Cdn,
  type CdnGrant,
  type EdgeRequest
} from '../../src/index.js'
import { everyCdn, keyOf } from '../fixtures/every-cdn.js'

const url = 'https://media.example.com'
const now = 1_800_000_000
const id = 'AAECAwQFBgcICQoLDA0ODw'
const secret = Buffer.alloc(32, 'a secret of the tests')

const carriers: Readonly<Record<string, Cdn>> = {
  'Common Access Token': commonAccessToken({
    url,
    issuer: 'example',
    kid: 'one',
    key: secret.toString('base64url')
  }),
  JWT: uriSigning({
    url,
    issuer: 'example',
    audience: 'edge',
    verifier: 'jwt',
    key: { kty: 'oct', k: secret.toString('base64url') }
  }),
  Akamai: akamai({ url, key: secret.toString('hex') }),
  'Akamai, URL tokens': akamai({ url, key: secret.toString('hex'), urlTokens: true })
}

const grant: CdnGrant = { paths: ['/*'], expiresAt: now + 600, issuedAt: now, revocationId: id }

async function statusOf (
  cdn: Cdn,
  { grant: own = grant, ...request }: Partial<EdgeRequest> & { grant?: CdnGrant }
): Promise<number> {
  const cookies = await cdn.sign(own, keyOf(cdn))
  const asked = { method: 'GET', url: '/a.mp4', now: now + 1, ...request }
  const pairs = cookies.map(({ name, value }) => [name, value] as const)
  return (await cdn.check({ ...asked, cookies: pairs }, [keyOf(cdn)])).status
}

for (const [format, cdn] of Object.entries(carriers)) {
  const refusal = format === 'JWT' ? 401 : 403

  t.test(`${format} carries an id, and its edge can ask`, async (t) => {
    t.equal(cdn.carriesRevocationId, true)
    t.notOk(cdn.renewsAtEdge)
    const asked: string[] = []
    const since = (answer: number | undefined) => ({
      revokedSince: async (own: string) => {
        asked.push(own)
        return answer
      }
    })
    t.equal(await statusOf(cdn, {}), 200)
    t.equal(await statusOf(cdn, since(undefined)), 200)
    t.equal(await statusOf(cdn, since(now - 1)), 200)
    t.equal(await statusOf(cdn, since(now)), refusal)
    t.same(asked, [id, id, id])
    t.equal(await statusOf(cdn, { revokedSince: () => Promise.reject(new Error('away')) }), 503)
  })

  t.test(`${format} carries an id in its URLs`, async (t) => {
    if (cdn.signUrl === undefined) return
    for (const paths of [['/a.mp4'], ['/*']]) {
      const own = { ...grant, paths }
      const signed = await cdn.signUrl({ path: '/a.mp4', query: '' }, own, keyOf(cdn))
      const asked = {
        method: 'GET',
        url: signed.slice(url.length),
        cookies: [],
        now: now + 1
      }
      t.equal((await cdn.check(asked, [keyOf(cdn)])).status, 200)
      const revoked = { ...asked, revokedSince: async () => now }
      t.equal((await cdn.check(revoked, [keyOf(cdn)])).status, 403)
    }
  })
}

t.test('asks nothing of what carries no id', async (t) => {
  const { revocationId, ...shared } = grant
  const revokedSince = (): Promise<never> => Promise.reject(new Error('asked'))
  for (const format of ['JWT', 'Akamai']) {
    t.equal(await statusOf(carriers[format]!, { grant: shared, revokedSince }), 200)
  }
  const ofTheApp = { ...shared, claims: { id: 'user 7' } }
  t.equal(await statusOf(carriers['Akamai']!, { grant: ofTheApp, revokedSince }), 200)
  t.type(revocationId, 'string')
})

t.test('takes a token that does not say when it was issued for one of 1970', async (t) => {
  const { issuedAt, ...timeless } = grant
  for (const cdn of Object.values(carriers)) {
    t.not(await statusOf(cdn, { grant: timeless, revokedSince: async () => 1 }), 200)
  }
  t.type(issuedAt, 'number')
})

t.test('refuses an id of the app where Akamai\'s field holds the other', async (t) => {
  const own = { ...grant, claims: { id: 'user 7' } }
  for (const [format, paths] of [['Akamai', ['/*']], ['Akamai, URL tokens', ['/a.mp4']]] as const) {
    const cdn = carriers[format]!
    const refused = {
      code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
      message: 'The CDN "akamai" can\'t hold "claims.id" of a grant: the field holds the id by ' +
        'which access is revoked. Put it into "data", or let "revocation.id" answer undefined for ' +
        'this viewer'
    }
    await t.rejects(cdn.sign({ ...own, paths }, keyOf(cdn)), refused)
    await t.rejects(
      cdn.signUrl!({ path: '/a.mp4', query: '' }, { ...own, paths }, keyOf(cdn)),
      refused
    )
  }
})

t.test('leaves an id out where a format has no room for it', async (t) => {
  for (const [format, cdn] of Object.entries(everyCdn)) {
    if (cdn.carriesRevocationId === true) continue
    const paths = format === 'nginx' ? ['/u/7/*'] : ['/*']
    if (format === 'canned') paths[0] = '/a.mp4'
    const cookies = await cdn.sign({ ...grant, paths }, keyOf(cdn))
    t.notMatch(cookies.map(({ value }) => value).join(), id, format)
    t.notMatch(Buffer.from(cookies.map(({ value }) => value).join(), 'base64url').toString(), id)
  }
})
