import type { EpochSeconds } from '../../time.js'
import type { RefusalCode } from '../refusal-codes.js'

/** A value as it was meant, and what is odd about how it was written. */
export interface Reading<Value> {
  readonly value: Value | undefined
  readonly odd?: RefusalCode
}

const firstMillisecondLike = 100_000_000_000

/** Reads a moment that is text, as in a cookie's field. */
export function readTimeText (text: string): Reading<EpochSeconds> {
  const { value, odd } = readTime(/^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined)
  return odd === undefined ? { value } : { value, odd }
}

/** Reads a moment out of JSON: other signers write milliseconds, fractions and text. */
export function readTime (time: unknown): Reading<EpochSeconds> {
  if (typeof time === 'string') return { ...readTimeText(time), odd: 'time-unreadable' }
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    return { value: undefined, odd: 'time-unreadable' }
  }
  if (time >= firstMillisecondLike) {
    return { value: Math.floor(time / 1000), odd: 'time-milliseconds' }
  }
  return Number.isInteger(time)
    ? { value: time }
    : { value: Math.floor(time), odd: 'time-unreadable' }
}

/** Undoes what cookie libraries do to a value that should have been written as it is. */
export function readEncoded (text: string): Reading<string> {
  if (!/%[0-9a-f]{2}/i.test(text)) return { value: text }
  try {
    return { value: decodeURIComponent(text), odd: 'percent-encoded' }
  } catch {
    return { value: text, odd: 'percent-encoded' }
  }
}

/** What was read, with the moments that are known. */
export function knownTimes (
  startsAt: EpochSeconds | undefined,
  endsAt: EpochSeconds | undefined
): { startsAt?: EpochSeconds, endsAt?: EpochSeconds } {
  return {
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(endsAt === undefined ? {} : { endsAt })
  }
}

const oddities: Partial<Record<RefusalCode, string>> = {
  'percent-encoded': 'The value is percent-encoded: the CDN reads it as it is sent.',
  'time-milliseconds': 'A time is in milliseconds, a thousand times too late.',
  'time-unreadable': 'A time is no whole number of seconds.',
  'base64-standard': 'It is in standard base64, with "+" or "/".',
  'base64-padding': 'Its base64 is padded otherwise than this CDN\'s samples are.'
}

/** What is odd about several readings, each once. */
export function odditiesOf (
  readings: ReadonlyArray<Reading<unknown>>
): Array<{ code: RefusalCode, detail: string }> {
  const codes = new Set(readings.flatMap(({ odd }) => odd ?? []))
  return [...codes].map((code) => ({ code, detail: oddities[code] ?? code }))
}
