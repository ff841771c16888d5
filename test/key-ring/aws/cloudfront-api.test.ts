import t from 'tap'
import { CloudFrontClient } from '@aws-sdk/client-cloudfront'
import type { AwsClient } from '../../../src/key-ring/aws/aws-client.js'
import { withCloudFront } from '../../../src/key-ring/aws/cloudfront-api.js'
import { accountOf, fail, startCloudFront, write } from '../../fixtures/aws-cloudfront.js'
import { rsaPublic } from '../../fixtures/keys.js'
import { credentials, variablesFor } from '../../fixtures/sigv4.js'

const account = accountOf()
const { client, endpoint, close } = await startCloudFront(account)
t.teardown(close)
/** A real client is one. */
const like: AwsClient = client

t.test('asks for a distribution, a key group and a public key', async (t) => {
  const read = await withCloudFront('E1', { client: like }, async (api) => [
    (await api.distribution())?.DomainName,
    await api.keyGroup('G1'),
    await api.publicKey('KRSA')
  ])
  t.same(read, ['d111.cloudfront.net', ['KRSA', 'KEC'], rsaPublic])
})

t.test('makes a client of its own, with the credentials of the process', async (t) => {
  t.intercept(process, 'env', { value: { ...process.env, ...variablesFor(endpoint) } })
  const domain = async (access: { region?: string }): Promise<unknown> =>
    withCloudFront('E1', access, async (api) => (await api.distribution())?.DomainName)
  t.equal(await domain({}), 'd111.cloudfront.net')
  t.equal(await domain({ region: 'eu-west-1' }), 'd111.cloudfront.net')
})

t.test('names what AWS refuses', async (t) => {
  const ask = async (id = 'E1'): Promise<unknown> =>
    withCloudFront(id, { client }, (api) => api.distribution())
  await t.rejects(ask('E2'), {
    code: 'CDN_ACCESS_DISTRIBUTION_UNKNOWN',
    message: 'There is no CloudFront distribution "E2" in the account of these credentials: ' +
      'compare its id, and the account'
  })
  const answers: ReadonlyArray<readonly [number, string, string]> = [
    [400, 'Throttling', 'Throttling: AWS throttled every attempt. Start again in a minute'],
    [429, 'TooManyRequestsException', 'TooManyRequestsException: AWS throttled every attempt. '],
    [403, 'InvalidClientTokenId', 'InvalidClientTokenId: AWS does not know these credentials'],
    [403, 'SignatureDoesNotMatch', 'SignatureDoesNotMatch: the secret access key is wrong, or '],
    [500, 'InternalError', 'InternalError'],
    [400, '-----BEGIN', 'CloudFrontServiceException']
  ]
  for (const [status, code, words] of answers) {
    account.answer = (_, reply) => {
      fail(reply, status, code)
      return true
    }
    const error = await ask().catch((caught: unknown) => caught as Error)
    t.match(error, { code: 'CDN_ACCESS_DISTRIBUTION_UNAVAILABLE', cause: undefined })
    t.match((error as Error).message, `: cloudfront:GetDistribution failed with ${words}`, code)
  }
  account.answer = (_, reply) => {
    fail(reply, 403, 'AccessDenied')
    return true
  }
  const denied = {
    code: 'CDN_ACCESS_DISTRIBUTION_DENIED',
    message: /AWS denies cloudfront:GetKeyGroup\. Allow cloudfront:GetDistribution, cloud/
  }
  await t.rejects(withCloudFront('E1', { client }, (api) => api.keyGroup('G1')), denied)
})

t.test('names a key or a group that went away meanwhile', async (t) => {
  account.answer = () => false
  const group = withCloudFront('E1', { client }, (api) => api.keyGroup('G9'))
  await t.rejects(group, { message: /cloudfront:GetKeyGroup failed with NoSuchResource/ })
  const key = withCloudFront('E1', { client }, (api) => api.publicKey('K9'))
  await t.rejects(key, { message: /cloudfront:GetPublicKey failed with NoSuchResource/ })
})

t.test('tells garbage, a broken line and missing credentials', async (t) => {
  const ask = (own: AwsClient = client): Promise<unknown> =>
    withCloudFront('E1', { client: own }, async (api) => api.distribution())
  const code = 'CDN_ACCESS_DISTRIBUTION_UNAVAILABLE'
  account.answer = (_, reply) => {
    write(reply, 200, '<html><p>Log in</html')
    return true
  }
  await t.rejects(ask(), { code, message: /GetDistribution failed with / })
  account.answer = (_, reply) => reply.destroy() !== undefined
  await t.rejects(ask(), { code, message: /GetDistribution failed with / })
  const none = new CloudFrontClient({
    endpoint,
    region: 'us-east-1',
    credentials: async () =>
      Promise.reject(Object.assign(new Error('x'), {
        name: 'CredentialsProviderError'
      }))
  })
  await t.rejects(ask(none), {
    code,
    message: /CredentialsProviderError: there are no credentials of AWS/
  })
  const stranger = new CloudFrontClient({
    endpoint,
    region: 'us-east-1',
    credentials: { ...credentials, secretAccessKey: 'another' }
  })
  account.answer = () => false
  await t.rejects(ask(stranger), { code, message: /SignatureDoesNotMatch: the secret access key/ })
  const nothing = Object.create(null) as Error
  await t.rejects(ask({ send: async () => Promise.reject(nothing) }), {
    code,
    message: /GetDistribution failed with a thrown object/
  })
  const odd = ask({ send: async () => Promise.reject(new TypeError('secret')) })
  await t.rejects(odd, { code, message: /failed with TypeError$/ })
})

t.test('ends what takes too long', async (t) => {
  const gone = new Promise<void>((resolve) => {
    account.answer = (_, reply) => {
      reply.on('close', resolve)
      return true
    }
  })
  const late = withCloudFront('E1', { client, seconds: 0.2 }, (api) => api.distribution())
  await t.rejects(late, {
    code: 'CDN_ACCESS_DISTRIBUTION_UNAVAILABLE',
    message: 'The CloudFront distribution "E1" could not be looked up: ' +
      'AWS did not answer within 0.2 s'
  })
  await gone
})
