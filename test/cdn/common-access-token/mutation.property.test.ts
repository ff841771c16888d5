import t from 'tap'
import { commonAccessToken } from '../../../src/cdn/common-access-token/common-access-token.js'
import type { Cdn } from '../../../src/cdn/cdn.js'
import { base64Url } from '../../../src/cdn/format/base64.js'
import { inspect } from '../../../src/cdn/inspectors.js'
import {
  ecKey,
  edgeNow,
  edgeSettings,
  rsaKey,
  secretOne,
  secretTwo,
  token
} from '../../fixtures/edge-tokens.js'
import { seeds } from '../../fixtures/property.js'
import { seeded } from '../../fixtures/seeded.js'

type Next = (limit: number) => number

const { issuer, host, cookieName } = edgeSettings
const cdn: Cdn = commonAccessToken({ url: `https://${host}`, issuer, keys: [] })
const keys = [
  ...[secretOne, secretTwo].map(({ jwk }) => cdn.parseKey({ key: jwk })),
  ...[ecKey, rsaKey].map(({ jwk }) => cdn.parseKey({ publicKey: jwk }))
]
const texts = [secretOne, secretTwo, secretOne, ecKey, secretOne, rsaKey].map((key) => token(key))
const bytes = texts.map((text) => base64Url.decode(text))
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.~%+/'

/** A token with some of its bytes changed, left out, put in, moved or taken from another. */
function mutantOf (next: Next): string {
  const which = next(texts.length)
  if (next(3) === 0) return changedText(texts[which]!, next)
  let changed = bytes[which]!
  for (let times = next(3); times >= 0; times--) changed = changedBytes(changed, next)
  return base64Url.encode(changed)
}

function changedText (text: string, next: Next): string {
  const at = next(text.length)
  const letter = letters[next(letters.length)]!
  return text.slice(0, at) + [letter, '', letter + text[at]!][next(3)]! + text.slice(at + 1)
}

function changedBytes (from: Buffer, next: Next): Buffer {
  const at = next(from.length)
  const [before, after] = [from.subarray(0, at), from.subarray(at + 1)]
  switch (next(6)) {
    case 0:
      return Buffer.concat([before, Buffer.of(from[at]! ^ (1 << next(8))), after])
    case 1:
      return Buffer.concat([before, Buffer.of(next(256)), after])
    case 2:
      return Buffer.concat([before, after])
    case 3:
      return Buffer.concat([before, Buffer.of(next(256)), from.subarray(at)])
    case 4: {
      const other = bytes[next(bytes.length)]!
      return Buffer.concat([before, other.subarray(next(other.length))])
    }
    default:
      return before
  }
}

async function isAllowed (value: string): Promise<boolean> {
  const request = { method: 'GET', url: '/courses/42/a', now: edgeNow }
  return (await cdn.check({ ...request, cookies: [[cookieName, value]] }, keys)).allowed
}

t.test('takes none of so many mutants, and never throws', async (t) => {
  for (const text of texts) t.ok(await isAllowed(text), 'the tokens themselves are good')
  const genuine = new Set(texts)
  const taken: string[] = []
  for (const seed of seeds(10)) {
    const next = seeded(seed)
    for (let count = 0; count < 500; count++) {
      const value = mutantOf(next)
      if (!genuine.has(value) && await isAllowed(value)) taken.push(value)
      inspect({ origin: `https://${host}`, path: '/', query: '', cookies: [['a', value]] })
    }
  }
  t.same(taken, [])
})
