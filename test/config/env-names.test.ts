import t from 'tap'
import { nameVariables } from '../../src/config/env-names.js'
import { refuses } from '../fixtures/refusals.js'

const cdn = {
  CDN_ACCESS_CDN: 'cloudfront',
  CDN_ACCESS_URL: 'https://media.example.com',
  CDN_ACCESS_KEY_ID: 'K1',
  CDN_ACCESS_PRIVATE_KEY: 'no key'
}

async function names (
  variable: string,
  code: string,
  data: Record<string, string>,
  more: object = {}
): Promise<void> {
  await refuses(t, code, `. The value is that of ${variable}`, {
    [variable]: { env: { data }, ...more }
  })
}

t.test('names the variable that a refused value came from', async () => {
  await names('CDN_ACCESS_TTL', 'TTL_TOO_SHORT', { CDN_ACCESS_TTL: '3' })
  await names('CDN_ACCESS_TTL', 'DURATION_MILLISECONDS', { CDN_ACCESS_TTL: '600000' })
  await names('CDN_ACCESS_REFRESH_BEFORE', 'REFRESH_BEFORE_TOO_LONG', {
    CDN_ACCESS_REFRESH_BEFORE: '10m'
  })
  await names('CDN_ACCESS_PATHS', 'PATH_INVALID', { CDN_ACCESS_PATHS: 'a/*' })
  await names('CDN_ACCESS_ROUTE', 'ROUTE_INVALID', { CDN_ACCESS_ROUTE: 'access' })
  await names('CDN_ACCESS_COOKIE_DOMAIN', 'COOKIE_DOMAIN_MISMATCH', {
    CDN_ACCESS_COOKIE_DOMAIN: 'example.org'
  }, { cookie: undefined })
})

t.test('names the variable of a factory\'s option, and of a key', async () => {
  const fromVariables = { cdn: undefined }
  const url = { ...cdn, CDN_ACCESS_URL: 'media.example.com' }
  await names('CDN_ACCESS_URL', 'URL_INVALID', url, fromVariables)
  await names('CDN_ACCESS_PRIVATE_KEY', 'KEY_UNREADABLE', cdn, fromVariables)
  await names('CDN_ACCESS_KEY_ID', 'KEY_ID_INVALID', {
    ...cdn,
    CDN_ACCESS_KEY_ID: 'no id'
  }, fromVariables)
})

t.test('names the prefix that the variables have', async (t) => {
  await refuses(t, 'TTL_TOO_SHORT', 'The value is that of MEDIA_TTL', {
    'another prefix': { env: { prefix: 'MEDIA_', data: { MEDIA_TTL: '3' } } }
  })
})

t.test('leaves an error alone whose value came from the code', async (t) => {
  const message = 'Option "ttl" must be at least 5 seconds'
  const env = { data: { CDN_ACCESS_TTL: '10m', CDN_ACCESS_URL: 'https://a.example' } }
  for (const options of [{ ttl: 3, env }, { env: false }, {}, { env: 'odd' }]) {
    t.match(nameVariables(new Error(message), options), { message })
  }
  const url = 'Option "url" of media must be'
  t.match(nameVariables(new Error(url), { cdn: {}, env }), { message: url })
  t.equal(nameVariables('thrown', {}), 'thrown')
})

t.test('names the variable that is missing', async (t) => {
  const missing = async (name: string, code: string, words: string): Promise<void> => {
    const { [name as keyof typeof cdn]: _left, ...data } = cdn
    await refuses(t, code, words, { [name]: { cdn: undefined, env: { data } } })
  }
  const keys = '. Set CDN_ACCESS_PRIVATE_KEY or CDN_ACCESS_PRIVATE_KEY_FILE'
  await missing('CDN_ACCESS_PRIVATE_KEY', 'KEY_ENTRY_INVALID', keys)
  const nginx = { CDN_ACCESS_CDN: 'nginx', CDN_ACCESS_URL: 'https://media.example.com' }
  await refuses(t, 'OPTION_INVALID', '. Set CDN_ACCESS_SCOPE', {
    'no scope': { cdn: undefined, env: { data: nginx } }
  })
  const token = { ...nginx, CDN_ACCESS_CDN: 'common-access-token', CDN_ACCESS_KEY_ID: 'k1' }
  await refuses(t, 'OPTION_INVALID', '. Set CDN_ACCESS_ISSUER', {
    'no issuer, where another CDN has it in a variable that is set': {
      cdn: undefined,
      env: { data: token }
    }
  })
  await refuses(t, 'KEYS_MISSING', keys, {
    'no secret': { cdn: undefined, env: { data: { ...nginx, CDN_ACCESS_SCOPE: '/' } } }
  })
})
