import * as exported from 'fastify-cdn-access'
import { cdnFactories } from './cdns.js'
import { markdownTable } from './report.js'
import { build } from './scenarios/plugin.js'

/**
 * Bytes of `Set-Cookie` for one grant of one path, for each CDN that the package exports, by kind
 * of key.
 */
export async function measureWire (/** @type {any} */ keys) {
  const rows = []
  for (const [cdn, factory] of Object.entries(cdnFactories).filter(([name]) => name in exported)) {
    for (const key of Object.keys(factory(exported, keys))) {
      const app = await build({ cdn, key, keys })
      const issued = await app.inject({ url: '/cdn-access' })
      const lines = [issued.headers['set-cookie'] ?? []].flat()
      const kept = issued.cookies.filter(({ value }) => value !== '')
      const held = kept.map(({ name, value }) => `${name}=${value}`).join('; ')
      await app.close()
      if (issued.statusCode !== 200) {
        throw new Error(`${cdn} with ${key}: status ${issued.statusCode}`)
      }
      rows.push([
        `${cdn}, ${key}`,
        String(lines.length),
        String(bytesOf(lines)),
        String(held.length)
      ])
    }
  }
  return [
    '## Bytes of one grant on the wire, the ticket among them',
    markdownTable(
      ['CDN and key', 'Set-Cookie lines', 'bytes of them', 'Cookie header of a viewer'],
      rows
    )
  ].join('\n\n')
}

function bytesOf (/** @type {string[]} */ lines) {
  return lines.reduce((sum, line) => sum + `set-cookie: ${line}\r\n`.length, 0)
}
