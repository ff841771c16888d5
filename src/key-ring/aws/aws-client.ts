/** What is used of a client of the AWS SDK for JavaScript, version 3. */
export interface AwsClient {
  send(command: object, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>
}

/** Whom to ask at AWS. */
export interface AwsClientOptions {
  /**
   * A client of your own, with its credentials, endpoint and retries. Default: one with the SDK's
   * defaults, made when it is first used.
   */
  readonly client?: AwsClient
  /** For the default client. Default: what the SDK finds, such as `AWS_REGION`. */
  readonly region?: string
}

/** The client that was given, or one that is made at the first call and kept. */
export function keptClient (
  { client }: AwsClientOptions,
  make: () => Promise<AwsClient>
): () => Promise<AwsClient> {
  let kept = client === undefined ? undefined : Promise.resolve(client)
  return () => {
    kept ??= make().catch((error: unknown) => {
      kept = undefined
      throw error
    })
    return kept
  }
}
