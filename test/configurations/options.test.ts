import t from 'tap'
import { refuses } from '../fixtures/refusals.js'

t.test('refuses wrong options', async (t) => {
  await refuses(t, 'AUTHORIZE_MISSING', 'must be a function of the request', {
    'no authorize': { authorize: undefined },
    'authorize that is no function': { authorize: true }
  })
  await refuses(t, 'OPTION_UNKNOWN', 'it takes cdn, cookie, authorize', {
    'an unknown option': { domain: 'example.com' }
  })
  await refuses(t, 'OPTION_INVALID', '"refreshOnRequest" must be true or false', {
    'refreshOnRequest that is no boolean': { refreshOnRequest: 'yes' }
  })
  await refuses(t, 'OPTION_INVALID', '0 for none', {
    'a negative cacheSize': { cacheSize: -1 },
    'a cacheSize that is text': { cacheSize: '100' }
  })
  await refuses(t, 'OPTION_INVALID', 'at most 1000000', {
    'a cacheSize that no memory holds': { cacheSize: 1e12 }
  })
  await refuses(t, 'OPTION_INVALID', 'a function like Date.now', {
    'now that is no function': { now: 1_700_000_000 }
  })
  await refuses(t, 'NAME_INVALID', 'A-Z a-z 0-9 _ -', {
    'a name with a space': { name: 'two words' }
  })
  await refuses(t, 'NAME_INVALID', '1 to 64', {
    'an empty name': { name: '' }
  })
  await refuses(t, 'OPTION_INVALID', 'a path with a leading slash', {
    'a prefix without a slash': { prefix: 'api' }
  })
})
