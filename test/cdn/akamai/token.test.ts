import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import t from 'tap'
import {
  akamaiToken,
  akamaiUrlToken,
  withUrl,
  type AkamaiHashing,
  type AkamaiKey
} from '../../../src/cdn/akamai/token.js'
import type { CdnGrant } from '../../../src/cdn/cdn.js'
import { pickText, seeded } from '../../fixtures/seeded.js'

type VendorSigner = new(
  options: Record<string, unknown>
) => { generateACLToken: (paths: string[]) => string, generateURLToken: (path: string) => string }
const EdgeAuth = createRequire(import.meta.url)('akamai-edgeauth') as VendorSigner

const hex = '52a152a152a152a152a152a152a152a1'
const key: AkamaiKey = { id: 'a', identity: 'a', canSign: true, secret: Buffer.from(hex, 'hex') }

// The vendor's library escapes "id" and "data" wholly or not at all, and leaves acl and salt alone
// either way. Whole, it also escapes "=:@/$'*", which separate nothing, and not "!()"; not at all,
// it lets "~" through. So each half is compared with what it does alike.
const escapedAlike = Array.from('aZ0-_.!() "~%,;\\&+#|é€😀')
const rawAlike = Array.from('aZ0-_.!()=:@/$\'*')

const urlParts = Array.from('aZ0/-._!$&\'()+,=:@%2').concat('%20', '%C3%A9')

for (const [escapeEarly, parts] of [[true, escapedAlike], [false, rawAlike]] as const) {
  t.test(`writes the vendor's tokens, with escapeEarly ${escapeEarly}`, async (t) => {
    const next = seeded(42)
    let same = 0
    for (let round = 0; round < 2000; round++) {
      const maybe = <Value>(value: Value): Value | undefined => next(2) === 0 ? undefined : value
      const paths = Array.from(
        { length: 1 + next(4) },
        () => `/${pickText(next, ['a', 'b', '/', '*', '?', '%20', '=', '&', '.'], 1 + next(8))}`
      )
      const algorithm = (['sha256', 'sha1', 'md5'] as const)[next(3)]!
      const salt = maybe(pickText(next, ['s', '~', '9'], 3))
      const expiresAt = 1_800_000_000 + next(1000)
      const notBefore = maybe(expiresAt - 1 - next(1000))
      const ip = maybe('192.0.2.7')
      const id = maybe(pickText(next, parts, 1 + next(8)))
      const data = maybe(pickText(next, parts, 1 + next(8)))
      const vendor = new EdgeAuth({
        key: hex,
        algorithm,
        salt,
        startTime: notBefore,
        endTime: expiresAt,
        ip,
        sessionId: id,
        payload: data,
        escapeEarly
      })
      const claims = Object.fromEntries(
        Object.entries({ id, data }).filter(([, value]) => value !== undefined)
      )
      const grant: CdnGrant = {
        paths,
        expiresAt,
        claims,
        ...(notBefore === undefined ? {} : { notBefore }),
        ...(ip === undefined ? {} : { ip })
      }
      const hashing: AkamaiHashing = { algorithm, ...(salt === undefined ? {} : { salt }) }
      const wanted = vendor.generateACLToken(paths)
      if (akamaiToken(grant, key, hashing) === wanted) same++
      else t.equal(akamaiToken(grant, key, hashing), wanted)
      // Escaped, the vendor hashes another URL than the one that is asked.
      if (escapeEarly) continue
      const path = `/${pickText(next, urlParts, 1 + next(8))}`
      const own = akamaiUrlToken({ ...grant, paths: [path] }, key, hashing)
      if (own !== vendor.generateURLToken(path)) t.equal(own, vendor.generateURLToken(path))
    }
    t.equal(same, 2000)
  })
}

t.test('hashes the salt last and keeps it out of the token', async (t) => {
  t.equal(
    akamaiToken({ paths: ['/*'], expiresAt: 1_800_000_000 }, key, {
      algorithm: 'sha1',
      salt: 'pinch'
    }),
    'exp=1800000000~acl=/*~hmac=7c2b0bd952d72b6fca517f8f9039b93d924c05ec'
  )
})

t.test('hashes the URL of a token behind its fields, and leaves it out', async (t) => {
  t.equal(withUrl('exp=1', '/a'), 'exp=1~url=/a')
  t.equal(
    akamaiUrlToken({ paths: ['/a.mp4'], expiresAt: 1_800_000_000, claims: { id: 'u' } }, key, {
      algorithm: 'md5',
      salt: 'pinch'
    }),
    `exp=1800000000~id=u~hmac=${
      createHmac('md5', Buffer.from(hex, 'hex')).update(
        'exp=1800000000~id=u~url=/a.mp4~salt=pinch'
      ).digest('hex')
    }`
  )
})
