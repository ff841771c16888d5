import type { Cdn, Check, EdgeRequest } from '../cdn/cdn.js'
import type { Inspection } from '../cdn/inspection.js'
import { inspect } from '../cdn/inspectors.js'
import { refusalFixes, type RefusalCode } from '../cdn/refusal-codes.js'
import type { CdnKey } from '../keys/key.js'
import { pathMatches } from '../cdn/format/cookie-path.js'

/** Something odd about a request, whether it is refused for it or not. */
export interface Note {
  /** A name for programs, as checks have it. */
  readonly code: string
  readonly detail: string
  /** What to do about it. */
  readonly fix: string
}

/** What one CDN answers to a request. */
export interface CdnAnswer {
  /** The CDN's name. */
  readonly cdn: string
  readonly allowed: boolean
  /** The HTTP status of the answer, as far as access goes. */
  readonly status: number
  /** In the CDN's own order, up to the first that fails. */
  readonly checks: readonly Check[]
  /** What else is odd about the request; left out where there is nothing. */
  readonly notes?: readonly Note[]
}

/** A CDN's checks, the last sharpened by what else the request carries, and notes on that. */
export async function answer (
  cdn: Cdn,
  request: EdgeRequest,
  keys: readonly CdnKey[]
): Promise<CdnAnswer> {
  const { allowed, status, checks } = await cdn.check(request, keys)
  const found = inspectRequest(cdn, request)
  const notes = [
    ...await doubledNotes(cdn, request, keys, allowed),
    ...found.flatMap((inspection) => notesOf(cdn, request, inspection)),
    ...hiddenNotes(found)
  ]
  return {
    cdn: cdn.name,
    allowed,
    status,
    checks: checks.map((check) => sharpened(check, cdn, request, found)),
    ...(notes.length === 0 ? {} : { notes: withoutRepeats(notes) })
  }
}

function inspectRequest (cdn: Cdn, { url, origin = cdn.url, cookies }: EdgeRequest): Inspection[] {
  const [path = '', ...query] = url.split('?')
  const asked = cdn.host === undefined ? cdn.url : origin
  return inspect({ origin: asked, path, query: query.join('?'), cookies })
}

/** A request without access: what it is, or what came in place of access. */
function sharpened (
  check: Check,
  cdn: Cdn,
  { method, cookies }: EdgeRequest,
  found: readonly Inspection[]
): Check {
  if (check.code !== 'access-missing') return check
  const become = (code: RefusalCode, words: string): Check => ({
    ...check,
    code,
    detail: `${words} ${check.detail}`,
    fix: refusalFixes[code]
  })
  if (method === 'OPTIONS') {
    return become('preflight', 'This is a preflight, which browsers send without cookies.')
  }
  const other = found.find((inspection) => !isOwn(cdn, inspection))
  if (other !== undefined) {
    const words = `The request carries ${other.kind} for another CDN, ${other.cdn}.`
    return {
      ...become('other-kind', words),
      expected: cdn.cookieNames.join(', '),
      found: other.names.join(', ')
    }
  }
  return cookies.length === 0 ? become('cookies-none', 'No cookie was sent at all.') : check
}

function isOwn ({ cookieNames }: Cdn, { place, names }: Inspection): boolean {
  const own = new Set(cookieNames.map((name) => name.toLowerCase()))
  return place === 'url' || names.some((name) => own.has(name.toLowerCase()))
}

/** Cookies of one name: whether others of them would have opened the file. */
async function doubledNotes (
  cdn: Cdn,
  request: EdgeRequest,
  keys: readonly CdnKey[],
  allowed: boolean
): Promise<Note[]> {
  const twice = cdn.cookieNames.filter((name) =>
    request.cookies.filter(([own]) => own === name).length > 1
  )
  if (twice.length === 0) return []
  const last = new Map(request.cookies)
  const alone = allowed || await cdn.check({ ...request, cookies: [...last] }, keys)
  const would = alone !== true && alone.allowed
    ? ' With the last of each access would be allowed: the one before it is left over.'
    : ''
  return [noteOf(
    'sent-twice',
    `Sent more than once, for the browser keeps it with another Domain or Path as well: ${
      twice.join(', ')
    }.${would}`
  )]
}

function notesOf (cdn: Cdn, { url }: EdgeRequest, inspection: Inspection): Note[] {
  const { oddities, place, grants } = inspection
  const path = url.split('?', 1)[0]!
  const notes = oddities.map(({ code, detail }) => noteOf(code, detail))
  const folder = place === 'cookies' ? grants.map(folderOf) : [undefined]
  const elsewhere = folder.every((own) => own !== undefined && !pathMatches(path, own))
  return elsewhere && isOwn(cdn, inspection)
    ? [
      ...notes,
      noteOf(
        'cookie-path',
        `Access is for ${
          grants.join(' and ')
        }. Set with the Path of that folder, a browser would ` +
          'not have sent these cookies here: they lie on another Path.'
      )
    ]
    : notes
}

/** The folder of a grant that is a URL or a path with its only wildcard at the end. */
function folderOf (grant: string): string | undefined {
  return /^(?:https?:\/\/[^/*?]+)?(\/|\/[^*?\0-\x20]*\/)\*$/.exec(grant)?.[1]
}

function hiddenNotes (found: readonly Inspection[]): Note[] {
  const both = (['url', 'cookies'] as const).every((place) =>
    found.some((own) => own.cdn === 'cloudfront' && own.place === place)
  )
  return both
    ? [
      noteOf(
        'query-hides-cookies',
        'The URL is signed, and so the CDN does not look at the cookies.'
      )
    ]
    : []
}

function noteOf (code: RefusalCode, detail: string): Note {
  return { code, detail, fix: refusalFixes[code] }
}

function withoutRepeats (notes: readonly Note[]): Note[] {
  return [...new Map(notes.map((note) => [note.code + note.detail, note])).values()]
}
