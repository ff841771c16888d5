import { redisIsHere } from './redis.js'

/**
 * Who competes with whom. A family's variants take turns, round by round, and its ratios compare
 * two of them.
 *
 * @typedef {object} Variant
 * @property {string} name
 * @property {string} file the scenario
 * @property {object} options
 * @property {string} [method] default GET
 * @property {string} [path] default /cdn-access
 * @property {number} [users] how many viewers with a grant each; 0 for a new one with each request
 * @property {boolean} [holdsCookies] send the cookies that the family's plugin set
 * @property {number} [holdsAreas] send the tickets of so many areas that the family's plugin gave
 * @property {{ cookies?: number, status?: string }} [expect] what a reply must have
 * @property {boolean} [loop] it has no server
 *
 * @typedef {object} Family
 * @property {string} name
 * @property {string} title
 * @property {Variant[]} variants
 * @property {Array<[name: string, base: string]>} ratios
 * @property {boolean} [bothCores] the server signs in threads, and may have every core
 * @property {boolean} [memory] show what the server holds at the end
 */

const rsa = { cdn: 'cloudfront', key: 'rsa' }
const issued = { cookies: 6, status: 'issued' }
const other = { path: '/other', expect: { cookies: 0 } }

/** @type {Family} */
const issue = {
  name: 'issue',
  title: 'Issue, one grant that all viewers share',
  variants: [
    { name: 'bare route', file: 'bare', options: {}, expect: { cookies: 0 } },
    { name: 'constant cookies', file: 'constant-cookies', options: rsa, expect: issued },
    { name: 'plugin GET', file: 'plugin', options: rsa, expect: issued },
    { name: 'plugin POST', file: 'plugin', options: rsa, method: 'POST', expect: issued },
    { name: '@aws-sdk/cloudfront-signer', file: 'aws-sdk', options: rsa, expect: { cookies: 4 } },
    {
      name: 'aws-cloudfront-sign',
      file: 'aws-cloudfront-sign',
      options: rsa,
      expect: { cookies: 3 }
    },
    { name: 'crypto.sign by hand', file: 'hand-written', options: rsa, expect: { cookies: 4 } }
  ],
  ratios: [
    ['plugin GET', 'constant cookies'],
    ['plugin POST', 'constant cookies'],
    ['plugin GET', 'bare route'],
    ['plugin GET', '@aws-sdk/cloudfront-signer'],
    ['plugin GET', 'aws-cloudfront-sign'],
    ['plugin GET', 'crypto.sign by hand']
  ]
}

/** @type {Family} */
const poll = {
  name: 'poll',
  title: 'Poll, while access is fresh',
  variants: [
    {
      name: 'parsed cookies',
      file: 'parsed-cookies',
      options: {},
      holdsCookies: true,
      expect: { cookies: 0, status: 'fresh' }
    },
    {
      name: 'plugin GET',
      file: 'plugin',
      options: rsa,
      holdsCookies: true,
      expect: { cookies: 0, status: 'fresh' }
    }
  ],
  ratios: [['plugin GET', 'parsed cookies']]
}

const areas = { ...rsa, areas: true }
const parsed = { ticketName: '__Host-cdn-access.a4ayc_80_OGd' }
const inArea = {
  path: '/cdn-access?course=1',
  expect: { cookies: 0, status: 'fresh' }
}

/** @type {Family} */
const pollOfAreas = {
  name: 'poll-areas',
  title: 'Poll of one area, while access is fresh',
  variants: [
    { name: 'parsed, one', file: 'parsed-cookies', options: parsed, ...inArea, holdsAreas: 1 },
    { name: 'plugin, one', file: 'plugin', options: areas, ...inArea, holdsAreas: 1 },
    { name: 'parsed, six', file: 'parsed-cookies', options: parsed, ...inArea, holdsAreas: 6 },
    { name: 'plugin, six', file: 'plugin', options: areas, ...inArea, holdsAreas: 6 }
  ],
  ratios: [
    ['plugin, one', 'parsed, one'],
    ['plugin, six', 'parsed, six']
  ]
}

/** How polls fare that ask a store what was revoked. */
function pollOfRevocable (/** @type {boolean} */ hasRedis) {
  const held = { holdsCookies: true, expect: { cookies: 0, status: 'fresh' } }
  const asking = (/** @type {'memory' | 'redis'} */ store) => ({
    name: `plugin, ${store}`,
    file: 'plugin',
    options: { ...rsa, revocations: store },
    ...held
  })
  const stores = [asking('memory'), ...(hasRedis ? [asking('redis')] : [])]
  const without = { name: 'plugin, no store', file: 'plugin', options: rsa, ...held }
  /** @type {Family} */
  const family = {
    name: 'poll-revocation',
    title: 'Poll that asks a store of revocations, while access is fresh' +
      (hasRedis ? ' (Redis on the server\'s core)' : ' (without Redis: there is no redis-server)'),
    variants: [without, ...stores],
    ratios: stores.map(({ name }) => [name, without.name])
  }
  return family
}

const sdk = {
  name: '@aws-sdk/cloudfront-signer',
  file: 'aws-sdk',
  users: 0,
  expect: { cookies: 4 }
}

function unique (/** @type {'rsa' | 'ec'} */ key, /** @type {string} */ label) {
  const options = { cdn: 'cloudfront', key, unique: true }
  /** @type {Family} */
  const family = {
    name: `unique-${key}`,
    title: `Unique grants, a path with each request: ${label}`,
    bothCores: true,
    variants: [
      { name: 'crypto.sign in a loop', file: 'sign-loop', options, loop: true },
      { name: 'plugin GET', file: 'plugin', options, users: 0, expect: issued },
      { ...sdk, options },
      {
        name: 'crypto.sign by hand',
        file: 'hand-written',
        options,
        users: 0,
        expect: { cookies: 4 }
      }
    ],
    ratios: [
      ['plugin GET', 'crypto.sign in a loop'],
      ['plugin GET', sdk.name],
      ['plugin GET', 'crypto.sign by hand']
    ]
  }
  return family
}

/** Against the key that the signer's own documentation shows as well. */
function uniqueOnCurve () {
  const family = unique('ec', 'EC P-256')
  const withRsa = { ...sdk, name: `${sdk.name}, RSA-2048`, options: { ...rsa, unique: true } }
  return {
    ...family,
    variants: [...family.variants, withRsa],
    ratios: [...family.ratios, /** @type {[string, string]} */ (['plugin GET', withRsa.name])]
  }
}

/** @type {Family} */
const commonAccessToken = {
  name: 'cat',
  title: 'Common Access Token, unique grants, against cookies that are always the same',
  variants: [
    {
      name: 'plugin GET, HS256, unique',
      file: 'plugin',
      options: { cdn: 'commonAccessToken', key: 'hmac', unique: true },
      users: 0,
      expect: { cookies: 2, status: 'issued' }
    },
    {
      name: 'plugin GET, ES256, unique',
      file: 'plugin',
      options: { cdn: 'commonAccessToken', key: 'ec', unique: true },
      users: 0,
      expect: { cookies: 2, status: 'issued' }
    },
    {
      name: 'constant cookies',
      file: 'constant-cookies',
      options: { cdn: 'commonAccessToken', key: 'hmac' },
      expect: { cookies: 2, status: 'issued' }
    }
  ],
  ratios: [
    ['plugin GET, HS256, unique', 'constant cookies'],
    ['plugin GET, ES256, unique', 'constant cookies']
  ]
}

/** @type {Family} */
const akamai = {
  name: 'akamai',
  title: 'Akamai, one grant that all viewers share, and unique ones',
  variants: [
    {
      name: 'plugin GET',
      file: 'plugin',
      options: { cdn: 'akamai', key: 'hmac' },
      expect: { cookies: 2, status: 'issued' }
    },
    { name: 'akamai-edgeauth', file: 'akamai-edgeauth', options: {}, expect: { cookies: 1 } },
    {
      name: 'plugin GET, unique',
      file: 'plugin',
      options: { cdn: 'akamai', key: 'hmac', unique: true },
      users: 0,
      expect: { cookies: 2, status: 'issued' }
    },
    {
      name: 'akamai-edgeauth, unique',
      file: 'akamai-edgeauth',
      options: { unique: true },
      users: 0,
      expect: { cookies: 1 }
    }
  ],
  ratios: [['plugin GET', 'akamai-edgeauth'], ['plugin GET, unique', 'akamai-edgeauth, unique']]
}

/** @type {Family} */
const otherRoutes = {
  name: 'other-routes',
  title: 'Other routes of the same server, which set nothing',
  variants: [
    { name: 'without the plugin', file: 'cookie-plugin', options: {}, ...other },
    { name: 'with it', file: 'plugin', options: rsa, ...other },
    {
      name: 'without the plugin, viewer with cookies',
      file: 'cookie-plugin',
      options: {},
      holdsCookies: true,
      ...other
    },
    {
      name: 'with it, viewer with cookies',
      file: 'plugin',
      options: rsa,
      holdsCookies: true,
      ...other
    },
    {
      name: 'with refreshOnRequest, viewer with cookies',
      file: 'plugin',
      options: { ...rsa, refreshOnRequest: true },
      holdsCookies: true,
      ...other
    }
  ],
  ratios: [
    ['with it', 'without the plugin'],
    ['with it, viewer with cookies', 'without the plugin, viewer with cookies'],
    ['with refreshOnRequest, viewer with cookies', 'without the plugin, viewer with cookies']
  ]
}

function growth (/** @type {number} */ users) {
  const options = { cdn: 'cloudfront', key: 'ec', unique: true }
  /** @type {Family} */
  const family = {
    name: `growth-${users}`,
    title: `Growth: ${users.toLocaleString('en-US')} distinct grants in turn (EC P-256)`,
    memory: true,
    variants: [
      { name: 'cacheSize 1000', file: 'plugin', options, users, expect: issued },
      {
        name: 'cacheSize 0',
        file: 'plugin',
        options: { ...options, cacheSize: 0 },
        users,
        expect: issued
      }
    ],
    ratios: [['cacheSize 1000', 'cacheSize 0']]
  }
  return family
}

/**
 * The families that can run with what the package exports.
 *
 * @param {object} exported
 * @param {boolean} quick leaves the largest out
 */
export function familiesFor (exported, quick) {
  const users = quick ? [1, 1000] : [1, 10, 1000, 100_000, 1_000_000]
  return [
    issue,
    poll,
    pollOfAreas,
    pollOfRevocable(redisIsHere()),
    unique('rsa', 'RSA-2048'),
    uniqueOnCurve(),
    ...('akamai' in exported ? [akamai] : []),
    ...('commonAccessToken' in exported ? [commonAccessToken] : []),
    otherRoutes,
    ...users.map(growth)
  ]
}
