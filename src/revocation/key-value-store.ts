import { loadPeer } from '../key-ring/peer.js'

/** What of Amazon's clients is used: `CloudFrontKeyValueStoreClient`. */
export interface KeyValueStoreClient {
  send(command: never): Promise<unknown>
}

/** One entry of a store. */
export interface Entry {
  readonly key: string
  readonly value: string
}

/** What is written together; all of it, or nothing where the store is not at `etag` any more. */
export interface Update {
  readonly etag: string
  readonly puts: readonly Entry[]
  readonly deletes: readonly string[]
}

/** A CloudFront KeyValueStore, as far as revocations need one. */
export interface KeyValueStore {
  /** The version of the whole store. */
  version(): Promise<string>
  /** Undefined where there is no such key. */
  get(key: string): Promise<string | undefined>
  /** Some entries, and where the next ones begin. */
  list(from: string | undefined): Promise<{ entries: readonly Entry[], next: string | undefined }>
  /** The version after it. */
  update(update: Update): Promise<string>
}

const neededBy = 'cloudFrontKeyValueStore()'

/** Opens a store with Amazon's client, which is loaded here and signs with SigV4A alone. */
export async function openKeyValueStore (
  arn: string,
  given: KeyValueStoreClient | undefined
): Promise<KeyValueStore> {
  const name = '@aws-sdk/client-cloudfront-keyvaluestore'
  const aws = await loadPeer(
    { name, neededBy },
    () => import('@aws-sdk/client-cloudfront-keyvaluestore')
  )
  await loadPeer(
    { name: '@aws-sdk/signature-v4a', neededBy },
    () => import('@aws-sdk/signature-v4a')
  )
  const client = given as Pick<typeof aws.CloudFrontKeyValueStoreClient.prototype, 'send'> ??
    // The store is of no region, but the client wants to know one.
    new aws.CloudFrontKeyValueStoreClient({ region: 'us-east-1' })
  const KvsARN = arn

  return {
    version: async () => {
      const { ETag } = await client.send(new aws.DescribeKeyValueStoreCommand({ KvsARN }))
      return ETag!
    },
    get: async (Key) => {
      try {
        return (await client.send(new aws.GetKeyCommand({ KvsARN, Key }))).Value
      } catch (error) {
        if (error instanceof aws.ResourceNotFoundException) return undefined
        throw error
      }
    },
    list: async (from) => {
      const { Items = [], NextToken } = await client.send(
        new aws.ListKeysCommand({ KvsARN, ...(from === undefined ? {} : { NextToken: from }) })
      )
      const entries = Items.map(({ Key, Value }) => ({ key: Key!, value: Value! }))
      return { entries, next: NextToken }
    },
    update: async ({ etag, puts, deletes }) => {
      const { ETag } = await client.send(
        new aws.UpdateKeysCommand({
          KvsARN,
          IfMatch: etag,
          Puts: puts.map(({ key, value }) => ({ Key: key, Value: value })),
          Deletes: deletes.map((key) => ({ Key: key }))
        })
      )
      return ETag!
    }
  }
}
