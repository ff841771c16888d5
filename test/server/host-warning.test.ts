import type { FastifyRequest } from 'fastify'
import t from 'tap'
import type { Cdn } from '../../src/index.js'
import { resolveCookie } from '../../src/config/cookie-options.js'
import { createHostWarning } from '../../src/server/host-warning.js'
import { media } from '../fixtures/server.js'

function warningsAt (domain: string | false, ...hosts: string[]): string[] {
  return warningsOf(media(), domain, ...hosts)
}

function warningsOf (cdn: Cdn, domain: string | false, ...hosts: string[]): string[] {
  const warn = createHostWarning([{ cdn, attributes: resolveCookie({ domain }, cdn) }])
  const lines: string[] = []
  const log = { warn: (line: string) => lines.push(line) }
  for (const hostname of hosts) warn({ hostname, log } as unknown as FastifyRequest)
  return lines
}

t.test('is silent where the API can set the cookies', async (t) => {
  t.same(warningsAt('example.com', 'api.example.com'), [])
  t.same(warningsAt('example.com', 'example.com'), [])
  t.same(warningsAt(false, 'media.example.com'), [])
})

t.test('says once which two hosts have no cookie in common', async (t) => {
  const after = '. Serve both below one parent domain and name it in cookie.domain. ' +
    'Where a proxy rewrites the Host header, set Fastify\'s trustProxy'
  t.same(warningsAt('example.com', 'localhost', 'localhost'), [
    'fastify-cdn-access: the API answers at "localhost" and the CDN "cloudfront" at ' +
    `"media.example.com": browsers refuse cookies with Domain "example.com" from there${after}`
  ])
  t.same(warningsAt(false, 'api.example.com'), [
    'fastify-cdn-access: the API answers at "api.example.com" and the CDN "cloudfront" at ' +
    `"media.example.com": cookies without a Domain stay on the API's host${after}`
  ])
})

t.test('still has a word for a viewer\'s host after a health probe, and few words in all', async (t) => {
  const lines = warningsAt('example.com', '10.0.0.7', 'api.example.com', 'api.elsewhere.org')
  t.same(lines.map((line) => /at "([^"]+)"/.exec(line)![1]), ['10.0.0.7', 'api.elsewhere.org'])
  const many = Array.from({ length: 200 }, (_, index) => `host-${index}.elsewhere.org`)
  t.equal(warningsAt('example.com', ...many).length, 3)
  const good = Array.from({ length: 200 }, (_, index) => `host-${index}.example.com`)
  t.equal(warningsAt('example.com', ...good, 'a.elsewhere.org').length, 1)
})

t.test('knows every host of a CDN\'s pattern', async (t) => {
  const cdn = media({ host: 'https://*.example.com' })
  t.same(warningsAt(false, 'img.example.com'), [
    'fastify-cdn-access: the API answers at "img.example.com" and the CDN "cloudfront" at ' +
    '"media.example.com": cookies without a Domain stay on the API\'s host. Serve both below one ' +
    'parent domain and name it in cookie.domain. Where a proxy rewrites the Host header, set ' +
    'Fastify\'s trustProxy'
  ])
  t.same(warningsOf(cdn, false, 'img.example.com'), [])
  t.match(warningsOf(cdn, false, 'api.example.org'), [/the CDN "cloudfront" at "\*\.example\.com"/])
})
