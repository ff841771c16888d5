import t from 'tap'
import { akamai, type AkamaiOptions } from '../../../src/cdn/akamai/akamai.js'
import { cdnPath } from '../../../src/cdn/cdn-path.js'
import type { EdgeRequest, Verdict } from '../../../src/cdn/cdn.js'
import { changedTexts } from '../../fixtures/seeded.js'

const url = 'https://media.example.com'
const now = 1_800_000_000
const expiresAt = now + 600
const hex = '000102030405060708090a0b0c0d0e0f'

function make (options: Partial<AkamaiOptions> = {}) {
  const cdn = akamai({ url, key: hex, urlTokens: true, ...options } as AkamaiOptions)
  const key = cdn.parseKey({ key: hex })
  return {
    cdn,
    sign: async (path: string, more: object = {}, query = ''): Promise<string> =>
      (await cdn.signUrl!({ path, query }, { paths: [path], expiresAt, ...more }, key)).slice(
        url.length
      ),
    ask: async (target: string, more: Partial<EdgeRequest> = {}): Promise<string> =>
      outcome(await cdn.check({ method: 'GET', url: target, cookies: [], now, ...more }, [key]))
  }
}

function outcome ({ allowed, checks }: Verdict): string {
  return allowed ? checks.map(({ name }) => name).join(' ') : checks.at(-1)!.name
}

t.test('a token for one URL opens it with any query, and nothing else', async (t) => {
  const { sign, ask } = make()
  const target = await sign('/v/a.mp4', {}, 'x=1')
  t.match(target, /^\/v\/a\.mp4\?x=1&__token__=exp=1800000600~hmac=[0-9a-f]{64}$/)
  t.equal(await ask(target), 'path token hmac expiry url')
  t.equal(await ask(`${target}&y=2`), 'path token hmac expiry url')
  t.equal(await ask(target.replace('x=1', 'x=2')), 'path token hmac expiry url')
  for (
    const other of [
      '/v/b.mp4',
      '/v/a.mp4.bak',
      '/v/a.mp',
      '/v/',
      '/v/A.mp4',
      '/v/%61.mp4',
      '/v/a.mp4/b'
    ]
  ) {
    t.equal(await ask(target.replace('/v/a.mp4', other)), 'hmac', other)
  }
  t.equal(await ask(target, { now: expiresAt }), 'expiry')
  const [, value = ''] = target.split('__token__=')
  t.equal(
    await ask('/v/a.mp4', { cookies: [['__token__', value]] }),
    'path token hmac expiry url',
    'in a cookie too, where another signer put it'
  )
})

t.test('signs what a list could not hold', async (t) => {
  const { sign, ask } = make()
  for (const path of ['/v/a!b,c.mp4', '/v/a&b+c.mp4', '/v/a%2Ab.mp4']) {
    t.equal(await ask(await sign(path)), 'path token hmac expiry url', path)
  }
  await t.rejects(sign('/v/a~acl=/*'), { code: 'CDN_ACCESS_PATH_UNSUPPORTED' })
  await t.rejects(sign('/v/a%7Eb'), { code: 'CDN_ACCESS_PATH_UNSUPPORTED' })
})

t.test('holds start, address and claims', async (t) => {
  const { sign, ask } = make({ salt: 'pinch' })
  const target = await sign('/v/a', { notBefore: now, ip: '192.0.2.7', claims: { id: 'a~url=/b' } })
  t.match(target, '~id=a%7eurl=/b~hmac=')
  t.equal(await ask(target, { ip: '192.0.2.7' }), 'path token hmac expiry start address url')
  t.equal(await ask(target, { ip: '192.0.2.8' }), 'address')
  t.equal(await ask(target, { ip: '192.0.2.7', now: now - 1 }), 'start')
  t.equal(await ask(target.replace('~id=a%7eurl=/b', ''), { ip: '192.0.2.7' }), 'hmac')
})

t.test('a scope and a cookie have a list as before', async (t) => {
  const { cdn, ask } = make()
  const key = cdn.parseKey({ key: hex })
  const { path } = cdnPath`/v/${1}/*`
  const wide = await cdn.signUrl!({ path: '/v/1/a', query: '' }, { paths: [path], expiresAt }, key)
  t.match(wide, '~acl=/v/1/*~hmac=')
  t.equal(await ask(wide.slice(url.length)), 'path token hmac expiry acl')
  const [cookie] = await cdn.sign({ paths: ['/v/a'], expiresAt }, key)
  t.match(cookie!.value, '~acl=/v/a~hmac=')
})

t.test('is refused by name where the property is not set so', async (t) => {
  const target = await make().sign('/v/a')
  const { cdn, sign } = make({ urlTokens: false })
  const verdict = await cdn.check({ method: 'GET', url: target, cookies: [], now }, [
    cdn.parseKey({ key: hex })
  ])
  t.match(verdict.checks.at(-1), {
    name: 'token',
    ok: false,
    detail:
      'It has no acl, as a token for one URL. Where the property takes those and ignores the ' +
      'query string, set "urlTokens" to true.'
  })
  t.match(await sign('/v/a'), '~acl=/v/a~')
  t.notOk('urlTokens' in cdn.format)
  t.match(make().cdn.format, { urlTokens: true })
  t.throws(() => make({ urlTokens: 'yes' } as never), { code: 'CDN_ACCESS_OPTION_INVALID' })
})

t.test('no changed byte opens anything', async (t) => {
  const { sign, ask } = make()
  const target = await sign('/v/a')
  const [, value = ''] = target.split('=exp')
  const opened: string[] = []
  for (const changed of changedTexts(`exp${value}`)) {
    if ((await ask(`/v/a?__token__=${changed}`)).includes(' url')) opened.push(changed)
  }
  t.same(opened, [])
})
