import { decodeJwt } from 'jose'
import t from 'tap'
import type { CdnGrant } from '../../../src/cdn/cdn.js'
import { uriSigning, type UriSigningOptions } from '../../../src/cdn/uri-signing/uri-signing.js'

const now = 1_800_000_000
const entry = { key: { kty: 'oct', kid: 'one', k: Buffer.alloc(32, 7).toString('base64url') } }
const plain: CdnGrant = { paths: ['/*'], expiresAt: now + 600 }
const started: CdnGrant = { ...plain, notBefore: now + 60 }

function make (options: Partial<UriSigningOptions>) {
  const cdn = uriSigning({
    url: 'https://media.example.com',
    issuer: 'https://api.example.com',
    audience: 'edge',
    ...entry,
    ...options
  } as UriSigningOptions)
  const key = cdn.parseKey(entry)
  return {
    cdn,
    token: async (grant: CdnGrant) => (await cdn.sign(grant, key))[0]!.value,
    answer: async (token: string, at = now) => {
      const request = { method: 'GET', url: '/a', now: at }
      const cookies = [[cdn.cookieNames[0]!, token]] as const
      const { allowed, checks } = await cdn.check({ ...request, cookies }, [key])
      return allowed ? 'allowed' : checks.at(-1)!.detail
    }
  }
}

async function nbfOf (options: Partial<UriSigningOptions>, grant: CdnGrant): Promise<unknown> {
  const { cdn, token } = make(options)
  cdn.plan(grant)
  return decodeJwt(await token(grant)).nbf
}

t.test('writes a start for edges that check it', async (t) => {
  for (const options of [{}, { verifier: 'jwt', nbf: 'checked' }] as const) {
    t.equal(await nbfOf(options, started), now + 60)
    t.equal(await nbfOf(options, plain), undefined)
  }
  t.equal(await nbfOf({ verifier: 'jwt', nbf: 'required' }, started), now + 60)
  for (const nbf of ['ignored', undefined] as const) {
    t.equal(await nbfOf({ verifier: 'jwt', ...(nbf && { nbf }) }, plain), undefined)
  }
})

t.test('writes the same start into each token for edges that want one', async (t) => {
  const { cdn, token, answer } = make({ verifier: 'jwt', nbf: 'required' })
  t.equal(await nbfOf({ verifier: 'jwt', nbf: 'required' }, plain), 1)
  t.equal(await token(plain), await token({ ...plain }), 'two viewers share a signature')
  t.match(cdn.format, { nbf: 'required' })
  t.equal(await answer(await token(plain)), 'allowed')
  t.equal(await answer(await token(started)), 'Access begins in 60 s.')
  const without = await make({ verifier: 'jwt' }).token(plain)
  t.equal(await answer(without), 'The token has no "nbf".')
  t.equal(await make({ verifier: 'jwt', nbf: 'checked' }).answer(without), 'allowed')
})

t.test('refuses a start that the edge would ignore', async (t) => {
  for (const nbf of [undefined, 'ignored'] as const) {
    t.throws(() => make({ verifier: 'jwt', ...(nbf && { nbf }) }).cdn.plan(started), {
      code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
      message: 'The CDN "uriSigning" can\'t hold "notBefore" of a grant: ' +
        'the edge does not look at "nbf", so that access would begin at once. ' +
        'Deny until then; or have the edge check the claim, and say so with the option "nbf"'
    })
  }
})

t.test('refuses what is no answer, and an answer for edges that leave no choice', async (t) => {
  for (
    const [options, rule] of [
      [{ verifier: 'jwt', nbf: 'always' }, '"ignored", "checked" or "required"'],
      [{ nbf: 'ignored' }, 'left out with the verifier "rfc9246", whose edges check it']
    ] as const
  ) {
    t.throws(() => make(options as Partial<UriSigningOptions>), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: `Option "nbf" must be ${rule}`
    })
  }
})
