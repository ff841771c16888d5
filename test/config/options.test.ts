import t from 'tap'
import { checkOptions, optionNames } from '../../src/config/options.js'
import { working } from '../fixtures/server.js'

const code = 'CDN_ACCESS_OPTION_INVALID'

t.test('knows the options of Fastify\'s register', async (t) => {
  t.doesNotThrow(() =>
    checkOptions({ ...working(), prefix: '/v1', logLevel: 'warn', logSerializers: {} })
  )
  t.doesNotThrow(() => checkOptions({ prefix: '' }))
  t.throws(() => checkOptions({ prefixes: '/v1' }), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN',
    message:
      /^fastify-cdn-access has no option "prefixes": it takes cdn, cookie, authorize, paths, /
  })
})

t.test('refuses a prefix that Fastify would refuse', async (t) => {
  for (const prefix of ['v1', ' /v1', 7, null]) {
    t.throws(() => checkOptions({ prefix }), {
      code,
      message: 'Option "prefix" must be a path with a leading slash, such as "/api"'
    })
  }
})

t.test('takes each option by its name, and leaves its value to who reads it', async (t) => {
  const checkedHere = new Set(['refreshOnRequest', 'cacheSize', 'now', 'area', 'areas', 'values'])
  for (const name of optionNames) {
    t.doesNotThrow(() => checkOptions({ [name]: undefined }), name)
    const check = (): void => checkOptions({ [name]: Symbol('odd') })
    if (checkedHere.has(name)) t.throws(check, { code }, name)
    else t.doesNotThrow(check, name)
  }
})

t.test('holds the bounds of the cache', async (t) => {
  for (const cacheSize of [0, 1, 1_000_000]) t.doesNotThrow(() => checkOptions({ cacheSize }))
  for (const cacheSize of [-1, 1.5, 1_000_001, NaN, '100', null]) {
    t.throws(() => checkOptions({ cacheSize }), {
      code,
      message: 'Option "cacheSize" must be a whole number of grants, at most 1000000, 0 for none'
    })
  }
})

t.test('names its own options and none of Fastify\'s', async (t) => {
  t.ok(optionNames.includes('authorize'))
  for (const name of ['prefix', 'logLevel', 'logSerializers']) {
    t.notOk(optionNames.includes(name), name)
  }
})

t.test('holds the bounds of areas', async (t) => {
  for (const areas of [1, 6, 16]) t.doesNotThrow(() => checkOptions({ areas }))
  for (const areas of [0, 17, 1.5, NaN, '6', null]) {
    t.throws(() => checkOptions({ areas }), {
      code,
      message: 'Option "areas" must be a whole number from 1 to 16'
    })
  }
  t.throws(() => checkOptions({ area: 'course' }), {
    message: 'Option "area" must be a function such as (request) => request.query.course'
  })
  t.throws(() => checkOptions({ values: true }), {
    message:
      'Option "values" must be a function that says which requests may have cookies as values'
  })
})
