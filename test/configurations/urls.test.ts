import t from 'tap'
import { refusesCdn } from '../fixtures/refusals.js'

t.test('refuses wrong urls', async (t) => {
  await refusesCdn(t, 'URL_INVALID', 'belongs in the granted paths', {
    'a url with a path': { url: 'https://media.example.com/videos' }
  })
  await refusesCdn(t, 'URL_INVALID', 'it has a query', {
    'a url with a query': { url: 'https://media.example.com?v=1' }
  })
  await refusesCdn(t, 'URL_INVALID', 'it has a query or a fragment', {
    'a url with a fragment': { url: 'https://media.example.com#a' }
  })
  await refusesCdn(t, 'URL_INVALID', 'it has a user name', {
    'a url with a user': { url: 'https://me@media.example.com' }
  })
  await refusesCdn(t, 'URL_INVALID', 'must be https or http', {
    'a url of another scheme': { url: 'ftp://media.example.com' }
  })
  await refusesCdn(t, 'URL_INVALID', 'such as https://media.example.com', {
    'a url without a scheme': { url: 'media.example.com' },
    'no url': { url: undefined }
  })
  await refusesCdn(t, 'URL_INVALID', 'it is not a string', {
    'a url that is no string': { url: new URL('https://media.example.com') }
  })
})
