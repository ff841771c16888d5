import { longestLife, longestSilence } from './limits.js'
import type { CdnAccessReceipt } from './types.js'

/**
 * What one tab tells the others: its url, and a receipt with the wall clock's time of its request,
 * or null at the end.
 */
export type Message = readonly [url: string, receipt: CdnAccessReceipt | null, begunAt?: number]

/** What a reply of the API says. */
export interface Reply {
  readonly status: number
  readonly receipt: CdnAccessReceipt | undefined
  /** The code of the route's own refusal. */
  readonly cause: unknown
  /** Seconds for which nothing shall be sent: an hour at most. */
  readonly wait: number
}

const statuses = new Set(['issued', 'refreshed', 'fresh'])

/** Reads what any server may answer; `now` is epoch milliseconds. */
export async function readReply (response: Response, now: number): Promise<Reply> {
  const body: unknown = await response.json().catch(() => {})
  const { code, retryIn } = Object(body) as Record<string, unknown>
  return {
    status: response.status,
    receipt: response.ok ? readReceipt(body) : undefined,
    cause: /^CDN_ACCESS_\w/.test(code as string) ? code : undefined,
    wait: readWait(retryIn, response.headers.get('retry-after'), now)
  }
}

/** Empty where it is none, as from a page of another version. */
export function readMessage (value: unknown): Message | [] {
  const { 1: receipt } = Object(value) as Message
  const isMessage = Array.isArray(value) && (receipt === null || readReceipt(receipt))
  return isMessage ? value as unknown as Message : []
}

/** Undefined where any part of it is not what a receipt has. */
function readReceipt (value: unknown): CdnAccessReceipt | undefined {
  const { status, expiresIn, refreshIn } = Object(value) as Partial<CdnAccessReceipt>
  const isReceipt = statuses.has(status!) && isBetween(expiresIn, 1, longestLife) &&
    isBetween(refreshIn, 1, expiresIn)
  return isReceipt ? value as CdnAccessReceipt : undefined
}

/** The body counts first; the header is seconds, or a date. */
function readWait (retryIn: unknown, retryAfter: string | null, now: number): number {
  const seconds = typeof retryIn === 'number'
    ? retryIn
    : Number(retryAfter) || (Date.parse(retryAfter!) - now) / 1000
  return Math.min(Math.max(seconds || 0, 0), longestSilence)
}

function isBetween (value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most
}
