import type { Cdn } from 'fastify-cdn-access'
import type { Test } from 'tap'
import { send } from './request.js'
import { folder, startEdge, startSite } from './site.js'

/**
 * What each engine answers to a holder of `/v/1/*`, with an origin that decodes: the text of the
 * file, or the status. `(!)`: the engine lets it through, and the edge plugin does not.
 */
export const folderTargets = readTable(String.raw`
  target                           | nginx      | Traffic Server | Worker
  /v/1/a.txt                       | a of 1     | a of 1         | a of 1
  /v/1/a.txt?b=c                   | a of 1     | a of 1         | a of 1
  /v/1/a.txt?                      | a of 1     | a of 1         | a of 1
  /v/1/a.txt#b                     | a of 1 (!) | 403            | a of 1 (!)
  /v/1/a.txt#/../../2/secret.txt   | a of 1 (!) | 403            | a of 1 (!)
  /v/1/a.txt;x                     | 404        | 404            | 404
  /v/1/a.txt%0Ax                   | 404        | 403            | 403
  /v/1/a.txt%00                    | 400        | 403            | 403
  /v/1/%                           | 400        | 403            | 400
  /v/1/é                           | 404 (!)    | 400            | 400
  /v/%31/a.txt                     | a of 1     | a of 1         | a of 1
  /v/1//a.txt                      | a of 1     | a of 1         | a of 1
  //v/1/a.txt                      | a of 1     | a of 1 (!)     | 403
  /v//1/a.txt                      | a of 1     | 403            | 403
  /v/2/secret.txt                  | 403        | 403            | 403
  /v/2/secret.txt?/v/1/            | 403        | 403            | 403
  /v/12/secret.txt                 | 403        | 403            | 403
  /v/1.bak                         | 403        | 403            | 403
  /v/1                             | 403        | 403            | 403
  /v/1;x/a.txt                     | 403        | 403            | 403
  /V/1/a.txt                       | 403        | 403            | 403
  /                                | 403        | 403            | 403
  /v/1/./a.txt                     | a of 1 (!) | 403            | a of 1 (!)
  /v/2/../1/a.txt                  | a of 1 (!) | 403            | a of 1 (!)
  /v/2/%2e%2e/1/a.txt              | a of 1 (!) | 403            | a of 1 (!)
  /%2e%2e/v/1/a.txt                | 400        | 403            | a of 1 (!)
  /v/1/../2/secret.txt             | 403        | 403            | 403
  /v/1/%2e%2e/2/secret.txt         | 403        | 403            | 403
  /v/1/..?/../../2/secret.txt      | 403        | 403            | 403
  /v/1/..%2f2/secret.txt           | 403        | 403            | 403
  /v/1/..%2F2/secret.txt           | 403        | 403            | 403
  /v/1/%2e%2e%2f2/secret.txt       | 403        | 403            | 403
  /v/1/%252e%252e%252f2/secret.txt | 404        | 404            | 404
  /v/2/..%2f1/a.txt                | a of 1 (!) | 403            | 403
  /v%2f1/a.txt                     | a of 1 (!) | 403            | 403
  /v/1%2fa.txt                     | a of 1 (!) | 403            | 403
  /v/1/..%5c2%5csecret.txt         | 404 (!)    | 403            | 403
  /v/1/..\2\secret.txt             | 404 (!)    | 403            | 403
  /v/1/..;/2/secret.txt            | 404 (!)    | 403            | 403
  /v/1/%2e%2e;/2/secret.txt        | 404 (!)    | 403            | 403
  /v/1/./../2/secret.txt           | 403        | 403            | 403
  /v/1/%2e/../2/secret.txt         | 403        | 403            | 403
  /v/1/%2E/%2E./2/secret.txt       | 403        | 403            | 403
  /v/1/.%2e/2/secret.txt           | 403        | 403            | 403
  /v/1/.;x/../../2/secret.txt      | 403        | 403            | 403
  /v/1/a;x/../../2/secret.txt      | 403        | 403            | 403
  /v/1/./..%2f2/secret.txt         | 403        | 403            | 403
  /v/1/..;x/2/secret.txt           | 404 (!)    | 403            | 403
  /v/1/..%3Bx/2/secret.txt         | 404 (!)    | 403            | 403
  /v/1/./../1/a.txt                | a of 1 (!) | 403            | a of 1 (!)
  /v/1/..                          | 403        | 403            | 403
  /v/1/a..txt                      | 404        | 404            | 404
  /v/1/..a                         | 404        | 404            | 404
  /v/1/a%2etxt                     | a of 1     | a of 1         | a of 1
  /v/1/a%20b                       | 404        | 404            | 404
  /v/1/a;b/a.txt                   | 404        | 404            | 404
  /v/1/a.txt?b=/../c               | a of 1     | a of 1         | a of 1
  /v/1/a.txt?b=%0Ac                | a of 1     | 403            | a of 1 (!)
  /v/1/a.txt?b=%2f..%5c            | a of 1     | a of 1         | a of 1
`)

/** The same for a holder of `/img/a.png`, which nginx' format can't hold. */
const exactTargets = readTable(String.raw`
  target               | Traffic Server  | Worker
  /img/a.png           | picture         | picture
  /img/a.png?          | picture         | picture
  /img/%61.png         | picture         | picture
  /img/a%2epng         | picture         | picture
  /img/a.png?w=1       | 403             | 403
  /img/a.png.bak       | 403             | 403
  /img/a.png/          | 403             | 403
  /img/a.png/b         | 403             | 403
  /img/a.png;x         | 403             | 403
  /img/a.png%00        | 403             | 403
  /img/a.png%20        | 403             | 403
  /img/a.png%0Ax       | 403             | 403
  /img/aXpng           | 403             | 403
  /img/a.PNG           | 403             | 403
  /img//a.png          | 403             | 403
  //img/a.png          | picture (!)     | 403
  /img/./a.png         | 403             | picture (!)
  /img/x/../a.png      | 403             | picture (!)
  /img/x/..%2fa.png    | 403             | 403
`)

type Row = Readonly<Record<string, string>>

interface Pair {
  /** The column of the table. */
  readonly engine: string
  readonly url: string
  /** The address of the edge plugin that stands in for the engine. */
  readonly edge: string
  readonly cookie: string
}

/** Holds an engine, and the edge plugin beside it, to its column. */
export async function checkTargets (
  t: Test,
  table: readonly Row[],
  { engine, url, edge, cookie }: Pair
): Promise<void> {
  for (const row of table) {
    const target = row['target']!
    const [wanted, stricter] = row[engine]!.split(' (!)')
    const { status, body } = await send(url, target, cookie)
    t.equal(status === 200 ? body : String(status), wanted, `${engine} answers ${target}`)
    const through = status === 200 || status === 404
    const allowed = through && stricter === undefined
    t.equal(
      (await send(edge, target, cookie)).status === 200,
      allowed,
      `the edge plugin ${allowed ? 'allows' : 'refuses'} ${target}`
    )
  }
}

/** Holds an engine to both tables, with a holder of the folder and a holder of the one file. */
export async function checkBothTables (t: Test, engine: string, cdn: Cdn): Promise<void> {
  const edge = await startEdge(t, cdn)
  const [wide, exact] = await Promise.all([
    startSite(t, cdn, folder),
    startSite(t, cdn, ['/img/a.png'])
  ])
  await Promise.all([wide.ask(), exact.ask()])
  const pair = { engine, url: cdn.url, edge }
  await checkTargets(t, folderTargets, { ...pair, cookie: wide.cookies('/v/1/') })
  await checkTargets(t, exactTargets, { ...pair, cookie: exact.cookies('/img/a.png') })
}

/**
 * A `Cookie` header, what the engine answers to it, and what the edge plugin answers where it is
 * stricter.
 */
export type CookieRow = readonly [
  name: string,
  header: string | undefined,
  engine: number,
  edge?: number
]

/** Holds an engine and the edge plugin to their answers to each `Cookie` header. */
export async function checkCookies (
  t: Test,
  { url, edge, target }: Pick<Pair, 'url' | 'edge'> & { target: string },
  rows: readonly CookieRow[]
): Promise<void> {
  for (const [name, header, wanted, stricter = wanted] of rows) {
    t.equal((await send(url, target, header)).status, wanted, `the engine, ${name}`)
    t.equal((await send(edge, target, header)).status, stricter, `the edge plugin, ${name}`)
  }
}

function readTable (text: string): Row[] {
  const lines = text.trim().split('\n')
  const [names, ...rows] = lines.map((line) => line.split(' | ').map((cell) => cell.trim()))
  return rows.map((cells) => Object.fromEntries(cells.map((cell, index) => [names![index]!, cell])))
}
