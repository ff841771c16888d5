import t from 'tap'
import { createAccess, type Access } from '../../src/access/access.js'
import { createTicketNames } from '../../src/access/area.js'
import { cdnPath } from '../../src/index.js'
import { openKeyRings } from '../../src/key-ring/key-ring.js'
import { resolveOptions } from '../../src/config/config.js'
import { bytesOf } from '../../src/cookies/line-size.js'
import { createSetCookieWriter } from '../../src/cookies/set-cookie.js'
import { pickText, seeded } from '../fixtures/seeded.js'
import { clock, host, working } from '../fixtures/server.js'

const base = '__Host-cdn-access'
const ticketNames = createTicketNames(base, 10)
const area = '42'
const grant = [cdnPath`/courses/42/*`]

/** A million in the long run. */
const most = process.env['PROPERTY_RUNS'] === undefined ? 2_000 : 1_000_000

const places = [
  '[["cloudfront","example.com",0,["/courses/42/"]]]',
  '[["cloudfront","example.com",0,["/courses/41/","/courses/40/"]]]',
  '[["cloudfront",0,1,["/courses/42/deep/"]],["other","b.example",0,["/"]]]',
  `[["cloudfront","example.com",0,${JSON.stringify(Array(32).fill(0).map((_, i) => `/${i}/`))}]]`,
  '[["cloudfront","example.com",0,["/;x","/\\r\\n"]]]',
  '[[["cloudfront"]]]',
  '{"__proto__":[]}',
  '[]'
].map((text) => Buffer.from(text).toString('base64url'))

/** Parts of tickets of every version, in every order. */
const parts = [
  ...places,
  ...places,
  '1',
  '2',
  '3',
  '0',
  '1.remains',
  's44wuw',
  's44wg1',
  'zzzzzzzz',
  'abcdefghij_-0123',
  'AAAAAAAA',
  'AAAAAAAAb_-45678',
  '.',
  '.',
  '.',
  '.',
  '..',
  '',
  'é',
  '\u0000',
  '"',
  'x'.repeat(1100)
]

const names = [undefined, area, '41', '40', '1', '2', '3', '4', '5', '6', '7', '8'].map((each) =>
  ticketNames(each)
)

t.test('lets no ticket, of whatever version, throw or give what others do not get', async (t) => {
  const access = await accessOf(t)
  const decide = async (cookies: string | undefined, force = false): Promise<Decided> => {
    const viewer = { cookies, area, revocable: undefined, staged: undefined }
    try {
      return { decision: await access.decide(grant, viewer, force) }
    } catch (error) {
      return { code: (error as { code: string }).code }
    }
  }
  const clean = setBy((await decide(undefined)).decision!.changes!.lines).slice(0, -1)
  const next = seeded(20_261_126)
  const said: Record<string, number> = {}
  let tickets = 0
  while (tickets < most) {
    const header = headerOf(next)
    tickets += header.split(';').length
    const { decision, code } = await decide(header, next(8) === 0)
    const outcome = code ?? decision!.receipt.status
    said[outcome] = (said[outcome] ?? 0) + 1
    const lines = decision?.changes?.lines ?? []
    const setting = setBy(lines)
    const own = setting.filter((line) => line.startsWith(`${names[1]}=2.`))
    const fine = (code === undefined || code === 'CDN_ACCESS_CLEARING_FIRST') &&
      (lines.length === 0 || setting.length === clean.length + 1 && own.length === 1) &&
      setting.every((line) => clean.includes(line) || line === own[0]) &&
      bytesOf(lines) <= 8192 && bytesOf(access.clear(viewerOf(header)).lines) <= 8192 &&
      bytesOf(access.end(viewerOf(header)).lines) <= 8192 &&
      access.hint(viewerOf(header)).status !== undefined
    if (!fine) {
      t.fail(`after ${tickets} tickets: ${JSON.stringify({ header, code, lines })}`)
      break
    }
  }
  t.ok(said['refreshed']! > most / 10, JSON.stringify(said))
})

interface Decided {
  decision?: Awaited<ReturnType<Access['decide']>>
  code?: string
}

/** The lines that set something, without signatures: each of an EC key is another. */
function setBy (lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes('=; Max-Age=0;')).map((line) =>
    line.replace(/(?<=^CloudFront-Signature=)[^;]+/, 'signature')
  )
}

function viewerOf (cookies: string): Parameters<Access['clear']>[0] {
  return { cookies, area, revocable: undefined, staged: undefined }
}

/** A header of up to 40 cookies whose names are those of tickets, and whose values may be tickets. */
function headerOf (next: (limit: number) => number): string {
  return Array.from({ length: 1 + next(next(10) === 0 ? 40 : 4) }, () => {
    const name = next(9) === 0
      ? `${base}.${pickText(next, ['AAAA', 'b_-4', '.', 'é', 'xyz0'], 3)}`
      : names[next(names.length)]!
    return `${name}=${valueOf(next)}`
  }).join(next(20) === 0 ? ';' : '; ')
}

function valueOf (next: (limit: number) => number): string {
  if (next(3) === 0) return pickText(next, parts, 1 + next(9))
  const expiry = (clock + next(1000)).toString(36)
  const front = ['1.', `2.${(clock - next(600)).toString(36)}.`, '3.', `2.`][next(4)]!
  return `${front}${expiry}.abcdefghij_-0123.AAAAAAAA.${places[next(places.length)]!}`
}

async function accessOf (t: { teardown: (close: () => unknown) => void }): Promise<Access> {
  const app = await host(t)
  const config = await resolveOptions(working({ area: () => area }), undefined)
  const { rules, ticket, cacheSize, signTimeout, now, areas } = config
  return createAccess({
    rules,
    ticketName: ticket.name,
    hasAreas: true,
    areas,
    cacheSize,
    signTimeout,
    keepsValues: false,
    now,
    rings: await openKeyRings(rules.targets.map(({ cdn }) => cdn), {
      log: app.log,
      now: () => clock,
      prove: true
    }),
    setCookie: createSetCookieWriter(app.serializeCookie.bind(app), ticket.attributes),
    staticPlaces: [],
    warn: () => undefined
  })
}
