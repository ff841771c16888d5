import { cdnPath, type Cdn, type CdnPath } from 'fastify-cdn-access'
import type { Test } from 'tap'
import { send } from './request.js'
import { startEdge, startSite } from './site.js'

/** Generous: a matcher that goes back among stars takes minutes for what is asked here. */
const patienceMilliseconds = 2000

const long = 'a'.repeat(6000)
const many = 'ab'.repeat(2000)

interface Row {
  readonly granted: readonly CdnPath[]
  readonly allowed: readonly string[]
  readonly refused: readonly string[]
}

/** What is granted, and what it opens. */
const rows: readonly Row[] = [
  {
    granted: [cdnPath.glob`/v/*a*a*a*a*b`],
    allowed: ['/v/aaaab', '/v/1a2a3a4a5b', `/v/${long}b`, '/v/aaaabab'],
    refused: ['/v/aaab', '/v/aaaabc', `/v/${long}`, `/v/${long}c`, `/v/${long}?b`, '/v/a?aaab']
  },
  {
    granted: [cdnPath.glob`/v/*ab*ab*ab*ab*/x*`],
    allowed: ['/v/abababab/x', `/v/${many}/x?y`, '/v/ab/abab/ab/x/x'],
    refused: ['/v/ababab/x', `/v/${many}`, `/v/${many}x`, '/v/abababab?/x', '/v/abababab/y']
  },
  {
    granted: [cdnPath.glob`/a*b/c?d.ts`, cdnPath.glob`/b(*)*.png`, cdnPath`/c/*`],
    allowed: [
      '/ab/cxd.ts',
      '/a/b/b/cbd.ts',
      '/b().png',
      '/b(1)(2).png',
      '/c/',
      '/c/d?e',
      '/ab/cxd.ts?'
    ],
    refused: ['/ab/cd.ts', '/ab/c/d/ts', '/b(.png', '/b()png', '/c', '/ab/cxd.ts?e', '/ab/cxd.tsx']
  }
]

/** Holds an engine and the edge plugin to what patterns open, and to answers without delay. */
export async function checkPatterns (t: Test, cdn: Cdn): Promise<void> {
  const edge = await startEdge(t, cdn)
  for (const { granted, allowed, refused } of rows) {
    const site = await startSite(t, cdn, granted)
    await site.ask()
    const cookie = site.cookies('/v/') || site.cookies('/c/')
    for (const target of [...allowed, ...refused]) {
      const wanted = allowed.includes(target)
      const name = `${granted.join(' ')}: ${target.slice(0, 40)}`
      const begun = performance.now()
      for (const [url, who] of [[cdn.url, 'the engine'], [edge, 'the edge plugin']] as const) {
        const { status } = await send(url, target, cookie)
        t.equal(status !== 403, wanted, `${who} ${wanted ? 'opens' : 'refuses'} ${name}`)
      }
      t.ok(performance.now() - begun < patienceMilliseconds, `without delay, ${name}`)
    }
  }
}
