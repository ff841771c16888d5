import { channel } from 'node:diagnostics_channel'
import type { KeyOrigin } from './load-failure.js'
import { shownTime, type EpochSeconds } from '../time.js'

/**
 * What happens to the keys of a CDN, as it is published on the channel `fastify-cdn-access:keys` of
 * `node:diagnostics_channel`. No message holds key material. Times are epoch seconds.
 */
export type KeyEvent =
  & { readonly cdn: string }
  & (
    | {
      readonly event: 'loaded'
      /** The ids of all keys, in their order. */
      readonly ids: readonly string[]
      /** False where the ids are what they were. */
      readonly changed: boolean
      readonly source: KeyOrigin
    }
    | {
      readonly event: 'failed'
      /** Why a load failed: a code and a message of the package, else the kind of an error. */
      readonly reason: string
    }
    | {
      readonly event: 'waiting'
      /** The key that signs when it has settled: it is listed before the one that does now. */
      readonly id: string
      /** When that is. */
      readonly from: EpochSeconds
      /** The key that signs until then. */
      readonly signing: string
    }
    | {
      readonly event: 'rotated'
      /** The key that signs from now on. */
      readonly id: string
      /** The key that signed before. */
      readonly previous?: string
      /** False where it signs before it has settled, for there is no other. */
      readonly settled: boolean
    }
    | {
      readonly event: 'dropped'
      /** A key that has left the ring. */
      readonly id: string
      /** The end of what was signed with it, where that is still to come. */
      readonly until?: EpochSeconds
    }
    | {
      readonly event: 'running-out'
      /** The last key that can sign; another may begin, but too late. */
      readonly id: string
      /** The last second in which the ring can sign. */
      readonly until: EpochSeconds
      /** True where that is over. */
      readonly over: boolean
    }
  )

/** The logger, as far as a ring uses it. */
export type KeyLog = Readonly<
  Record<'debug' | 'info' | 'warn' | 'error', (details: object, message: string) => void>
>

const ignore = (): void => undefined

/** Where nobody reads what a ring logs. */
export const silence: KeyLog = { debug: ignore, info: ignore, warn: ignore, error: ignore }

type Level = keyof KeyLog

const keyChannel = channel('fastify-cdn-access:keys')

/** What tells of a ring: each event is published, and logged where it has a line. */
export function createKeyTeller (log: KeyLog): (event: KeyEvent) => void {
  return (event) => {
    keyChannel.publish(Object.freeze(event))
    const line = lineOf(event)
    if (line === undefined) return
    const [level, words] = line
    const { cdn, ...details } = event
    log[level]({ cdn, ...details }, `fastify-cdn-access: ${words}`)
  }
}

/** None of a failure, whose words depend on what the ring has, or who was told of it. */
function lineOf (event: KeyEvent): readonly [Level, string] | undefined {
  const { cdn } = event
  switch (event.event) {
    case 'loaded':
      return [
        event.changed && event.source !== 'array' ? 'info' : 'debug',
        `the keys of "${cdn}" are loaded: ${event.ids.join(', ')}`
      ]
    case 'waiting':
      return [
        'info',
        `the key "${event.id}" of "${cdn}" is to settle, and signs from ` +
        `${shownTime(event.from)} on; now "${event.signing}" does`
      ]
    case 'rotated':
      return event.settled
        ? ['info', `the key "${event.id}" of "${cdn}" signs from now on`]
        : [
          'warn',
          `the key "${event.id}" of "${cdn}" signs before it has settled, for no other may: ` +
          'viewers are refused where the CDN does not have it yet'
        ]
    case 'dropped':
      return event.until === undefined
        ? undefined
        : [
          'warn',
          `the key "${event.id}" of "${cdn}" has left the ring, and what it signed lives until ` +
          `${shownTime(event.until)}: each viewer gets new cookies at the next poll`
        ]
    case 'running-out':
      return [
        event.over ? 'error' : 'warn',
        event.over
          ? `no key of "${cdn}" can sign: "${event.id}" was the last. Add one`
          : `"${event.id}" is the last key of "${cdn}" that can sign, until ` +
            `${shownTime(event.until)}, and no other begins by then. Add one before`
      ]
    default:
      return undefined
  }
}
