import { execFile } from 'node:child_process'
import { copyFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cookiePairs } from '../../src/cookies/cookies.js'
import { scratchFolder, type Scope } from './program.js'

/** A viewer's request as CloudFront tells a function of it. */
export interface FunctionEvent {
  readonly request: {
    readonly method: string
    readonly uri: string
    readonly querystring: Entries
    readonly headers: Entries
    readonly cookies: Entries
  }
}

type Entries = Record<string, { value: string, multiValue?: Array<{ value: string }> }>

/** What the stand-in for CloudFront's module holds, and how it behaves. */
export interface StandIn {
  readonly entries: Readonly<Record<string, string>>
  readonly unreadable: readonly string[]
  readonly bytesAs?: 'buffer' | 'string' | 'hex' | 'array'
}

/** What a function answered: a response, or what it lets through. */
export interface FunctionAnswer {
  readonly statusCode?: number
  readonly headers?: Entries
  readonly cookies?: Entries
  readonly querystring?: Entries
  /** Reads of the store. */
  readonly reads: number
  /** Set where it threw. */
  readonly thrown?: string
}

export interface FunctionRun {
  readonly event: FunctionEvent
  readonly standIn: StandIn
  /** Epoch milliseconds; default: the clock's own. */
  readonly now?: number
}

/** Runs a CloudFront function in njs, once for each event. */
export async function startNjs (
  scope: Scope,
  text: string
): Promise<(runs: readonly FunctionRun[]) => Promise<FunctionAnswer[]>> {
  const folder = await scratchFolder(scope)
  await copyFile('test/fixtures/cloudfront-module.js', join(folder, 'cloudfront'))
  let files = 0
  return async (runs) => {
    const file = join(folder, `${++files}.js`)
    await writeFile(file, `${text}\n${harness(runs)}`)
    const { stdout } = await promisify(execFile)('njs', ['-p', folder, file], {
      maxBuffer: 1e8
    })
    return JSON.parse(stdout) as FunctionAnswer[]
  }
}

function harness (runs: readonly FunctionRun[]): string {
  return `
const runs = ${JSON.stringify(runs)}
const clock = Date.now
async function runAll () {
  const answers = []
  for (let index = 0; index < runs.length; index++) {
    const run = runs[index]
    Object.assign(cf.standIn, { bytesAs: 'buffer', reads: 0 }, run.standIn)
    Date.now = run.now === undefined ? clock : function now () { return run.now }
    let answer
    try {
      answer = await handler(run.event)
    } catch (error) {
      answer = { thrown: String(error) }
    }
    answer.reads = cf.standIn.reads
    answers.push(answer)
  }
  console.log(JSON.stringify(answers))
}
runAll()
`
}

/** A request as CloudFront tells a function of it. */
export function functionEvent (
  { method = 'GET', url, cookie = '', headers = {} }: {
    readonly method?: string
    readonly url: string
    readonly cookie?: string
    readonly headers?: Readonly<Record<string, string>>
  }
): FunctionEvent {
  const [uri = '', ...query] = url.split('?')
  const parameters = query.join('?').split('&').filter((pair) => pair !== '').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return [name, value.join('=')] as const
  })
  return {
    request: {
      method,
      uri,
      querystring: entriesOf(parameters),
      headers: entriesOf(Object.entries(headers)),
      cookies: entriesOf(cookiePairs(cookie))
    }
  }
}

function entriesOf (pairs: ReadonlyArray<readonly [string, string]>): Entries {
  const entries: Entries = {}
  for (const [name, value] of pairs) {
    const first = entries[name]
    if (first === undefined) entries[name] = { value }
    else (first.multiValue ??= [{ value: first.value }]).push({ value })
  }
  return entries
}

/** An address behind which a function runs in njs, as before CloudFront's cache. */
export async function startFunction (
  scope: Scope,
  { text, standIn }: { readonly text: string, readonly standIn: () => StandIn }
): Promise<string> {
  const run = await startNjs(scope, text)
  const server = createServer((request, reply) => {
    const event = functionEvent({
      method: request.method!,
      url: request.url!,
      cookie: request.headers.cookie ?? ''
    })
    run([{ event, standIn: standIn() }]).then(([answer]) => {
      reply.writeHead(answer?.thrown === undefined ? answer?.statusCode ?? 200 : 500).end()
    }, (error: unknown) => {
      reply.writeHead(500).end(String(error))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
