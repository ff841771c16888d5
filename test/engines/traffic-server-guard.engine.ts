import t from 'tap'
import { send } from './request.js'
import { folder, startEdge, startSite } from './site.js'
import { startPageServer } from './traffic-server-page.js'

const { url, make } = await startPageServer(t)
const cdn = make()
const site = await startSite(t, cdn, folder)
await site.ask()
const good = site.cookies('/v/1/')
const [header = '', payload = '', signature = ''] = good.split('=')[1]!.split('.')

/** The ways in which a request can carry more than one line of cookies, and others around them. */
const places: Record<string, (cookie: string) => string> = {
  alone: (cookie) => cookie,
  'behind another': (cookie) => `a=b; ${cookie}`,
  'behind another without a space': (cookie) => `a=b;${cookie}`,
  'behind another and a tab': (cookie) => `a=b;\t${cookie}`,
  'behind a name': (cookie) => `a; ${cookie}`,
  'behind nothing': (cookie) => `;${cookie}`,
  'behind a comma': (cookie) => `a=b, ${cookie}`,
  'before another': (cookie) => `${cookie}; a=b`,
  'behind a good one': (cookie) => `${good}; ${cookie}`,
  'before a good one': (cookie) => `${cookie}; ${good}`
}

await t.test('outlives cookies that would end it, and does not serve them', async (t) => {
  const deadly = {
    header: `${header}=b.${payload}.${signature}`,
    payload: `${header}.a=b.${signature}`,
    signature: `${header}.${payload}.a=b`,
    all: 'a=b.a=b.a=b',
    alone: 'a=b',
    padding: `${header}.${payload}==.${signature}=`
  }
  for (const [part, token] of Object.entries(deadly)) {
    for (const [place, put] of Object.entries(places)) {
      const { status } = await send(url, '/v/1/a.txt', put(`URISigningPackage=${token}`))
      t.equal(status, 403, `${part}, ${place}`)
    }
    t.equal((await site.fetch('/v/1/a.txt')).status, 200, 'it answers')
  }
})

await t.test('outlives tokens in a URL that hold the same', async (t) => {
  for (
    const token of [`${header}.a=b.${signature}`, 'a=b.a=b.a=b', `${header}.a%3Db.${signature}`]
  ) {
    t.equal((await send(url, `/v/1/a.txt?URISigningPackage=${token}`)).status, 403)
    t.equal((await send(url, `/v/1/a.txt?URISigningPackage=${token}`, good)).status, 200)
    t.equal((await send(url, `/v/1/a.txt;URISigningPackage=${token}`)).status, 403)
  }
})

await t.test('leaves the cookies of others alone', async (t) => {
  for (
    const other of ['a=b==', 'a="b c"', 'a=URISigningPackage=b', 'XURISigningPackage=a=b', 'a', '=']
  ) {
    t.equal((await send(url, '/v/1/a.txt', `${other}; ${good}`)).status, 200, `${other} before`)
    t.equal((await send(url, '/v/1/a.txt', `${good}; ${other}`)).status, 200, `${other} behind`)
  }
})

await t.test('refuses each spelling of a dot segment and a slash, with any token', async (t) => {
  const edge = await startEdge(t, cdn)
  const { app } = site
  const signed = await app.cdnAccess.signUrl('/v/1/a.txt', { scope: folder[0]! })
  const token = signed.slice(signed.indexOf('?'))
  const dots = ['.', '..', '%2e', '%2E', '%2e.', '.%2E', '%2E%2e']
  const ends = ['/', ';/', ';a=b/', '%3b/', '%3Bx/']
  const segments = dots.flatMap((dot) => ends.map((end) => dot + end))
  const slashes = ['..%2f', '..%2F', 'a%2f', '..%5c', '..%5C', '..\\', 'a%00', '%0a', '%0A', 'a#/']
  for (const odd of [...segments, ...slashes]) {
    for (
      const target of [
        `/v/1/${odd}a.txt`,
        `/v/1/./${odd}2/secret.txt`,
        `/v/1/${odd}../2/secret.txt`,
        `/${odd}v/1/a.txt`
      ]
    ) {
      t.equal((await send(url, target, good)).status, 403, target)
      t.equal((await send(url, target + token)).status, 403, `${target} with a token`)
      t.equal((await send(edge, target, good)).status, 403, `the edge plugin, ${target}`)
    }
  }
})
