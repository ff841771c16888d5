import t from 'tap'
import { akamai, cloudfront } from '../../src/index.js'
import { answer } from '../../src/explain/answer.js'
import { ecPkcs8 } from '../fixtures/keys.js'
import { now, signerOf, url } from '../fixtures/situations.js'

const { cdn, keys, cookies } = signerOf(cloudfront({ url, keyPairId: 'K1', privateKey: ecPkcs8 }))
const good = await cookies()
const asked = { method: 'GET', url: '/courses/42/a', cookies: good, now }

t.test('is the CDN\'s own verdict, and says nothing more where all is well', async (t) => {
  const { checks } = await cdn.check(asked, keys)
  t.strictSame(await answer(cdn, asked, keys), {
    cdn: 'cloudfront',
    allowed: true,
    status: 200,
    checks
  })
})

t.test('says which of two cookies would have opened it', async (t) => {
  const old = ['CloudFront-Signature', 'AAAA'] as const
  const { notes } = await answer(cdn, { ...asked, cookies: [old, ...good] }, keys)
  t.match(notes, [{ code: 'sent-twice', detail: /With the last of each access would be allowed/ }])
  const last = await answer(cdn, { ...asked, cookies: [...good, old] }, keys)
  t.match(last, {
    allowed: true,
    notes: [{ code: 'sent-twice', detail: /CloudFront-Signature\.$/ }]
  })
})

t.test('says that a signed URL hides the cookies', async (t) => {
  const signed = '/courses/42/a?Expires=1&Signature=AA&Key-Pair-Id=K1'
  const { notes } = await answer(cdn, { ...asked, url: signed }, keys)
  t.match(notes?.map(({ code }) => code), ['query-hides-cookies'])
})

t.test('leaves the checks of a CDN without codes as they are', async (t) => {
  const checks = [{ name: 'mine', ok: false, detail: 'No.' }]
  const own = { ...cdn, check: async () => ({ allowed: false, status: 401, checks }) }
  t.match(await answer(own, { ...asked, cookies: [] }, keys), { status: 401, checks })
})

t.test('takes a token of another name for one of another CDN', async (t) => {
  const edge = akamai({ url, key: 'ab'.repeat(16) })
  const token = await edge.sign(
    { paths: ['/*'], expiresAt: now + 9 },
    edge.parseKey((edge.keys as readonly unknown[])[0])
  )
  const sent = token.map(({ value }) => ['hdnts', value] as const)
  const { checks } = await answer(edge, { ...asked, cookies: sent }, signerOf(edge).keys)
  t.match(checks.at(-1), { code: 'other-kind', expected: '__token__', found: 'hdnts' })
})
