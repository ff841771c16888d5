import * as errors from '../errors.js'
import { checkFields, isName, type Rules } from '../input/fields.js'
import { createBatches } from './batches.js'
import {
  openKeyValueStore,
  type KeyValueStore,
  type KeyValueStoreClient
} from './key-value-store.js'
import { createKeyValueWriter, mostKeys } from './key-value-writer.js'
import type { RevocationEdge } from './revocation-store.js'

/** What {@link cloudFrontKeyValueStore} takes. */
export interface CloudFrontKeyValueStoreOptions {
  /** The store's ARN: `arn:aws:cloudfront::123456789012:key-value-store/…`. */
  readonly arn: string
  /**
   * A `CloudFrontKeyValueStoreClient` of your own. Default: one that finds its credentials where
   * Amazon's clients look for them.
   */
  readonly client?: KeyValueStoreClient
  /** By which errors name it. Default `cloudFrontKeyValueStore`. */
  readonly name?: string
}

const rules: Rules = {
  arn: {
    holds: (value) =>
      typeof value === 'string' &&
      /^arn:aws[\w-]*:cloudfront::\d{12}:key-value-store\/[\w-]{1,64}$/.test(value),
    words: 'a store\'s ARN, such as "arn:aws:cloudfront::123456789012:key-value-store/…"'
  },
  client: {
    holds: (value) => typeof (Object(value) as { send?: unknown }).send === 'function',
    words: 'a CloudFrontKeyValueStoreClient, or left out'
  },
  name: { holds: isName, words: '1 to 64 of A-Z a-z 0-9 _ -' }
}

/**
 * Tells CloudFront Functions, by the KeyValueStore that they read: `r:<id>` holds
 * `<since>.<until>`. It needs the packages `@aws-sdk/client-cloudfront-keyvaluestore` and
 * `@aws-sdk/signature-v4a`, which are loaded with the first revocation.
 *
 * What comes within a quarter of a second is written together, at most 50 ids at a time; a write
 * that meets another is tried five times. Entries that are over go with later writes. Functions see
 * a change after seconds.
 *
 * @throws CDN_ACCESS_OPTION_INVALID, CDN_ACCESS_OPTION_UNKNOWN
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions.html
 */
export function cloudFrontKeyValueStore (options: CloudFrontKeyValueStoreOptions): RevocationEdge {
  checkFields(options, 'cloudFrontKeyValueStore', rules)
  const { arn, client, name = 'cloudFrontKeyValueStore' } = options
  if (arn === undefined) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('arn', rules['arn']!.words)
  }
  let opened: Promise<KeyValueStore> | undefined

  function open (): Promise<KeyValueStore> {
    opened ??= openKeyValueStore(arn, client)
    return opened
  }

  return { name, revoke: createBatches(mostKeys, createKeyValueWriter(open)) }
}
