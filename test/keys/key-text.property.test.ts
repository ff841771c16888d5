import { createPrivateKey } from 'node:crypto'
import t from 'tap'
import { isFields } from '../../src/input/fields.js'
import { readPrivateKey } from '../../src/keys/private-key.js'
import { readPublicKey } from '../../src/keys/public-key.js'
import { secretFromBase64Url } from '../../src/keys/secret-key.js'
import * as keys from '../fixtures/keys.js'
import { seeds } from '../fixtures/property.js'
import { pickText, seeded } from '../fixtures/seeded.js'

const longest = 65_536

/** What key texts are made of, and what their readers look for. */
const parts = [
  '\\',
  '\\n',
  '\\r',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN ',
  '-----END PRIVATE KEY-----',
  '-----',
  'PRIVATE KEY',
  'Proc-Type: 4,ENCRYPTED',
  'DEK-Info: ',
  ' ',
  '\n',
  '"',
  '\'',
  '{"',
  '":',
  '[',
  '"kty"',
  '/',
  '.pem',
  'MIIB',
  'A',
  '=',
  '0'
]

const readers = [
  (text: string) => readPrivateKey(text, 'passphrase', 'privateKey'),
  (text: string) => readPrivateKey(Buffer.from(text), undefined, 'privateKey'),
  (text: string) => readPrivateKey(Buffer.from(text).toString('base64'), undefined, 'privateKey'),
  (text: string) => readPublicKey(text),
  secretFromBase64Url
]

/** Milliseconds of the processor that all readers take for a text, whatever else runs. */
function timeOf (text: string): number {
  const before = process.cpuUsage()
  for (const read of readers) {
    try {
      read(text)
    } catch (error) {
      if (!isFields(error) || !String(error['code']).startsWith('CDN_ACCESS_KEY_')) throw error
    }
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** A text of one length: a beginning, then a pattern over and over. */
function repeated (begin: string, pattern: string, length: number): string {
  return begin + pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length - begin.length)
}

t.test('a text eight times as long takes about eight times as long to refuse', async (t) => {
  const begins = ['', '-----BEGIN PRIVATE KEY-----', '"', '{"a":"', '{"a":', '-----BEGIN ']
  const fixed = parts.flatMap((part) => begins.map((begin) => [begin, part] as const))
  const random = seeds(60).map((seed) => {
    const next = seeded(seed)
    return [begins[next(begins.length)]!, pickText(next, parts, 1 + next(6))] as const
  })
  for (const [begin, pattern] of [...fixed, ...random]) {
    const short = timeOf(repeated(begin, pattern, 6144))
    const long = timeOf(repeated(begin, pattern, 8 * 6144))
    if (long > 30 * short + 250) {
      t.fail(`${JSON.stringify([begin, pattern])}: ${short} ms, then ${long} ms`)
    }
  }
})

t.test('what is longer than 64 kB is refused by name', async (t) => {
  const refusal = { code: 'CDN_ACCESS_KEY_UNREADABLE', message: /it is longer than 64 kB/ }
  for (const text of [' '.repeat(longest + 1), `${keys.rsaPkcs8}${'\n'.repeat(longest)}`]) {
    t.throws(() => readPrivateKey(text, undefined, 'privateKey'), refusal)
    t.throws(() => readPrivateKey(Buffer.from(text), undefined, 'privateKey'), refusal)
    t.throws(() => readPublicKey(text), refusal)
  }
  const jwk = createPrivateKey(keys.ecPkcs8).export({ format: 'jwk' })
  t.throws(() => readPublicKey({ ...jwk, x: 'A'.repeat(longest + 1) }), refusal)
  const padded = keys.rsaPkcs8.padEnd(longest, '\n')
  t.equal(readPrivateKey(padded, undefined, 'privateKey').type, 'private')
})
