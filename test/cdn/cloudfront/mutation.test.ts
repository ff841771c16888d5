import t from 'tap'
import { ecOptions, edgeOf, rsaOptions } from '../../fixtures/cloudfront.js'

/** Others of the alphabet, what base64 writes in their place, and what no cookie should hold. */
const others = ['A', '0', '_', '~', '=', '\0']

for (
  const [kind, edge, grant] of [
    ['RSA, custom', edgeOf(rsaOptions), {}],
    ['EC, custom', edgeOf(ecOptions), { notBefore: 1799999999, ip: '192.0.2.7' }],
    ['RSA, canned', edgeOf({ ...rsaOptions, policy: 'canned' }), { paths: ['/courses/42/a.mp4'] }],
    ['EC, canned', edgeOf({ ...ecOptions, policy: 'canned' }), { paths: ['/courses/42/a.mp4'] }],
    ['RSA, SHA-1', edgeOf({ ...rsaOptions, hash: 'SHA1' }), {}]
  ] as const
) {
  t.test(`no changed, added or removed character of any cookie is accepted: ${kind}`, async (t) => {
    const good = await edge.pairs(grant)
    const accepts = async (at: number, value: string): Promise<boolean> => {
      const cookies = good.with(at, [good[at]![0], value])
      return (await edge.check({ cookies, ip: '192.0.2.7' })).allowed
    }
    const accepted: string[] = []
    let tried = 0
    for (const [index, [name, value]] of good.entries()) {
      t.ok(await accepts(index, value), `${name} as it is`)
      for (let at = 0; at <= value.length; at++) {
        const changes = others.map((other) => value.slice(0, at) + other + value.slice(at + 1))
        const neighbour = String.fromCharCode((value.charCodeAt(at) || 64) ^ 1)
        const shifted = [
          value.slice(0, at) + neighbour + value.slice(at + 1),
          value.slice(0, at) + value.slice(at + 1),
          value.slice(0, at) + (value[at] ?? 'A') + value.slice(at)
        ]
        for (const changed of new Set([...changes, ...shifted])) {
          if (changed === value) continue
          tried++
          if (await accepts(index, changed)) accepted.push(`${name} at ${at}`)
        }
      }
    }
    t.strictSame(accepted, [])
    t.ok(tried > 900, `${tried} changes`)
  })
}
