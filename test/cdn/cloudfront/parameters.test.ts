import t from 'tap'
import { cookiePrefix, policyParameters } from '../../../src/cdn/cloudfront/parameters.js'
import { cloudfront } from '../../../src/index.js'
import { ecPkcs8 } from '../../fixtures/keys.js'

t.test('are the cookies of the CDN, with the prefix before each', async (t) => {
  const { cookieNames } = cloudfront({ url: 'https://h', keyPairId: 'K1', privateKey: ecPkcs8 })
  t.same(cookieNames, policyParameters.map((name) => cookiePrefix + name))
})
