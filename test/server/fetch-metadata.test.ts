import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { isCrossSite, isNoScript } from '../../src/server/fetch-metadata.js'

function asked (site?: string, mode?: string): FastifyRequest {
  return {
    raw: { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': mode }, rawHeaders: [] }
  } as unknown as FastifyRequest
}

t.test('knows a page of another site', async (t) => {
  t.ok(isCrossSite(asked('cross-site')))
  for (const site of ['same-origin', 'same-site', 'none', undefined, 'CROSS-SITE']) {
    t.notOk(isCrossSite(asked(site)), String(site))
  }
})

t.test('knows what no script asks', async (t) => {
  for (const mode of ['navigate', 'no-cors']) t.ok(isNoScript(asked('none', mode)), mode)
  for (const mode of ['cors', 'same-origin', 'websocket', undefined]) {
    t.notOk(isNoScript(asked('none', mode)), String(mode))
  }
})
