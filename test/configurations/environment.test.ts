import t, { type Test } from 'tap'
import { refuses } from '../fixtures/refusals.js'
import { media, privateKey } from '../fixtures/server.js'

const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

t.test('refuses a wrong env option', async (t) => {
  await refuses(t, 'OPTION_INVALID', 'false or an object with prefix, dotenv, data', {
    'env that is true': { env: true },
    'env that is an array': { env: [] },
    'env that is null': { env: null }
  })
  await refuses(t, 'OPTION_UNKNOWN', 'it takes prefix, dotenv, data', {
    'an unknown field of env': { env: { file: '.env' } }
  })
  await refuses(t, 'OPTION_INVALID', 'upper-case letters', {
    'a prefix in lower case': { env: { prefix: 'media_' } }
  })
  await refuses(t, 'OPTION_INVALID', 'true, false or { path }', {
    'dotenv that is text': { env: { dotenv: '.env' } }
  })
  await refuses(t, 'OPTION_UNKNOWN', 'it takes path', {
    'dotenv with an unknown field': { env: { dotenv: { file: '.env' } } }
  })
  await refuses(t, 'OPTION_INVALID', '"env.data" must be an object of strings', {
    'data that is text': { env: { data: 'CDN_ACCESS_TTL=600' } },
    'a number among the data': { env: { data: { CDN_ACCESS_TTL: 600 } } }
  })
})

t.test('refuses wrong variables of a CDN', async (t) => {
  await refusesVariables(t, 'ENV_INVALID', 'CDN_ACCESS_CDN must be one of cloudfront', {
    'an unknown CDN': { CDN_ACCESS_CDN: 'CloudFront' }
  })
  await refusesVariables(t, 'ENV_INVALID', 'CDN_ACCESS_URL is missing beside CDN_ACCESS_CDN', {
    'a CDN without its url': { CDN_ACCESS_CDN: 'cloudfront' }
  })
  const cloudfront = {
    CDN_ACCESS_CDN: 'cloudfront',
    CDN_ACCESS_URL: 'https://media.example.com',
    CDN_ACCESS_KEY_ID: 'K1'
  }
  await refusesVariables(t, 'KEY_ENTRY_INVALID', 'neither "privateKey" nor "publicKey"', {
    'a CDN without a key': cloudfront
  })
  await refusesVariables(
    t,
    'ENV_INVALID',
    'CDN_ACCESS_COOKIE_SAME_SITE must be one of lax, strict, none',
    { 'an unknown sameSite': { ...cloudfront, CDN_ACCESS_COOKIE_SAME_SITE: 'Lax' } }
  )
  await refusesVariables(t, 'ENV_INVALID', 'CDN_ACCESS_TTL must be', {
    'a duration that is none': { ...cloudfront, CDN_ACCESS_TTL: 'soon' }
  })
  await refusesVariables(
    t,
    'ENV_INVALID',
    'give CDN_ACCESS_PRIVATE_KEY or CDN_ACCESS_PRIVATE_KEY_FILE, not both',
    {
      'a key and a key file': {
        ...cloudfront,
        CDN_ACCESS_PRIVATE_KEY: key,
        CDN_ACCESS_PRIVATE_KEY_FILE: 'key.pem'
      }
    }
  )
  await refusesVariables(
    t,
    'KEY_FILE_UNREADABLE',
    '"CDN_ACCESS_PRIVATE_KEY_FILE" names a file that can\'t be read: there is no such file',
    {
      'a key file that is not there': {
        ...cloudfront,
        CDN_ACCESS_PRIVATE_KEY_FILE: '/nowhere/key.pem'
      }
    }
  )
})

t.test('refuses wrong variables beside a CDN of the code', async (t) => {
  await refuses(t, 'PATH_INVALID', 'must start with a slash', {
    'a path without a slash': { cdn: media(), env: { data: { CDN_ACCESS_PATHS: '/a/*,' } } }
  })
  await refuses(t, 'ROUTE_INVALID', 'a leading slash', {
    'a route without a slash': { cdn: media(), env: { data: { CDN_ACCESS_ROUTE: 'access' } } }
  })
})

async function refusesVariables (
  t: Test,
  code: string,
  remedy: string,
  wrong: Record<string, Record<string, string>>
): Promise<void> {
  for (const [what, data] of Object.entries(wrong)) {
    await refuses(t, code, remedy, { [what]: { cdn: undefined, env: { data } } })
  }
}
