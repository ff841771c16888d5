import t from 'tap'
import { createStrangerWarning } from '../../src/access/strangers.js'
import type { Ticket } from '../../src/access/ticket.js'
import { resolveCookie } from '../../src/config/cookie-options.js'
import { clock as now, media } from '../fixtures/server.js'

function ticketOf (...places: Array<[cdn: string, domain: string | undefined]>): Ticket {
  return {
    expiresAt: now + 600,
    fingerprint: 'f',
    keys: ['k'],
    setAt: 0,
    places: places.map(([cdn, domain]) => ({ cdn, domain, partitioned: false, path: '/' }))
  }
}

function watch (): { note: ReturnType<typeof createStrangerWarning>, lines: string[] } {
  const lines: string[] = []
  const cdn = media()
  const targets = [{ cdn, attributes: resolveCookie({ domain: 'example.com' }, cdn) }]
  const note = createStrangerWarning({
    rules: { targets, ttl: 600 },
    ticketName: '__Host-cdn-access',
    warn: (line) => lines.push(line)
  })
  return { note, lines }
}

const own = ticketOf(['cloudfront', 'example.com'])
const foreign = ticketOf(['cloudfront', 'example.com'], ['akamai', 'example.com'])

t.test('says once that another service uses the ticket, when it has gone on for long', async (t) => {
  const { note, lines } = watch()
  for (let at = now; at < now + 4200; at += 60) note(foreign, at)
  t.same(lines, [])
  for (let at = now + 4200; at < now + 9000; at += 60) note(foreign, at)
  t.same(lines, [
    'tickets keep coming that name the CDN "akamai" on example.com, which this registration does ' +
    'not have: another service on this host uses the cookie "__Host-cdn-access" too, and each ' +
    'clears what the other sets. Give each its own "name"'
  ])
})

t.test('knows the same CDN on another domain', async (t) => {
  const { note, lines } = watch()
  for (const at of [now, now + 5000]) note(ticketOf(['cloudfront', undefined]), at)
  t.match(lines, [/name the CDN "cloudfront" on the API's host alone/])
})

t.test('is silent through a deploy, and where all is our own', async (t) => {
  const { note, lines } = watch()
  for (let at = now; at < now + 1800; at += 10) note(foreign, at)
  for (let at = now; at < now + 86400; at += 600) note(own, at)
  t.same(lines, [])
})
