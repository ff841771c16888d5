import { join } from 'node:path'
import cors from '@fastify/cors'
import files from '@fastify/static'
import type { Test } from 'tap'
import cdnEdge from '../../src/edge/edge.js'
import { cloudfront, type Cdn, type CloudFrontKeyEntry } from '../../src/index.js'
import { fastifyOn, type Listener } from './listener.js'

/** What is protected, unless a test says otherwise. */
export const filesFolder = join(import.meta.dirname, '../../demo/files')

/** What a request without an end gets at most: a film is asked for again and again. */
const mostBytes = 500_000

/** One request that reached the edge. */
export interface EdgeRequest {
  readonly path: string
  readonly status: number
  readonly cookie: string
}

export interface LocalEdgeOptions {
  readonly url: string
  readonly origins: readonly string[]
  readonly files?: string | undefined
  /** Asked for again each second. */
  readonly keys: () => CloudFrontKeyEntry[]
  readonly now: () => number
  /** True where it refuses what it would give. */
  readonly refuses: () => boolean
}

/** The local edge in front of the files. Gives what it is asked. */
export async function startLocalEdge (
  t: Test,
  listener: Listener,
  { url, origins, files: folder = filesFolder, keys, now, refuses }: LocalEdgeOptions
): Promise<EdgeRequest[]> {
  const log: EdgeRequest[] = []
  const app = fastifyOn(t, listener)
  const cdn: Cdn = cloudfront({ url, keys: { load: async () => keys(), every: 1, settle: 0 } })
  app.addHook(
    'onResponse',
    async ({ url: path, headers: { cookie = '' } }, { statusCode: status }) => {
      log.push({ path, status, cookie })
    }
  )
  app.addHook('onRequest', async function giveInParts ({ headers }) {
    const [, begin] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? []
    if (begin) headers.range = `bytes=${begin}-${Number(begin) + mostBytes - 1}`
  })
  await app.register(cors, { origin: [...origins], credentials: true, methods: ['GET', 'HEAD'] })
  app.addHook('onRequest', async function refuseAll (_request, reply) {
    return refuses() ? reply.code(403).send() : undefined
  })
  await app.register(cdnEdge, { cdn, now })
  await app.register(files, {
    root: folder,
    index: false,
    cacheControl: false,
    setHeaders: (reply) => {
      reply.header('cache-control', 'private, no-cache')
    }
  })
  await app.ready()
  return log
}
