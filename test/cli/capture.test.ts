import t from 'tap'
import { shownUrl } from '../../src/cli/capture.js'

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
