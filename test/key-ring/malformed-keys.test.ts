import { inspect } from 'node:util'
import Fastify from 'fastify'
import t from 'tap'
import { errors, type Cdn } from '../../src/index.js'
import { openKeyRing } from '../../src/key-ring/key-ring.js'
import { isOwnError } from '../../src/key-ring/load-failure.js'
import { malformedKeys } from '../fixtures/malformed-keys.js'

const now = (): number => 1_800_000_000

/** Each text of an entry that may be a key or a part of one, in pieces. */
function piecesOf (value: unknown): string[] {
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value)
    return ['hex', 'base64', 'base64url'].flatMap((encoding) =>
      piecesOf(bytes.toString(encoding as BufferEncoding))
    )
  }
  if (typeof value === 'object' && value !== null) {
    return [...Object.keys(value), ...Object.values(value)].flatMap(piecesOf)
  }
  if (typeof value !== 'string') return []
  const text = value.replace(/-----[^-]*-----|\s/g, '')
  return Array.from(
    { length: Math.floor(text.length / 16) },
    (_, index) => text.slice(index * 16, index * 16 + 16)
  )
}

t.test('there are many ways to get a key wrong', async (t) => {
  t.ok(malformedKeys.length >= 80)
  t.equal(new Set(malformedKeys.map(([name]) => name)).size, malformedKeys.length)
})

for (const [name, cdn, entry, why] of malformedKeys) {
  t.test(`refuses ${name}, says why, and shows nothing of it`, async (t) => {
    const log: string[] = []
    const { log: logger } = Fastify({
      logger: {
        level: 'trace',
        stream: {
          write: (line) => {
            log.push(line)
          }
        }
      }
    })
    const error = await Promise.resolve().then(() => cdn.parseKey(entry)).catch((reason: unknown) =>
      reason
    ) as Error
    t.ok(isOwnError(error), 'an error of its own class')
    t.match(error.message, why)

    const source = { ...cdn, keys: { load: () => [entry], every: '1h' } } as Cdn
    const ring = await openKeyRing(source, { log: logger, now, prove: true })
    const reloading = await ring.reload().catch((reason: unknown) => reason) as Error
    t.ok(reloading instanceof errors.CDN_ACCESS_KEY_LOAD_FAILED)
    const told = [
      ...log,
      inspect(error, { depth: 9 }),
      inspect(reloading, { depth: 9 }),
      JSON.stringify(ring.report())
    ].join('\n')
    ring.close()
    t.match(told, 'could not be loaded')
    t.same(piecesOf(entry).filter((piece) => told.includes(piece)), [])
  })
}
