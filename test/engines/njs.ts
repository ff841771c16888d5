import { execFile } from 'node:child_process'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  functionEvent,
  type FunctionAnswer,
  type FunctionRun,
  type StandIn
} from '../fixtures/cloudfront-events.js'
import { scratchFolder, type Scope } from './program.js'

/** What a function answered in njs. */
export interface NjsAnswer extends FunctionAnswer {
  /** Reads of the store. */
  readonly reads: number
  /** Set where it threw. */
  readonly thrown?: string
}

/** How many events one njs is given: it frees nothing while it runs, and slows down. */
const mostRuns = 250

/** Runs a CloudFront function in njs, once for each event. */
export async function startNjs (
  scope: Scope,
  text: string
): Promise<(runs: readonly FunctionRun[]) => Promise<NjsAnswer[]>> {
  const folder = await scratchFolder(scope)
  await copyFile('test/fixtures/cloudfront-module.js', join(folder, 'cloudfront'))
  let files = 0

  async function runSome (runs: readonly FunctionRun[]): Promise<NjsAnswer[]> {
    const file = join(folder, String(++files))
    await writeFile(`${file}.json`, JSON.stringify(runs))
    await writeFile(`${file}.js`, `${text}\n${harness(file)}`)
    await promisify(execFile)('njs', ['-p', folder, `${file}.js`])
    return JSON.parse(await readFile(`${file}.answers`, 'utf8')) as NjsAnswer[]
  }

  return async (runs) => {
    const answers: NjsAnswer[] = []
    for (let at = 0; at < runs.length; at += mostRuns) {
      answers.push(...await runSome(runs.slice(at, at + mostRuns)))
    }
    return answers
  }
}

/** Printed text is cut by njs at 2,048 characters. */
function harness (file: string): string {
  return `
const fs = require('fs')
const clock = Date.now
async function runAll () {
  const runs = JSON.parse(fs.readFileSync('${file}.json', 'utf8'))
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
  fs.writeFileSync('${file}.answers', JSON.stringify(answers))
}
runAll()
`
}

/** An address behind which a function runs in njs, as it would before CloudFront's cache. */
export async function startFunction (
  scope: Scope,
  { text, standIn }: { readonly text: string, readonly standIn: () => StandIn }
): Promise<string> {
  const run = await startNjs(scope, text)
  async function statusOf ({ method, url, headers }: IncomingMessage): Promise<number> {
    const event = functionEvent({ method: method!, url: url!, cookie: headers.cookie ?? '' })
    const [answer] = await run([{ event, standIn: standIn() }])
    return answer?.thrown === undefined ? answer?.statusCode ?? 200 : 500
  }

  const server = createServer((request, reply) => {
    void statusOf(request).catch(() => 500).then((status) => reply.writeHead(status).end())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
