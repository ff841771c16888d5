import t from 'tap'
import { credentialsOf, shownUrl } from '../../src/cli/capture.js'

t.test('shows a URL without what signs it', async (t) => {
  t.equal(shownUrl('https://h/a'), 'https://h/a')
  t.equal(shownUrl('https://h/a?Signature=x&b=c'), 'https://h/a?…')
  t.equal(shownUrl('https://me:word@h/a'), 'https://h/a')
  t.equal(
    shownUrl('https://h/v/edge-cache-token=Expires=1&Signature=x/a'),
    'https://h/v/edge-cache-token=…/a'
  )
  t.equal(shownUrl('https://h/a;URISigningPackage=x.y.z'), 'https://h/a;URISigningPackage=…')
})

t.test('reads credentials of a URL and of cookies, with a URL and without', async (t) => {
  const cookies = `t=exp=9~acl=/*~hmac=${'a'.repeat(64)}`
  t.match(credentialsOf({ method: 'GET', url: undefined, cookies }), [{
    cdn: 'akamai',
    place: 'cookies',
    grants: ['/*']
  }])
  t.match(credentialsOf({ method: 'GET', url: `https://h/a?${cookies}`, cookies: undefined }), [{
    place: 'url',
    covers: true
  }])
  t.same(credentialsOf({ method: 'GET', url: 'https://h/a?b', cookies: undefined }), [])
})
