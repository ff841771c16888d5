import t from 'tap'
import { readSecretVersion } from '../../../src/key-ring/aws/secret-version.js'

const CreatedDate = new Date('2026-11-01T00:00:00.500Z')
const VersionId = 'v1'

t.test('reads one entry or an array, as text or as bytes', async (t) => {
  const entry = { keyPairId: 'K1', privateKey: 'one' }
  const version = { id: 'v1', createdAt: 1_793_491_200, entries: [entry] }
  const read = (value: object): unknown =>
    readSecretVersion({ VersionId, CreatedDate, ...value }, 'AWSCURRENT')
  t.strictSame(read({ SecretString: JSON.stringify(entry) }), version)
  t.strictSame(read({ SecretString: ` ${JSON.stringify([entry])}\n` }), version)
  t.strictSame(read({ SecretBinary: Buffer.from(JSON.stringify(entry)) }), version)
})

t.test('refuses what holds no entries', async (t) => {
  const odd = 'holds what is no key entry, or one with an empty field'
  const cases: Array<readonly [object, string]> = [
    [{}, 'is empty'],
    [{ SecretString: '' }, 'is empty'],
    [{ SecretBinary: new Uint8Array() }, 'is empty'],
    [
      { SecretString: '-----BEGIN' },
      'is not JSON: it must hold one key entry or an array of entries'
    ],
    [{ SecretString: '[]' }, 'holds no entry'],
    [{ SecretString: '{}' }, odd],
    [{ SecretString: 'null' }, odd],
    [{ SecretString: '"key"' }, odd],
    [{ SecretString: '7' }, odd],
    [{ SecretString: '[{"key":"one"},[]]' }, odd],
    [{ SecretString: '{"keyName":"","key":"one"}' }, odd],
    [{ SecretString: '{"keyName":"a","key":null}' }, odd],
    [{ VersionId: undefined, SecretString: '{"key":"one"}' }, 'has no VersionId or CreatedDate'],
    [{ CreatedDate: undefined, SecretString: '{"key":"one"}' }, 'has no VersionId or CreatedDate']
  ]
  for (const [value, why] of cases) {
    t.throws(() => readSecretVersion({ VersionId, CreatedDate, ...value }, 'AWSPENDING'), {
      code: 'CDN_ACCESS_SECRET_UNREADABLE',
      message: `The secret of awsSecret can't be used: its version AWSPENDING ${why}`
    })
  }
})
