import t from 'tap'
import { verdict, type Checklist } from '../../../src/cdn/format/verdict.js'
import {
  checkAudience,
  checkClaims,
  checkWindow,
  type UriSigningSettings
} from '../../../src/cdn/uri-signing/check-claims.js'

const issuer = 'https://api.example.com'
const settings: UriSigningSettings = {
  url: 'https://media.example.com',
  issuer,
  verifier: 'rfc9246',
  cookieName: 'URISigningPackage'
}

async function last (check: (list: Checklist) => void): Promise<string> {
  const { checks } = await verdict(403, async (list) => {
    check(list)
  })
  const found = checks.at(-1)
  return found === undefined ? 'nothing' : `${found.ok ? 'ok' : found.name}: ${found.detail}`
}

t.test('asks of a plain JWT no more than its issuer', async (t) => {
  const payload = { iss: issuer, cdniv: 2, jti: 'a', cdnistt: 9 }
  const plain = { ...settings, verifier: 'jwt' } as const
  t.equal(await last((list) => checkClaims(list, plain, payload)), `ok: The issuer is ${issuer}.`)
  t.equal(
    await last((list) => checkClaims(list, settings, payload)),
    'claims: The version "cdniv" is not 1.'
  )
})

t.test('takes what is missing for what Traffic Server takes it for', async (t) => {
  for (const payload of [{}, { cdniv: 1, cdnistt: 0, cdnistd: 0 }, { cdnistt: 1, cdnistd: 3 }]) {
    t.equal(
      await last((list) => checkClaims(list, settings, { ...payload, iss: issuer })),
      `ok: The issuer is ${issuer}.`
    )
  }
})

t.test('wants a start only where the edge wants one', async (t) => {
  const payload = { exp: 20 }
  t.equal(
    await last((list) => checkWindow(list, settings, payload, 10)),
    'ok: Access ends in 10 s.'
  )
  t.equal(
    await last((list) => checkWindow(list, { ...settings, nbf: 'required' }, payload, 10)),
    'start: The token has no "nbf".'
  )
})

t.test('looks at an audience where either side names one', async (t) => {
  t.equal(await last((list) => checkAudience(list, settings, {})), 'nothing')
  t.equal(
    await last((list) => checkAudience(list, settings, { aud: 'edge' })),
    'audience: The claim "aud" is not left out.'
  )
  const aimed = { ...settings, audience: 'edge' }
  t.equal(
    await last((list) => checkAudience(list, aimed, { aud: ['a', 'edge'] })),
    'ok: The audience is edge.'
  )
})
