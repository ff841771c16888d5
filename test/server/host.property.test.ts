import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { seeds } from '../fixtures/property.js'
import { ask, randomHost, type Part } from '../fixtures/random-host.js'

const caching = ['cdn-cache-control', 'surrogate-control', 'expires', 'x-accel-expires']

t.test('changes nothing in a reply but the cookies and the caching that it has to', async (t) => {
  const drawn: Record<Part, number> = { none: 0, issue: 0, clear: 0 }
  for (const seed of seeds(60)) {
    const [bare, host] = [await randomHost(seed, false), await randomHost(seed, true)]
    t.same(host.routes, bare.routes)
    for (const { url } of bare.routes) {
      for (const method of ['GET', 'HEAD'] as const) {
        const [expected, found] = [await ask(bare, method, url), await ask(host, method, url)]
        const fails = expected.reply.statusCode >= 400
        const part = fails && expected.staged === 'issue' ? 'none' : expected.staged
        drawn[part]++
        const what = `seed ${seed}: ${method} ${url}, ${part}`
        t.equal(found.staged, expected.staged, what)
        if (part === 'none') isSame(t, expected.reply, found.reply, what)
        else isSameButForAccess(t, expected.reply, found.reply, { what, part })
      }
    }
    await Promise.all([bare.app.close(), host.app.close()])
  }
  t.ok(Object.values(drawn).every((count) => count > 50), JSON.stringify(drawn))
})

type Reply = LightMyRequestResponse

function isSame (t: Test, expected: Reply, found: Reply, what: string): void {
  const { date: _before, ...before } = expected.headers
  const { date: _after, ...after } = found.headers
  t.same([found.statusCode, found.body, after], [expected.statusCode, expected.body, before], what)
}

function isSameButForAccess (
  t: Test,
  expected: Reply,
  found: Reply,
  { what, part }: { what: string, part: Part }
): void {
  const others = new Set(linesOf(expected))
  const ours = linesOf(found).filter((line) => /^(?:CloudFront-|__Host-cdn-access)/.test(line))
  const rest = linesOf(found).filter((line) => !ours.includes(line))
  t.ok([...others].every((line) => rest.includes(line)), `${what}: the host's cookies are there`)
  t.ok(
    rest.every((line) => others.has(line) || /^(?:raw|header)=/.test(line)),
    `${what}: with those of the raw response, which Node.js drops beside others`
  )
  t.equal(new Set(rest).size, rest.length, `${what}: each once`)
  t.ok(ours.length >= 6, what)
  t.equal(ours.every((line) => line.includes('Max-Age=0')), part === 'clear', what)
  t.equal(found.headers['cache-control'], 'private, no-store', what)
  t.same(caching.filter((name) => name in found.headers), [], what)
  isSame(t, withoutAccess(expected), withoutAccess(found), what)
}

function withoutAccess (reply: Reply): Reply {
  const dropped = new Set(['set-cookie', 'cache-control', ...caching])
  const headers = Object.entries(reply.headers).filter(([name]) => !dropped.has(name))
  return {
    ...reply,
    headers: Object.fromEntries(headers),
    statusCode: reply.statusCode,
    body: reply.body
  }
}

function linesOf ({ headers }: Reply): string[] {
  return [headers['set-cookie'] ?? []].flat()
}
