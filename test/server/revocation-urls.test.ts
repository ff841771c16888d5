import t from 'tap'
import { memoryRevocations } from '../../src/index.js'
import { createViewer, fixedClock, media, mediaUrl } from '../fixtures/site.js'
import { startAskingEdge, startRevocableApi, tokens } from '../fixtures/revocation-site.js'

const file = '/u/ada/a.mp4'

t.test('signs URLs that can be taken back', async (t) => {
  const clock = fixedClock()
  const store = memoryRevocations()
  const app = await startRevocableApi(clock, store, { cdn: [tokens(), media()] })
  const edge = await startAskingEdge(clock, store)
  const cdn = 'commonAccessToken'
  const sign = (options = {}) => app.cdnAccess.signUrl(file, { cdn, revocable: 'ada', ...options })
  const status = async (url: string) =>
    (await edge.inject({ url: url.slice(mediaUrl.length) })).statusCode
  const url = await sign()
  t.equal(await status(url), 200)
  await app.cdnAccess.revoke('ada')
  t.equal(await status(url), 403)
  t.equal(await status(await sign()), 200)
  await t.rejects(sign({ ttl: '11m' }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "ttl" must be at most the option "ttl" (600 s) for a URL that is revocable: ' +
      'a revocation is remembered no longer'
  })
  await t.rejects(sign({ cdn: 'cloudfront' }), {
    code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
    message:
      'The CDN "cloudfront" can\'t hold "revocable" of a grant: its URLs have no room for an ' +
      'id. Give a short "ttl" instead'
  })
  await t.rejects(sign({ revocable: '' }), { code: 'CDN_ACCESS_REVOCATION_ID_INVALID' })
})

t.test('explains what was revoked', async (t) => {
  const app = await startRevocableApi(fixedClock(), memoryRevocations())
  const ada = createViewer({ 'x-user': 'ada' })
  await ada.ask(app)
  const url = mediaUrl + file
  const explain = () => app.cdnAccess.explain({ url, cookies: ada.cookies(url) })
  t.equal((await explain()).allowed, true)
  await app.cdnAccess.revoke('ada')
  t.match(await explain(), { allowed: false, status: 403 })
  t.equal((await explain()).checks.at(-1)?.code, 'revoked')
})
