import * as errors from '../errors.js'
import { checkFields, isFields, type Rules } from '../input/fields.js'
import type { RevocationStore } from './revocation-store.js'
import { parseRevocation } from './revocation-value.js'

/** A client of ioredis or iovalkey, of one server or a cluster. */
export interface CallingRedisClient {
  call(command: string, ...args: string[]): Promise<unknown>
}

/** A client of redis (node-redis), of one server. */
export interface SendingRedisClient {
  sendCommand(args: string[]): Promise<unknown>
}

/** What {@link redisRevocations} takes. */
export interface RedisRevocationsOptions {
  /** A client of ioredis, iovalkey or redis that is connected, or connects by itself. */
  readonly client: CallingRedisClient | SendingRedisClient
  /** What its keys begin with. Default `cdn-access:revoked:`. */
  readonly prefix?: string
}

const rules: Rules = {
  client: {
    holds: (value) =>
      isFields(value) && [value['call'], value['sendCommand']].some((method) => isFunction(method)),
    words: 'a client of ioredis, iovalkey or redis'
  },
  prefix: { holds: (value) => typeof value === 'string', words: 'a string, or left out' }
}

/**
 * Keeps the later of two revocations, whichever comes last, and has Redis forget it when both are
 * over. One script, for nothing may come between reading and writing.
 */
const script = `
local since, until_ = ARGV[1], ARGV[2]
local known = redis.call('GET', KEYS[1])
if known then
  local before, till = string.match(known, '^(%d+)%.(%d+)$')
  if before and tonumber(before) > tonumber(since) then since = before end
  if till and tonumber(till) > tonumber(until_) then until_ = till end
end
redis.call('SET', KEYS[1], since .. '.' .. until_)
redis.call('EXPIREAT', KEYS[1], until_)
return since
`

/**
 * Revocations in Redis or Valkey, for all processes that share it. Each is a key that Redis itself
 * forgets when it is over, and two at the same time never lower each other. Let `maxmemory-policy`
 * evict no keys: what is evicted is no longer revoked.
 *
 * @throws CDN_ACCESS_OPTION_INVALID, CDN_ACCESS_OPTION_UNKNOWN
 */
export function redisRevocations (options: RedisRevocationsOptions): RevocationStore {
  checkFields(options, 'redisRevocations', rules)
  const { client, prefix = 'cdn-access:revoked:' } = options
  if (client === undefined) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('client', rules['client']!.words)
  }
  const send = senderOf(client)
  return {
    revoke: async (id, since, until) => {
      await send(['EVAL', script, '1', prefix + id, String(since), String(until)])
    },
    since: async (id) => {
      const kept = await send(['GET', prefix + id])
      // What is no revocation is no number, and is refused.
      return kept === null ? undefined : parseRevocation(textOf(kept))?.since ?? Number.NaN
    }
  }
}

/** A client may be set to answer with bytes. */
function textOf (kept: unknown): string {
  return typeof kept === 'string' ? kept : Buffer.isBuffer(kept) ? kept.toString() : ''
}

function senderOf (
  client: RedisRevocationsOptions['client']
): (args: [command: string, ...more: string[]]) => Promise<unknown> {
  return isCalling(client) ? (args) => client.call(...args) : (args) => client.sendCommand(args)
}

/** ioredis has a `sendCommand` as well, which takes another kind of command. */
function isCalling (client: RedisRevocationsOptions['client']): client is CallingRedisClient {
  return 'call' in client && isFunction(client.call)
}

function isFunction (value: unknown): boolean {
  return typeof value === 'function'
}
