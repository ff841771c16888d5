import type { EdgeRuntime } from './edge-file.js'
import { shellWord } from './shell-word.js'

/** What is done at the vendor, with the command that does it, where there is one. */
export interface EdgeStep {
  readonly words: string
  readonly command?: string
}

/** The files that the steps speak of, as they were named, or as they would be. */
export interface EdgeFiles {
  readonly out: string
  readonly keys: string
  readonly event: string
}

/** What there is to do at the vendor of a runtime, in order. */
export const edgeSteps: Readonly<Record<EdgeRuntime, (files: EdgeFiles) => EdgeStep[]>> = {
  'cloudfront-function': cloudFrontSteps,
  'cloudflare-worker': workerSteps,
  'lambda-at-edge': lambdaSteps
}

const storeTag = 'aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn "$STORE" ' +
  '--query ETag --output text'
const functionTag = 'aws cloudfront describe-function --name cdn-access --query ETag --output text'

function cloudFrontSteps ({ out, keys, event }: EdgeFiles): EdgeStep[] {
  return [
    {
      words: 'Make a KeyValueStore for the keys and for revocations, and wait until it is ready:',
      command: 'STORE=$(aws cloudfront create-key-value-store --name cdn-access ' +
        '--query KeyValueStore.ARN --output text)'
    },
    {
      words: 'Put the keys into it (--keys writes them):',
      command: 'aws cloudfront-keyvaluestore put-key --kvs-arn "$STORE" --key keys ' +
        `--value file://${shellWord(keys)} --if-match "$(${storeTag})"`
    },
    {
      words: 'Make the function, which may read the store:',
      command: 'aws cloudfront create-function --name cdn-access ' +
        `--function-code fileb://${shellWord(out)} --function-config "{\\"Comment\\":\\"\\",` +
        '\\"Runtime\\":\\"cloudfront-js-2.0\\",\\"KeyValueStoreAssociations\\":' +
        '{\\"Quantity\\":1,\\"Items\\":[{\\"KeyValueStoreARN\\":\\"$STORE\\"}]}}"'
    },
    {
      words: 'Try it before anybody meets it (--event writes an event with a good cookie). ' +
        'FunctionOutput must hold the request; with a letter of the cookie changed, a 403:',
      command: 'aws cloudfront test-function --name cdn-access --stage DEVELOPMENT ' +
        `--event-object fileb://${shellWord(event)} --if-match "$(${functionTag})"`
    },
    {
      words: 'Publish it:',
      command: 'aws cloudfront publish-function --name cdn-access ' +
        `--if-match "$(${functionTag})"`
    },
    { words: 'Name it in the behaviour, under "Function associations": Viewer request.' },
    {
      words: 'Give the API the same store as an edge that it revokes at: ' +
        'cloudFrontKeyValueStore({ arn }) in the option revocation.edges.'
    },
    { words: `Delete ${keys} and ${event}, which are secrets.` }
  ]
}

function workerSteps ({ out, keys }: EdgeFiles): EdgeStep[] {
  return [
    {
      words:
        `Name in wrangler.toml: main = ${
          JSON.stringify(out)
        }, a route of the CDN's host, the binding ` +
        'REVOCATIONS of the Durable Object class "Revocations", and that class under ' +
        'new_sqlite_classes of a migration. docs/edge.md shows the whole file.'
    },
    { words: 'Deploy it, closed as long as it has no key:', command: 'npx wrangler deploy' },
    {
      words: 'Give it the keys as a secret (--keys writes them):',
      command: `npx wrangler secret put KEYS < ${shellWord(keys)}`
    },
    {
      words: 'Give it a secret by which it knows the API, which revokes with it:',
      command: '(umask 077 && openssl rand -base64 32 > revoke-token) && ' +
        'npx wrangler secret put REVOKE_TOKEN < revoke-token'
    },
    { words: 'Give the API the edge that docs/edge.md shows, with the same secret.' },
    { words: `Delete ${keys} and revoke-token, which are secrets.` }
  ]
}

function lambdaSteps ({ out }: EdgeFiles): EdgeStep[] {
  return [
    {
      words:
        'THE KEYS ARE IN THE FILE. Keep it as secret as they are, unless they are public halves.'
    },
    {
      words: 'Pack it as a module, for your eyes alone:',
      command: `(umask 077 && cp ${shellWord(out)} index.mjs && zip cdn-access.zip index.mjs)`
    },
    {
      words: 'Make the function, in us-east-1, with a role that edgelambda.amazonaws.com may take:',
      command: 'aws lambda create-function --region us-east-1 --function-name cdn-access ' +
        '--runtime nodejs22.x --handler index.handler --zip-file fileb://cdn-access.zip ' +
        '--role "$ROLE" --publish'
    },
    { words: 'Name that version in the behaviour, under "Function associations": Viewer request.' },
    {
      words: 'It knows of no revocation, and a rotated key needs a new version: ' +
        'where that matters, take the CloudFront function.'
    }
  ]
}
