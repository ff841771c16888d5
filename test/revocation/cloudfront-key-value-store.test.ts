import t from 'tap'
import { cloudFrontKeyValueStore } from '../../src/index.js'
import { arn, startKeyValueStore } from '../fixtures/key-value-store.js'

const id = (index: number): string => String(index).padStart(22, 'i')

t.test('lands what many revoke at once, in several processes', async (t) => {
  const standIn = await startKeyValueStore(t)
  standIn.kept.set('r:old', '1.99').set('other', '1.2').set('r:odd', 'junk')
  const edges = [1, 2].map(() => cloudFrontKeyValueStore({ arn, client: standIn.client() }))
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => edges[index % 2]!.revoke(id(index), 100, 820))
  )
  t.same(
    Object.fromEntries(standIn.kept),
    Object.fromEntries([
      ['other', '1.2'],
      ['r:odd', 'junk'],
      ...Array.from({ length: 20 }, (_, index) => [`r:${id(index)}`, '100.820'])
    ])
  )
  t.equal(standIn.counts.updates, 2, 'each process writes once')
  t.ok(standIn.counts.refused >= 1, 'and one of them met the other')
})

t.test('goes on where the store says that it changed, or that it is busy', async (t) => {
  const standIn = await startKeyValueStore(t)
  const { revoke } = cloudFrontKeyValueStore({ arn, client: standIn.client() })
  standIn.troubles.push(
    { status: 409, type: 'ConflictException' },
    { status: 400, type: 'ValidationException' },
    { status: 429, type: 'ThrottlingException' }
  )
  await revoke(id(1), 100, 820)
  t.equal(standIn.kept.get(`r:${id(1)}`), '100.820')
  t.equal(standIn.troubles.length, 0)
})

t.test('says where it fails, and is done when it is called again', async (t) => {
  const standIn = await startKeyValueStore(t)
  const { revoke } = cloudFrontKeyValueStore({ arn, client: standIn.client() })
  for (let tries = 0; tries < 5; tries++) {
    standIn.troubles.push({ status: 409, type: 'ConflictException' })
  }
  await t.rejects(revoke(id(1), 100, 820), { name: 'ConflictException' })
  await revoke(id(1), 100, 820)
  t.equal(standIn.kept.size, 1)
})

t.test('has a name', async (t) => {
  const client = { send: () => Promise.reject(new Error('not asked')) }
  t.equal(cloudFrontKeyValueStore({ arn, client }).name, 'cloudFrontKeyValueStore')
  t.equal(cloudFrontKeyValueStore({ arn, client, name: 'europe' }).name, 'europe')
})

t.test('opens the store again where that failed', async (t) => {
  let tries = 0
  const client = {
    get send () {
      tries++
      return () => Promise.reject(new TypeError('away'))
    }
  }
  const { revoke } = cloudFrontKeyValueStore({ arn, client })
  await t.rejects(revoke(id(1), 100, 820), { message: 'away' })
  await t.rejects(revoke(id(1), 100, 820), { message: 'away' })
  t.ok(tries >= 3)
})

t.test('refuses options by name', async (t) => {
  const words = 'a store\'s ARN, such as "arn:aws:cloudfront::123456789012:key-value-store/…"'
  for (const wrong of [undefined, '', 'arn:aws:s3:::bucket', 7]) {
    t.throws(() => cloudFrontKeyValueStore({ arn: wrong as never }), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: `Option "arn" must be ${words}`
    })
  }
  t.throws(() => cloudFrontKeyValueStore({ arn, client: {} as never }), {
    message: 'Option "client" must be a CloudFrontKeyValueStoreClient, or left out'
  })
  t.throws(() => cloudFrontKeyValueStore({ arn, name: 'a b' }), {
    message: 'Option "name" must be 1 to 64 of A-Z a-z 0-9 _ -'
  })
  t.throws(() => cloudFrontKeyValueStore({ arn, region: 'x' } as never), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN',
    message: 'cloudFrontKeyValueStore has no option "region": it takes arn, client, name'
  })
})
