import { isFields } from '../input/fields.js'
import type { Capture } from './capture.js'
import { UsageError } from './usage-error.js'

type Fields = Readonly<Record<string, unknown>>

/** True of text that looks like an HTTP archive. */
export function isHar (text: string): boolean {
  return /^\s*\{/.test(text) && /"log"\s*:/.test(text)
}

/**
 * Every request of an HTTP archive that a browser saved. Where no request of the file has a cookie
 * and no reply sets one, and a browser's tools wrote it, they took them out: their default export
 * does, and says so nowhere.
 *
 * @throws UsageError
 */
export function readHar (text: string): Capture[] {
  const entries = readEntries(text)
  const captures = entries.map(captureOf)
  const cookiesRemoved = !entries.some(holdsCookies)
  return cookiesRemoved ? captures.map((capture) => ({ ...capture, cookiesRemoved })) : captures
}

/** True of a reply that refuses, or of a request that a browser could not read the reply to. */
export function isRefused ({ status }: Capture): boolean {
  return status === undefined || status === 0 || status === 401 || status === 403
}

function readEntries (text: string): Fields[] {
  const log = field(parse(text), 'log')
  const entries = field(log, 'entries')
  if (!Array.isArray(entries)) throw new UsageError('The HAR file has no "log" with "entries"')
  return entries.filter((entry) => typeof field(field(entry, 'request'), 'url') === 'string')
}

function captureOf (entry: Fields): Capture {
  const request = entry['request'] as Fields
  const { method, url } = request
  const status = field(entry['response'], 'status')
  return {
    method: typeof method === 'string' ? method : 'GET',
    url: String(url),
    cookies: headerOf(request, 'cookie') ?? cookiesOf(request),
    ...(typeof status === 'number' ? { status } : {})
  }
}

/** A header may be there more than once, as HTTP/2 cuts `cookie` into several. */
function headerOf (message: unknown, name: string): string | undefined {
  const headers = listOf(message, 'headers').filter((header) =>
    String(header['name']).toLowerCase() === name
  )
  return headers.length === 0
    ? undefined
    : headers.map((header) => String(header['value'])).join('; ')
}

function cookiesOf (request: Fields): string | undefined {
  const cookies = listOf(request, 'cookies')
  return cookies.length === 0
    ? undefined
    : cookies.map(({ name, value }) => `${String(name)}=${String(value)}`).join('; ')
}

function holdsCookies ({ request, response }: Fields): boolean {
  return [headerOf(request, 'cookie'), headerOf(response, 'set-cookie')].some(Boolean) ||
    listOf(request, 'cookies').length > 0 || listOf(response, 'cookies').length > 0
}

function listOf (message: unknown, name: string): Fields[] {
  const list = field(message, name)
  return Array.isArray(list) ? list.filter(isFields) : []
}

function field (value: unknown, name: string): unknown {
  return isFields(value) ? value[name] : undefined
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    throw new UsageError('The HAR file is no JSON')
  }
}
