import t from 'tap'
import { refuses } from '../fixtures/refusals.js'

t.test('refuses a wrong ttl', async (t) => {
  await refuses(t, 'TTL_TOO_SHORT', '10 minutes is a good start', {
    'a ttl under 5 s': { ttl: 4 }
  })
  await refuses(t, 'DURATION_MILLISECONDS', 'durations are seconds', {
    'a ttl in milliseconds': { ttl: 600_000 }
  })
  await refuses(t, 'OPTION_INVALID', 'at most 400d', {
    'a ttl that cookies can\'t have': { ttl: '401d' }
  })
  await refuses(t, 'DURATION_INVALID', '("90s", "10m", "1h", "7d")', {
    'a ttl with an unknown unit': { ttl: '10 min' }
  })
  await refuses(t, 'DURATION_INVALID', 'whole seconds', {
    'a ttl that is a fraction': { ttl: 90.5 }
  })
  await refuses(t, 'DURATION_INVALID', '"ttl" must be a duration', {
    'a ttl that is null': { ttl: null }
  })
})

t.test('refuses wrong parts of a ttl', async (t) => {
  await refuses(t, 'REFRESH_BEFORE_TOO_LONG', 'leave it out for a quarter of ttl', {
    'refreshBefore as long as ttl': { ttl: '10m', refreshBefore: '10m' }
  })
  await refuses(t, 'OPTION_INVALID', 'at least 1 second', {
    'refreshBefore of nothing': { refreshBefore: 0 }
  })
  await refuses(t, 'DURATION_MILLISECONDS', '"refreshBefore" is a bare number over 86400', {
    'refreshBefore in milliseconds': { refreshBefore: 120_000 }
  })
  await refuses(t, 'EXPIRY_STEP_INVALID', 'leave it out for a twentieth of ttl', {
    'an expiryStep of nothing': { expiryStep: 0 }
  })
  await refuses(t, 'EXPIRY_STEP_INVALID', 'at most a quarter of ttl', {
    'an expiryStep over a quarter of ttl': { ttl: 100, expiryStep: 26 }
  })
})
