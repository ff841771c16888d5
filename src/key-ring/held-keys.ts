import type { KeyOrigin } from './load-failure.js'
import type { EpochSeconds } from '../time.js'
import { createAlarm } from './alarm.js'
import type { KeyEvent } from './key-events.js'
import type { RingKey } from './ring-keys.js'
import { createEndWatch, endOfRing, type RingEnd } from './running-out.js'
import { hasSettled, seeKeys, type SeenKey } from './seen-keys.js'
import { awaitedKey, chooseSigningKey, nextChoiceAt } from './signing-choice.js'

/** The keys that a ring holds, and what time does to them. */
export interface HeldKeys {
  /** What a load brought, in place of what was held. */
  take(loaded: readonly RingKey[]): void
  all(): readonly SeenKey[]
  /** Undefined where none may sign. Remembers until when it signs. */
  signingKey(at: EpochSeconds, expiresAt: EpochSeconds): SeenKey | undefined
  /** Which key signs now what lives a whole ttl, and since when. */
  signing(): Signing | undefined
  /** When the ring can sign no more, as far as is known now. */
  end(): RingEnd | undefined
  close(): void
}

export interface Signing {
  readonly key: SeenKey
  readonly since: EpochSeconds
}

export interface HeldKeysContext {
  readonly cdn: string
  /** Seconds until a key that comes has settled. */
  readonly settle: number
  readonly source: KeyOrigin
  /** Seconds that what is signed lives. */
  readonly ttl: number
  readonly now: () => EpochSeconds
  readonly tell: (event: KeyEvent) => void
}

/**
 * Holds keys, and tells what changes: what a load brought, what has left, which key signs, and that
 * the last runs out. What time changes is told when it does, and not at the next request.
 */
export function createHeldKeys (
  { cdn, source, settle, ttl, now, tell }: HeldKeysContext
): HeldKeys {
  let keys: readonly SeenKey[] = []
  let load = 0
  let signing: Signing | undefined
  let awaited: SeenKey | undefined
  const signedUntil = new Map<string, EpochSeconds>()
  const alarm = createAlarm(now, look)
  const endWatch = createEndWatch(({ id, until }, over) => {
    tell({ event: 'running-out', cdn, id, until, over })
  })

  function take (loaded: readonly RingKey[]): void {
    const time = now()
    const before = keys
    load++
    keys = seeKeys(loaded, { before, now: time, load, settle })
    const ids = idsOf(keys)
    tell({
      event: 'loaded',
      cdn,
      ids,
      source,
      changed: JSON.stringify(ids) !== JSON.stringify(idsOf(before))
    })
    for (const gone of before.filter(hasLeft)) drop(gone, time)
    look(time)
  }

  function hasLeft ({ identity }: SeenKey): boolean {
    return !keys.some((key) => key.identity === identity)
  }

  function drop ({ identity, key: { id } }: SeenKey, time: EpochSeconds): void {
    const until = signedUntil.get(identity) ?? time
    signedUntil.delete(identity)
    tell({ event: 'dropped', cdn, id, ...until > time ? { until } : {} })
  }

  /** Looks which key signs, and sets the alarm for when that may change. */
  function look (time: EpochSeconds): void {
    const chosen = chooseSigningKey(keys, time, time + ttl)
    if (chosen === undefined) signing = undefined
    else if (chosen.identity !== signing?.key.identity) rotate(chosen, time)
    wait(awaitedKey(keys, time, time + ttl))
    const tellAt = endWatch.look(endOfRing(keys, ttl, time), time)
    alarm.set(Math.min(tellAt, nextChoiceAt(keys, time, ttl)))
  }

  function rotate (key: SeenKey, since: EpochSeconds): void {
    const previous = signing?.key.key.id
    signing = { key, since }
    if (load === 1 && previous === undefined && since === key.firstSeenAt) return
    tell({
      event: 'rotated',
      cdn,
      id: key.key.id,
      ...previous === undefined ? {} : { previous },
      settled: key.load === 1 || hasSettled(key, since)
    })
  }

  /** Tells once of a key that is to sign when it has settled. */
  function wait (next: SeenKey | undefined): void {
    if (next !== undefined && next.identity !== awaited?.identity) {
      const { key: { id }, settledAt: from } = next
      tell({ event: 'waiting', cdn, id, from, signing: signing!.key.key.id })
    }
    awaited = next
  }

  return {
    take,
    all: () => keys,
    signingKey: (at, expiresAt) => {
      const chosen = chooseSigningKey(keys, at, expiresAt)
      if (chosen === undefined) return undefined
      const until = signedUntil.get(chosen.identity)
      if (until === undefined || until < expiresAt) signedUntil.set(chosen.identity, expiresAt)
      return chosen
    },
    signing: () => {
      look(now())
      return signing
    },
    end: () => endOfRing(keys, ttl, now()),
    close: alarm.close
  }
}

function idsOf (keys: readonly SeenKey[]): string[] {
  return keys.map(({ key }) => key.id)
}
