import type { Cdn, Check } from '../cdn/cdn.js'
import { refusalFixes, type RefusalCode } from '../cdn/refusal-codes.js'
import type { Explanation } from '../explain/explain.js'
import { explainWithoutKeys } from '../explain/keyless.js'
import { momentOf, type EpochSeconds } from '../time.js'
import { textOf, type Arguments } from './arguments.js'
import { credentialsOf, shownUrl, type Capture } from './capture.js'
import { readCaptures } from './captures.js'
import { explanationText, type Explained } from './explanation-text.js'
import type { KeyedExplainer } from './keyed-explainer.js'
import type { ExitCode } from './command.js'
import { paintFor, secondOf, type Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

/** What an explanation is made with. */
interface Context {
  /** Undefined where nothing was configured. */
  readonly keyed: KeyedExplainer | undefined
  readonly at: EpochSeconds
  readonly ip: string | undefined
}

/** `explain`: why a CDN refuses requests. */
export async function explainCommand (given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const captures = (await readCaptures(given, terminal)).map(withUrl)
  const at = readMoment(textOf(given, 'at')) ?? secondOf(terminal)
  const ip = textOf(given, 'ip')
  const keyed = await openKeyed(given, terminal)
  try {
    const explained: Explained[] = []
    for (const capture of concerned(captures, keyed)) {
      explained.push({ capture, explanation: await explainCapture(capture, { keyed, at, ip }) })
    }
    print(explained, given, terminal)
    return explained.every(({ explanation }) => explanation.allowed) ? 0 : 1
  } finally {
    keyed?.close()
  }
}

/** Factories and keys are loaded where something is configured: else the answer comes sooner. */
async function openKeyed (
  given: Arguments,
  terminal: Terminal
): Promise<KeyedExplainer | undefined> {
  const configured = given.texts.has('config') ||
    Object.keys(terminal.env).some((name) => name.startsWith('CDN_ACCESS_'))
  if (!configured) return undefined
  const { openKeyedExplainer } = await import('./keyed-explainer.js')
  return openKeyedExplainer(given, terminal)
}

function withUrl (capture: Capture): Explained['capture'] {
  if (capture.url === undefined) {
    throw new UsageError('Which URL was refused? Give it beside the cookies')
  }
  return { ...capture, url: capture.url }
}

/** Of a page's many refused requests those to a CDN that is known, where there are some. */
function concerned (
  captures: ReadonlyArray<Explained['capture']>,
  keyed: KeyedExplainer | undefined
): ReadonlyArray<Explained['capture']> {
  const own = captures.filter(({ url }) => keyed?.serves(url) === true)
  return own.length === 0 ? captures : own
}

async function explainCapture (
  capture: Explained['capture'],
  { keyed, at, ip }: Context
): Promise<Explanation> {
  const { url, method, cookies, cookiesRemoved = false } = capture
  if (cookiesRemoved && credentialsOf(capture).length === 0) return removed
  const request = {
    url,
    method,
    ...(cookies === undefined ? {} : { cookies }),
    ...(ip === undefined ? {} : { ip })
  }
  const explanation = keyed === undefined
    ? explainWithoutKeys({ ...request, now: at })
    : await keyed.explain({ ...request, at })
  return withNotes(explanation, capture, keyed?.cdns ?? [])
}

/** What a file without its cookies tells: neither that they were sent, nor that they were not. */
const removed: Explanation = {
  allowed: false,
  status: 0,
  checks: [failed(
    'cookies-removed',
    'Cookies were removed from this file when it was saved: what was sent can\'t be seen in it.'
  )],
  unknown: 'Not known from this file: which cookies were sent, if any.'
}

function failed (code: RefusalCode, detail: string): Check {
  return { name: 'cookies', ok: false, detail, code, fix: refusalFixes[code] }
}

/** Names under which access is known, where no CDN says so. */
const accessCookie =
  /^(?:CloudFront-|Cloud-CDN-Cookie$|Edge-Cache-Cookie$|__token__$|hdn|URISigningPackage$|cdn_access_)/

/** What the capture itself shows: cookies that stay in the jar, and an answer that differs. */
function withNotes (
  explanation: Explanation,
  { left = [], status }: Capture,
  cdns: readonly Cdn[]
): Explanation {
  const own = new Set(cdns.flatMap(({ cookieNames }) => cookieNames))
  const reasons = new Map<string, string[]>()
  for (const { name, why } of left) {
    if (own.has(name) || accessCookie.test(name)) {
      reasons.set(why, [...reasons.get(why) ?? [], name])
    }
  }
  const notes = [...reasons].map(([why, names]) => ({
    code: 'cookie-not-sent',
    detail: `A browser would not send ${names.join(', ')} with this request: ${why}.`,
    fix: refusalFixes['cookie-not-sent']
  }))
  if (status !== undefined && status !== 0 && (status < 400) !== explanation.allowed) {
    notes.push({
      code: 'answer-differs',
      detail: `The CDN answered ${status}.`,
      fix: refusalFixes['answer-differs']
    })
  }
  const all = [...explanation.notes ?? [], ...notes]
  return all.length === 0 ? explanation : { ...explanation, notes: all }
}

function readMoment (text: string | undefined): EpochSeconds | undefined {
  if (text === undefined) return undefined
  const moment = momentOf(/^\d+$/.test(text) ? Number(text) : new Date(text))
  if (moment === undefined) {
    throw new UsageError('--at must be an ISO date such as 2026-03-01T12:00:00Z, or epoch seconds')
  }
  return moment
}

function print (explained: readonly Explained[], given: Arguments, terminal: Terminal): void {
  if (given.flags.has('json')) {
    const requests = explained.map(({ capture: { method, url, status }, explanation }) => ({
      method,
      url: shownUrl(url),
      ...(status === undefined ? {} : { answered: status }),
      ...explanation
    }))
    terminal.out(`${JSON.stringify({ requests }, null, 2)}\n`)
    return
  }
  const paint = paintFor(terminal)
  terminal.out(explained.map((one) => explanationText(one, paint)).join('\n'))
}
