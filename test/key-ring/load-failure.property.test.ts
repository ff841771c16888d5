import { randomBytes } from 'node:crypto'
import t from 'tap'
import { cloudfront, errors } from '../../src/index.js'
import { openKeyRing } from '../../src/key-ring/key-ring.js'
import { keepLines } from '../fixtures/key-log.js'
import { seeds } from '../fixtures/property.js'
import { seeded } from '../fixtures/seeded.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** How a key may be written, all of it: what logs and messages must not hold, nor a long piece. */
const encodings: ReadonlyArray<(key: Buffer) => string> = [
  (key) => key.toString('base64'),
  (key) => key.toString('base64url'),
  (key) => key.toString('hex'),
  (key) => key.toString('hex').toUpperCase(),
  (key) => key.toString('latin1'),
  (key) => key.toString('utf16le'),
  (key) => [...key].join(','),
  (key) => JSON.stringify([...key]),
  (key) => [...key].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  (key) => [...key].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  (key) => key.toString('hex').replace(/..(?!$)/g, '$&:'),
  (key) => [...key].map((byte) => alphabet[byte % 32]).join(''),
  (key) => BigInt(`0x${key.toString('hex')}`).toString(),
  (key) => key.toString('base64').replace(/.{4}/g, '$& '),
  (key) => `-----BEGIN PRIVATE KEY-----\n${key.toString('base64')}\n-----END PRIVATE KEY-----`
]

/** Where an error, or what it is thrown instead of one, holds text. */
const places: ReadonlyArray<(text: string) => unknown> = [
  (text) => new Error(text),
  (text) => new SyntaxError(`Unexpected token in ${text} at position 7`),
  (text) => Object.assign(new Error('x'), { stack: text }),
  (text) => Object.assign(new Error('x'), { name: text }),
  (text) => Object.assign(new Error('x'), { code: text }),
  (text) => Object.assign(new Error('x'), { code: text.toUpperCase() }),
  (text) => Object.assign(new Error('x'), { constructor: { name: text } }),
  (text) => Object.assign(new Error(text), { code: 'CDN_ACCESS_KEY_UNREADABLE' }),
  (text) => Object.assign(new Error('x'), { toString: () => text }),
  (text) => new Error('x', { cause: new Error(text) }),
  (text) => new AggregateError([new Error(text)], text),
  (text) => new errors.CDN_ACCESS_SIGN_FAILED('media', 'Error', { cause: new Error(text) }),
  (text) => text,
  (text) => ({ message: text, code: text })
]

/** Parts of a text that are long enough to be worth something. */
function piecesOf (text: string): string[] {
  const pieces = []
  for (let index = 0; index + 10 <= text.length; index += 5) {
    pieces.push(text.slice(index, index + 10))
  }
  return pieces.filter((piece) => !piece.includes('-----'))
}

t.test('nothing of what a loader throws is logged or told, but its kind', async (t) => {
  let failure: unknown
  const { log, lines } = keepLines()
  const load = async (): Promise<never> => {
    throw failure
  }
  const source = { load, every: '1h' } as const
  let checked = 0
  for (const seed of seeds(5)) {
    const next = seeded(seed)
    for (const [encoding, encode] of encodings.entries()) {
      for (const [place, put] of places.entries()) {
        const secret = encode(randomBytes(16 + next(48)))
        failure = put(secret)
        const cdn = cloudfront({ url: 'https://media.example.com', keys: source })
        lines.length = 0
        const ring = await openKeyRing(cdn, { log, now: () => 1_800_000_000 })
        const thrown = await ring.reload().catch((reason: unknown) => reason) as Error
        ring.close()
        const told = [
          JSON.stringify(lines),
          JSON.stringify(ring.report()),
          thrown.message,
          String(thrown),
          thrown.stack
        ].join('\n')
        const upper = secret.toUpperCase()
        const found = [...piecesOf(secret), ...piecesOf(upper)].filter((each) =>
          told.includes(each)
        )
        if (found.length > 0 || thrown.cause !== failure) {
          t.fail(`seed ${seed}, encoding ${encoding}, place ${place}: ${told}`)
        }
        checked += lines.length
      }
    }
  }
  t.equal(checked, seeds(5).length * encodings.length * places.length)
})
